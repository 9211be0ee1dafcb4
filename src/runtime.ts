/**
 * Entry point `terrapin/runtime`: actors and supervisors for your own services, with or without MQTT.
 */

export type { Clock } from "./clock.js"
export { AbortedError, InvalidOptionError, TerrapinError, TimedOutError } from "./errors.js"
export type { Logger } from "./logger.js"
export {
  type ActorDefinition,
  type ActorOptions,
  type ActorRef,
  type Behavior,
  type CallOptions,
  type ChartDefinition,
  type Context,
  call,
  createSystem,
  defineActor,
  ExitedError,
  type ExitReason,
  exited,
  link,
  type MaybePromise,
  monitor,
  type Next,
  NoProcessError,
  type Ref,
  type ReplyTo,
  StartError,
  type StatechartImplementation,
  type System,
  type SystemOptions,
  startActor,
  statechart,
  stop,
  type Tree,
  UnsupportedChartError,
  whereis,
} from "./runtime/index.js"
export {
  actor,
  type ChildCounts,
  ChildError,
  type ChildInfo,
  type ChildOptions,
  type ChildSpec,
  type DynamicSupervisor,
  type DynamicSupervisorOptions,
  dynamicSupervisor,
  type Intensity,
  type ParentContext,
  RestartIntensityError,
  type Started,
  type Supervisor,
  type SupervisorOptions,
  startDynamicSupervisor,
  startSupervisor,
  supervisor,
} from "./supervisor/index.js"
