/**
 * The actor kernel: knows no MQTT.
 */

// For the layers above: internal, does not follow semantic versioning
export { Actor, type Watcher } from "./actor.js"
// For users of the runtime
export {
  type ActorDefinition,
  type Behavior,
  defineActor,
  type MakeProgram,
  makeDefinition,
  type Next,
  programMaker,
} from "./behavior.js"
export { exited, link, monitor, stop } from "./bonds.js"
export { type CallOptions, call } from "./call.js"
export { type CallRequest, Calls, TooManyCallsError } from "./calls.js"
export { ChartProgram, type ChartProgramOptions } from "./chart-program.js"
export type { Context } from "./context.js"
export { ActorContext, contextActor, setActorTimer } from "./context.js"
export { ExitedError, NoProcessError, StartError } from "./errors.js"
export type { ExitReason } from "./exit.js"
export { crash, describeExit, isAbnormal, KILLED, NOPROC, NORMAL, SHUTDOWN } from "./exit.js"
export { actorOf, whereis } from "./lookup.js"
export { type Mailbox, MessageQueue } from "./message-queue.js"
export { Name, type NameOptions } from "./name.js"
export type { MaybePromise } from "./program.js"
export { isPromise, type Program, Signal } from "./program.js"
export type { ActorRef, Ref, ReplyTo } from "./ref.js"
export { type ActorOptions, START_TIMEOUT_MS, spawnChild, startActor } from "./start-actor.js"
export {
  type Chart,
  type ChartEvent,
  type ChartImplementation,
  ChartLoopError,
  type ChartMachine,
  type ChartTimer,
  compile,
  type TimerHost,
  UnknownStateError,
  UnsupportedChartError,
} from "./statechart/index.js"
export { type ChartDefinition, type StatechartImplementation, statechart } from "./statechart-actor.js"
export { ActorSystem, createSystem, type DeadLetter, type System, type SystemOptions, systemOf } from "./system.js"
export type { Tap, Tapped } from "./tap.js"
export type { Tree } from "./tree.js"
export { treeOf } from "./tree.js"
