/**
 * Entry point `terrapin`.
 */

// For users of the client
export type {
  ClientEvent,
  ClientEventKind,
  Message,
  QuietEventKind,
  SubscribeOutcome,
  SubscriptionStatus,
  UnsubscribeOutcome,
} from "./actors/index.js"
export {
  type CallOptions,
  type Client,
  type ClientEventOf,
  type ClientMessage,
  type ClientOptions,
  ConnectError,
  type ConnectionInfo,
  type ConnectOptions,
  type ConnectProperties,
  type Credentials,
  connect,
  type DisconnectOptions,
  type DisconnectProperties,
  defineHandler,
  disconnect,
  type Handler,
  type HandlerContext,
  type HandlerDefinition,
  type HandlerNext,
  type HandlerReply,
  isTerrapinError,
  type Limits,
  lookup,
  type MessageStream,
  mqttClient,
  type NextAction,
  type Payload,
  type PublishOptions,
  type PublishOutcome,
  type PublishProperties,
  type PublishRequest,
  publish,
  type Servers,
  type SubscribeOptions,
  type Subscription,
  type SubscriptionRequest,
  startClient,
  type TerrapinFailure,
  UnknownClientError,
  type Will,
} from "./client/index.js"
export { matchTopic, type QoS, type TopicParams, type UserProperties } from "./codec/index.js"
export { AbortedError, InvalidOptionError, StoppedError, TerrapinError, TimedOutError } from "./errors.js"
// For services beside it; more at `terrapin/runtime`
export type { Logger } from "./logger.js"
export {
  type ActorDefinition,
  type ActorRef,
  type Behavior,
  type Context,
  call,
  defineActor,
  type ExitReason,
  exited,
  type Next,
  type ReplyTo,
  startActor,
  statechart,
  stop,
} from "./runtime/index.js"
export { type DownCause, NotSentError, RejectedError, SessionLostError } from "./session/index.js"
export {
  actor,
  type ChildSpec,
  type DynamicSupervisor,
  dynamicSupervisor,
  type Intensity,
  type Supervisor,
  startDynamicSupervisor,
  startSupervisor,
  supervisor,
} from "./supervisor/index.js"
export { memory, type ServerAddress, type Transport, tcp } from "./transport/index.js"
