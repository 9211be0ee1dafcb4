/**
 * The face: what users of the client see.
 */

export type {
  Client,
  ClientEventOf,
  ClientMessage,
  ConnectionInfo,
  Limits,
  PublishOutcome,
} from "./client.js"
export { ConnectError, isTerrapinError, type TerrapinFailure, UnknownClientError } from "./errors.js"
export {
  defineHandler,
  type Handler,
  type HandlerContext,
  type HandlerNext,
  type HandlerReply,
  type NextAction,
} from "./handler-definition.js"
export type { HandlerDefinition } from "./handler-types.js"
export type {
  CallOptions,
  ClientOptions,
  ConnectOptions,
  ConnectProperties,
  Credentials,
  DisconnectOptions,
  DisconnectProperties,
  Payload,
  PublishOptions,
  PublishProperties,
  PublishRequest,
  Servers,
  SubscribeOptions,
  SubscriptionRequest,
  Will,
} from "./option-types.js"
export { connect, disconnect, lookup, mqttClient, publish, startClient } from "./start.js"
export type { MessageStream, Subscription } from "./subscription.js"
