/**
 * What a compiled statechart looks like to the actor that steps it. A chart holds no actor: its whole memory of one is a
 * small integer, the index of the active leaf state, which the actor keeps and hands back.
 *
 *   start(self) -> leaf -- step(leaf, event, self) -> leaf -- ... -> a leaf of which isFinal(leaf) holds
 */

/** Anything with a type can be a chart's event. */
export interface ChartEvent {
  readonly type: string
}

/** Where a chart's delayed transitions live: the actor that steps it lends its timers. */
export interface TimerHost {
  /**
   * After `delayMs` the actor steps the chart once with `chart.timers[timer].event`.
   * Starting a timer that is already running starts it anew.
   */
  startTimer(timer: number, delayMs: number): void
  /** A timer that fired or never ran is none: cancelling it does nothing. */
  cancelTimer(timer: number): void
}

/** One `after` of the definition. Its index in `Chart.timers` is the number that a TimerHost is given. */
export interface ChartTimer {
  /** What to step with when it fires; the type is xstate's, `xstate.after.<delay>.<state id>`. */
  readonly event: ChartEvent
  /** Milliseconds, or the name of the delay that computes them. */
  readonly delay: number | string
  /** The dotted path of the state it belongs to; `""` is the root. */
  readonly state: string
}

/** A statechart compiled into a table; made once, at load, by `compile`, and shared by all actors that run it. */
export interface Chart<S> {
  /** The machine's id. */
  readonly id: string
  /** The machine's own config, for inspectors. */
  readonly definition: object
  /** For each leaf xstate's state value, `"idle"` or `{ connected: "idle" }`; frozen. */
  readonly values: readonly unknown[]
  /** For each leaf its dotted path, `"connected.idle"`; `""` when the machine has no states. */
  readonly paths: readonly string[]
  readonly timers: readonly ChartTimer[]

  /**
   * Enters the initial states: their entry and initial-transition actions run, their timers start.
   * The actions' event is `{ type: "xstate.init" }`.
   *
   * @returns the leaf that is active now.
   */
  start(self: S, timers: TimerHost): number

  /**
   * Takes the one transition that `event` selects in leaf `state`: the guards of the leaf's own candidates in their order,
   * then its ancestors', the first that passes wins; then the exit actions from the innermost state outwards, the
   * transition's, the entry actions from the outermost inwards. All guards of one event run before any of its actions.
   * Entering a nested final state raises its parent's `xstate.done.state.<id>`, which is taken in the same step.
   *
   * Nothing is kept here: when a guard or an action throws, the error passes through, the effects already done stay done,
   * and the caller has no new state. It should crash.
   *
   * @returns the leaf that is active now; `state` itself when nothing was selected, or nothing was left.
   * @throws ChartLoopError when final states raise each other without end.
   */
  step(state: number, event: ChartEvent, self: S, timers: TimerHost): number

  /** Whether a final state of the top level is reached: the actor is done, `step` does nothing any more. */
  isFinal(state: number): boolean

  /** The leaf with this dotted path. @throws UnknownStateError for a path that is no leaf. */
  indexOf(path: string): number

  /**
   * Goes on in a leaf that was recorded earlier: no action runs, as when xstate restores a snapshot, but the timers of all
   * active states start, outermost first, with their whole delay. (xstate starts them only where the whole actor system's
   * scheduler was recorded too.)
   */
  resume(state: number, self: S, timers: TimerHost): number
}

/** What the names in a definition do. `self` is the actor's own fields; they are the chart's context. */
export interface ChartImplementation<S, A extends string = string> {
  /** Every action that the definition names. */
  readonly actions: Readonly<Record<A, (self: S, event: never) => void>>
  /** Guards here are asked instead of those given to `setup`, which see `{ context: self, event }`. */
  readonly guards?: Readonly<Record<string, (self: S, event: never) => boolean>> | undefined
  /** In milliseconds; they too go before those given to `setup`. Asked after the entry actions of the delay's state. */
  readonly delays?: Readonly<Record<string, (self: S, event: never) => number>> | undefined
}

/** A machine that xstate's `setup(...).createMachine(...)` made, seen without xstate's types. */
export interface ChartMachine {
  readonly config: object
}

/** The event of actions and delays that no event caused. */
export const INIT_EVENT: ChartEvent = Object.freeze({ type: "xstate.init" })
