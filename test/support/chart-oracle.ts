/**
 * The oracle of compiled statecharts is xstate itself, its machine's own `transition()`: every leaf state and every event
 * go through both, with every combination of answers of the guards that are asked, and both must give the same target,
 * ask the same guards, and do the same actions with the same events in the same order. Delayed raises and cancels count
 * as actions: in the compiled chart they are timers.
 */

import { expect } from "vitest"
import { type AnyMachineSnapshot, type AnyStateMachine, createActor } from "xstate"
import { type Chart, compile, type TimerHost } from "../../src/runtime/statechart/index.js"
import { eventTypes, namesIn } from "./chart-vocabulary.js"

export interface Walk {
  /** Leaf states that an event reached from the initial one. */
  readonly reached: number
  /** Leaf states in all; those not reached are walked too, from xstate's `resolveState`. */
  readonly leaves: number
  readonly events: number
  /** Comparisons made: the start, and leaf x event x answers of the guards. */
  readonly steps: number
  /** Comparisons in which both went round in circles of `onDone` for ever. */
  readonly loops: number
}

export interface WalkOptions {
  /** The most combinations of guard answers for one leaf and event; default 64. */
  readonly mostAnswers?: number
}

/** Throws the test's failure at the first difference; names in the definition need no implementation. */
export function expectChartEqualsXstate(machine: AnyStateMachine, options: WalkOptions = {}): Walk {
  const sides = new Sides(machine)
  const mostAnswers = options.mostAnswers ?? 64
  const events = eventTypes(machine)
  const start = sides.compareStart()
  const walked = new Set<number>()
  let steps = 1
  let loops = 0
  const walkFrom = (first: number) => {
    const open = [first]
    for (let leaf = open.pop(); leaf !== undefined; leaf = open.pop()) {
      if (walked.has(leaf)) continue
      walked.add(leaf)
      for (const type of events) {
        for (const outcome of sides.compareSteps(leaf, type, mostAnswers)) {
          steps++
          if (outcome.kind === "looped") loops++
          else open.push(outcome.leaf)
        }
      }
    }
  }
  if (start.kind === "went") walkFrom(start.leaf)
  const reached = walked.size
  for (const leaf of sides.chart.paths.keys()) walkFrom(leaf)
  return { reached, leaves: walked.size, events: events.length, steps, loops }
}

type Outcome = { readonly kind: "went"; readonly leaf: number } | { readonly kind: "looped" }

/** What one side did: guards it asked, things it did. */
interface Trace {
  readonly asked: string[]
  readonly done: string[]
}

/** The two runners of one machine, answering guards alike. */
class Sides {
  readonly chart: Chart<Trace>
  readonly #machine: AnyStateMachine
  readonly #host: TimerHost
  /** As the functions `transition` and `initialTransition` make one for every call, which would take most of the time. */
  readonly #scope: object
  #answers: ReadonlyMap<string, boolean> = new Map()
  #trace: Trace = { asked: [], done: [] }

  constructor(machine: AnyStateMachine) {
    const names = namesIn(machine)
    const delayOf = new Map(names.delays.map((name, index) => [name, 1001 + index]))
    const ask = (name: string) => {
      this.#trace.asked.push(name)
      return this.#answers.get(name) ?? false
    }
    this.#machine = machine.provide({
      guards: record(names.guards, (name) => () => ask(name)),
      delays: record(names.delays, (name) => delayOf.get(name)),
    } as never)
    this.chart = compile<Trace>(machine, {
      actions: record(names.actions, (name) => (self, event: { type: string }) => {
        self.done.push(`${name} (${event.type})`)
      }),
      guards: record(names.guards, (name) => () => ask(name)),
      delays: record(names.delays, (name) => () => delayOf.get(name) ?? 0),
    })
    const self = createActor(this.#machine)
    const nothing = () => {}
    const actionExecutor = (action: Executable) => this.#trace.done.push(describeAction(action))
    this.#scope = {
      self,
      system: self.system,
      actionExecutor,
      defer: nothing,
      logger: nothing,
      stopChild: nothing,
      emit: nothing,
    }
    const eventOf = (timer: number) => this.chart.timers[timer]?.event.type
    this.#host = {
      startTimer: (timer, delayMs) => this.#trace.done.push(`start ${eventOf(timer)} in ${delayMs}`),
      cancelTimer: (timer) => this.#trace.done.push(`cancel ${eventOf(timer)}`),
    }
  }

  compareStart(): Outcome {
    return this.#compare(
      "start",
      (scope) => this.#machine.getInitialSnapshot(scope as never),
      (trace) => this.chart.start(trace, this.#host),
    )
  }

  /** One outcome for each combination of answers that makes a difference, at most `most`. */
  *compareSteps(leaf: number, type: string, most: number): Generator<Outcome> {
    const snapshot = this.#snapshotAt(leaf)
    if (snapshot.status !== "active") return
    const open: ReadonlyMap<string, boolean>[] = [new Map()]
    for (let count = 0; count < most; count++) {
      const answers = open.pop()
      if (answers === undefined) return
      this.#answers = answers
      const title = `"${this.chart.paths[leaf]}" on "${type}" with ${JSON.stringify([...answers])}`
      yield this.#compare(
        title,
        (scope) => this.#machine.transition(snapshot, { type }, scope as never),
        (trace) => this.chart.step(leaf, { type }, trace, this.#host),
      )
      // Each guard asked for the first time answered false: come back with it true and the earlier ones as they were.
      const known = new Map(answers)
      for (const name of this.#trace.asked) {
        if (known.has(name)) continue
        open.push(new Map(known).set(name, true))
        known.set(name, false)
      }
    }
  }

  #snapshotAt(leaf: number): AnyMachineSnapshot {
    return this.#machine.resolveState({ value: this.chart.values[leaf] as never, context: {} })
  }

  #compare(title: string, oracle: (scope: object) => AnyMachineSnapshot, compiled: (trace: Trace) => number): Outcome {
    const found: Trace = { asked: [], done: [] }
    this.#trace = found
    const leaf = unlessLooping(() => compiled(found), "ChartLoopError")
    if (leaf === undefined && !Number.isFinite(this.#machine.options?.maxIterations ?? Infinity)) {
      throw new Error(`${title} loops, and xstate would for ever`)
    }

    const expected: Trace = { asked: [], done: [] }
    this.#trace = expected
    const snapshot = unlessLooping(() => {
      const reached = oracle(this.#scope)
      if (reached.status === "error") throw reached.error
      return reached
    }, "Error")
    expect(leaf === undefined, `${title}: loops`).toBe(snapshot === undefined)
    if (snapshot === undefined || leaf === undefined) return { kind: "looped" }
    // A walk is long: the readable comparison is made only where the quick one fails.
    const same =
      found.done.join() === expected.done.join() &&
      found.asked.join() === expected.asked.join() &&
      this.chart.isFinal(leaf) === (snapshot.status === "done") &&
      JSON.stringify(this.chart.values[leaf]) === JSON.stringify(snapshot.value)
    if (!same) {
      const compare = { value: snapshot.value, final: snapshot.status === "done", ...expected }
      expect({ value: this.chart.values[leaf], final: this.chart.isFinal(leaf), ...found }, title).toEqual(compare)
    }
    return { kind: "went", leaf }
  }
}

/** What xstate hands to its executor. */
interface Executable {
  readonly type: string
  readonly info: { readonly event: { readonly type: string } }
  readonly params: unknown
}

function describeAction({ type, info, params }: Executable): string {
  if (type === "xstate.raise") {
    const { event, delay } = params as { event: { type: string }; delay: number }
    return `start ${event.type} in ${delay}`
  }
  if (type === "xstate.cancel") return `cancel ${(params as { sendId: string }).sendId}`
  return `${type} (${info.event.type})`
}

/** xstate loops for ever unless the machine's `options.maxIterations` says otherwise; then it throws a plain Error. */
function unlessLooping<T>(run: () => T, name: string): T | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof Error && error.name === name) return undefined
    throw error
  }
}

function record<T>(names: readonly string[], make: (name: string) => T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)]))
}
