/**
 * The stepper: a table whose names have become functions, and the loop that runs one row of it. It allocates nothing.
 *
 * A leaf's event types are compared one after another: strings that stand in source text are interned, so a comparison is
 * one of addresses, and leaves have few types. Measured against a Map it was never slower up to 18 types a leaf.
 */

import type { Action, Bindings, Delay, Guard } from "./bind.js"
import type { Effect, Leaf, Row, Table } from "./build-table.js"
import { type Chart, type ChartEvent, type ChartTimer, INIT_EVENT, type TimerHost } from "./chart.js"
import { ChartLoopError, UnknownStateError } from "./errors.js"

/** More nested final states than this raised by one event are a loop. */
const MOST_RAISED = 1000

interface StartTimer<S> {
  readonly starts: true
  readonly timer: number
  readonly delay: Delay<S>
}

interface CancelTimer {
  readonly starts: false
  readonly timer: number
}

type BoundEffect<S> = Action<S> | StartTimer<S> | CancelTimer

interface BoundRow<S> {
  readonly guard: Guard<S> | undefined
  readonly effects: readonly BoundEffect<S>[]
  readonly target: number
  readonly done: ChartEvent | undefined
}

interface BoundLeaf<S> {
  /** Event types; `rows` has the same indices. */
  readonly types: readonly string[]
  readonly rows: readonly (readonly BoundRow<S>[])[]
  /** With the dot at the end. */
  readonly prefixes: readonly { readonly prefix: string; readonly rows: readonly BoundRow<S>[] }[]
  readonly otherwise: readonly BoundRow<S>[]
  readonly timers: readonly StartTimer<S>[]
}

export class CompiledChart<S> implements Chart<S> {
  readonly id: string
  readonly definition: object
  readonly values: readonly unknown[]
  readonly paths: readonly string[]
  readonly timers: readonly ChartTimer[]
  readonly #leaves: readonly BoundLeaf<S>[]
  readonly #final: readonly boolean[]
  readonly #start: BoundRow<S>

  constructor(machine: { readonly id: string; readonly config: object }, table: Table, bindings: Bindings<S>) {
    this.id = machine.id
    this.definition = machine.config
    this.values = table.leaves.map((leaf) => leaf.value)
    this.paths = table.leaves.map((leaf) => leaf.path)
    this.timers = table.timers
    this.#leaves = table.leaves.map((leaf) => bindLeaf(leaf, table, bindings))
    this.#final = table.leaves.map((leaf) => leaf.final)
    this.#start = bindRow(table.start, table, bindings)
  }

  start(self: S, timers: TimerHost): number {
    return this.#take(this.#start, INIT_EVENT, self, timers)
  }

  step(state: number, event: ChartEvent, self: S, timers: TimerHost): number {
    const row = select(this.#leaf(state), event, self)
    return row === undefined ? state : this.#take(row, event, self, timers)
  }

  isFinal(state: number): boolean {
    return this.#final[state] === true
  }

  indexOf(path: string): number {
    const index = this.paths.indexOf(path)
    if (index < 0) throw new UnknownStateError(this.id, path)
    return index
  }

  resume(state: number, self: S, timers: TimerHost): number {
    for (const { timer, delay } of this.#leaf(state).timers) timers.startTimer(timer, delay(self, INIT_EVENT as never))
    return state
  }

  #leaf(state: number): BoundLeaf<S> {
    const leaf = this.#leaves[state]
    if (leaf === undefined) throw new UnknownStateError(this.id, state)
    return leaf
  }

  #take(row: BoundRow<S>, event: ChartEvent, self: S, timers: TimerHost): number {
    perform(row.effects, event, self, timers)
    return row.done === undefined ? row.target : this.#settle(row.target, row.done, self, timers)
  }

  /** Takes the done events of nested final states until none is raised. */
  #settle(state: number, raised: ChartEvent, self: S, timers: TimerHost): number {
    let target = state
    let event = raised
    for (let taken = 0; taken < MOST_RAISED; taken++) {
      const row = select(this.#leaf(target), event, self)
      if (row === undefined) return target
      perform(row.effects, event, self, timers)
      target = row.target
      if (row.done === undefined) return target
      event = row.done
    }
    throw new ChartLoopError(this.id, this.paths[target] ?? "")
  }
}

/** The first row whose guard passes. */
function select<S>(leaf: BoundLeaf<S>, event: ChartEvent, self: S): BoundRow<S> | undefined {
  const rows = rowsFor(leaf, event.type)
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]
    if (row?.guard === undefined || row.guard(self, event as never)) return row
  }
  return undefined
}

function rowsFor<S>(leaf: BoundLeaf<S>, type: string): readonly BoundRow<S>[] {
  const { types, prefixes, otherwise } = leaf
  for (let index = 0; index < types.length; index++) {
    if (types[index] === type) return leaf.rows[index] ?? otherwise
  }
  for (let index = 0; index < prefixes.length; index++) {
    const entry = prefixes[index]
    if (entry !== undefined && type.startsWith(entry.prefix)) return entry.rows
  }
  return otherwise
}

function perform<S>(effects: readonly BoundEffect<S>[], event: ChartEvent, self: S, timers: TimerHost): void {
  for (let index = 0; index < effects.length; index++) {
    const effect = effects[index]
    if (typeof effect === "function") effect(self, event as never)
    else if (effect?.starts === true) timers.startTimer(effect.timer, effect.delay(self, event as never))
    else if (effect !== undefined) timers.cancelTimer(effect.timer)
  }
}

function bindLeaf<S>(leaf: Leaf, table: Table, bindings: Bindings<S>): BoundLeaf<S> {
  const bindRows = (rows: readonly Row[]) => rows.map((row) => bindRow(row, table, bindings))
  return {
    types: [...leaf.rows.keys()],
    rows: Array.from(leaf.rows.values(), bindRows),
    prefixes: leaf.prefixes.map(({ prefix, rows }) => ({ prefix: `${prefix}.`, rows: bindRows(rows) })),
    otherwise: bindRows(leaf.otherwise),
    timers: leaf.timers.map((timer) => bindTimer(timer, table, bindings)),
  }
}

function bindRow<S>(row: Row, table: Table, bindings: Bindings<S>): BoundRow<S> {
  const { target, done } = row
  const guard = row.guard === undefined ? undefined : bound(bindings.guards, row.guard)
  return { guard, effects: row.effects.map((effect) => bindEffect(effect, table, bindings)), target, done }
}

function bindEffect<S>(effect: Effect, table: Table, bindings: Bindings<S>): BoundEffect<S> {
  switch (effect.kind) {
    case "action":
      return bound(bindings.actions, effect.name)
    case "start_timer":
      return bindTimer(effect.timer, table, bindings)
    case "cancel_timer":
      return { starts: false, timer: effect.timer }
  }
}

function bindTimer<S>(timer: number, table: Table, bindings: Bindings<S>): StartTimer<S> {
  const delay = table.timers[timer]?.delay ?? 0
  return { starts: true, timer, delay: typeof delay === "number" ? () => delay : bound(bindings.delays, delay) }
}

/** `bind` has seen every name. */
function bound<T>(bindings: ReadonlyMap<string, T>, name: string): T {
  const found = bindings.get(name)
  if (found === undefined) throw new RangeError(`no binding of ${name}`)
  return found
}
