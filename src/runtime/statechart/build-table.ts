/**
 * A definition's states turned into a table, still as plain data: for each leaf and event type the rows that may be
 * taken, in the order in which they are tried; in each row everything that taking it does, in order.
 *
 *   leaf 1 "connected.idle"
 *     "publish"   [ guard hasRoom | exit idle . transition . entry busy . start timer 3 | -> leaf 2 ]
 *                 [ no guard      | transition                                          | -> leaf 1 ]
 *     "port.*"    ...   types below a prefix that no exact key names
 *     otherwise   ...   the `*` rows, or none
 */

import type { ChartEvent, ChartTimer } from "./chart.js"
import { chain, ROOT, type StateDefinition, stateAt, type TransitionDefinition } from "./definition.js"
import { isWildcard, matches, prefixOf } from "./descriptor.js"
import { initialRoute, type Route, routeTo } from "./route.js"

export type Effect =
  | { readonly kind: "action"; readonly name: string }
  | { readonly kind: "start_timer"; readonly timer: number }
  | { readonly kind: "cancel_timer"; readonly timer: number }

export interface Row {
  readonly guard: string | undefined
  readonly effects: readonly Effect[]
  /** The leaf that is active afterwards. */
  readonly target: number
  /** Raised by the nested final state that the row enters, and taken in the same step. */
  readonly done: ChartEvent | undefined
}

export interface Leaf {
  readonly path: string
  /** xstate's state value, frozen. */
  readonly value: unknown
  /** A final state of the top level: it has no rows. */
  readonly final: boolean
  readonly rows: ReadonlyMap<string, readonly Row[]>
  /** Longest prefix first; each stands for the types that start with it and a dot, and already holds the shorter ones' rows. */
  readonly prefixes: readonly { readonly prefix: string; readonly rows: readonly Row[] }[]
  readonly otherwise: readonly Row[]
  /** The timers of the active states, outermost first. */
  readonly timers: readonly number[]
}

export interface Table {
  readonly leaves: readonly Leaf[]
  readonly timers: readonly ChartTimer[]
  readonly start: Row
}

export function buildTable(states: readonly StateDefinition[]): Table {
  const plan: Plan = { states, leafOf: leafNumbers(states), timersOf: timerNumbers(states) }
  return {
    leaves: [...plan.leafOf.keys()].map((state) => buildLeaf(plan, state)),
    timers: states.flatMap(({ path, delays }) =>
      delays.map(({ eventType, delay }) => ({ event: Object.freeze({ type: eventType }), delay, state: path })),
    ),
    start: buildRow(plan, undefined, [], initialRoute(states)),
  }
}

interface Plan {
  readonly states: readonly StateDefinition[]
  /** State index to leaf index, in document order. */
  readonly leafOf: ReadonlyMap<number, number>
  /** For each state the numbers of its timers. */
  readonly timersOf: readonly (readonly number[])[]
}

function leafNumbers(states: readonly StateDefinition[]): ReadonlyMap<number, number> {
  const leaves = [...states.keys()].filter((index) => stateAt(states, index).type !== "compound")
  return new Map(leaves.map((state, leaf) => [state, leaf]))
}

function timerNumbers(states: readonly StateDefinition[]): readonly (readonly number[])[] {
  let next = 0
  return states.map(({ delays }) => delays.map(() => next++))
}

function buildLeaf(plan: Plan, state: number): Leaf {
  const { path } = stateAt(plan.states, state)
  const outwards = chain(plan.states, state)
  const final = isTopLevelFinal(plan, state)
  const descriptors = final ? [] : outwards.flatMap((at) => [...stateAt(plan.states, at).transitions.keys()])
  const prefixes = [...new Set(descriptors.map(prefixOf).filter((prefix) => prefix !== undefined))]
  const types = new Set([...descriptors.filter((descriptor) => !isWildcard(descriptor)), ...prefixes])
  const rowsFor = (type: string) => (final ? [] : buildRows(plan, state, type))
  return {
    path,
    value: stateValue(outwards.map((at) => stateAt(plan.states, at).key).slice(0, -1)),
    final,
    rows: new Map(Array.from(types, (type) => [type, rowsFor(type)])),
    prefixes: prefixes
      .sort((one, other) => other.length - one.length)
      .map((prefix) => ({ prefix, rows: rowsFor(`${prefix}.${UNHEARD_OF}`) })),
    otherwise: rowsFor(UNHEARD_OF),
    timers: final ? [] : outwards.toReversed().flatMap((at) => plan.timersOf[at] ?? []),
  }
}

/** A type that no definition names: it asks for the rows of the wildcards alone. */
const UNHEARD_OF = "\u0000"

/** The keys from the leaf outwards, the root's left out, as xstate nests them. */
function stateValue(keys: readonly string[]): unknown {
  const [leaf, ...ancestors] = keys
  if (leaf === undefined) return Object.freeze({})
  return ancestors.reduce<unknown>((value, key) => Object.freeze({ [key]: value }), leaf)
}

/** All rows that `type` may select in a leaf. What stands behind a row without a guard is never reached and left out. */
function buildRows(plan: Plan, leaf: number, type: string): readonly Row[] {
  const rows: Row[] = []
  for (const source of chain(plan.states, leaf)) {
    for (const transition of candidates(stateAt(plan.states, source), type)) {
      rows.push(buildTransition(plan, leaf, source, transition))
      if (transition.guard === undefined) return rows
    }
  }
  return rows
}

/** A state's own: those of the exact type first, then the wildcards', the longer descriptor first. */
function candidates(state: StateDefinition, type: string): readonly TransitionDefinition[] {
  const wildcards = [...state.transitions.keys()]
    .filter((descriptor) => descriptor !== type && matches(descriptor, type))
    .sort((one, other) => other.length - one.length)
  return [type, ...wildcards].flatMap((descriptor) => state.transitions.get(descriptor) ?? [])
}

function buildTransition(plan: Plan, leaf: number, source: number, transition: TransitionDefinition): Row {
  const { guard, actions, target, reenter } = transition
  const route: Route =
    target === undefined
      ? { exits: [], entries: [], byDefault: new Set(), leaf }
      : routeTo(plan.states, leaf, source, target, reenter)
  return buildRow(plan, guard, actions, route)
}

function buildRow(plan: Plan, guard: string | undefined, actions: readonly string[], route: Route): Row {
  const target = plan.leafOf.get(route.leaf) ?? 0
  const effects = [
    ...route.exits.flatMap((state) => exitEffects(plan, state)),
    ...actions.map(action),
    ...route.entries.flatMap((state) => entryEffects(plan, state, route.byDefault.has(state))),
  ]
  if (!route.entries.includes(route.leaf)) return { guard, effects, target, done: undefined }
  // When the machine is done it leaves all its states at once, the final one first.
  if (isTopLevelFinal(plan, route.leaf)) {
    effects.push(...chain(plan.states, route.leaf).flatMap((state) => exitEffects(plan, state)))
  }
  return { guard, effects, target, done: doneEvent(plan, route.leaf) }
}

function entryEffects(plan: Plan, index: number, byDefault: boolean): readonly Effect[] {
  const state = stateAt(plan.states, index)
  return [
    ...state.entry.map(action),
    ...(plan.timersOf[index] ?? []).map((timer) => ({ kind: "start_timer" as const, timer })),
    ...(byDefault ? state.initialActions.map(action) : []),
  ]
}

function exitEffects(plan: Plan, index: number): readonly Effect[] {
  return [
    ...stateAt(plan.states, index).exit.map(action),
    ...(plan.timersOf[index] ?? []).map((timer) => ({ kind: "cancel_timer" as const, timer })),
  ]
}

function action(name: string): Effect {
  return { kind: "action", name }
}

function isTopLevelFinal(plan: Plan, index: number): boolean {
  const state = stateAt(plan.states, index)
  return state.type === "final" && state.parent === ROOT
}

function doneEvent(plan: Plan, leaf: number): ChartEvent | undefined {
  const state = stateAt(plan.states, leaf)
  if (state.type !== "final" || state.parent === ROOT) return undefined
  return Object.freeze({ type: `xstate.done.state.${stateAt(plan.states, state.parent).id}` })
}
