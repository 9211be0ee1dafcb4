/**
 * Finds the function behind every name that a definition uses, and refuses a name that nobody implements.
 *
 * Actions come from the implementation alone; what `setup` gives for them is only a declaration. Guards and delays may
 * come from either, the implementation's first; those of `setup` see `{ context: self, event }`.
 */

import type { ChartImplementation } from "./chart.js"
import type { StateDefinition } from "./definition.js"
import { UnsupportedChartError } from "./errors.js"
import type { MachineShape } from "./machine-shape.js"

export type Action<S> = (self: S, event: never) => void
export type Guard<S> = (self: S, event: never) => boolean
/** Milliseconds. */
export type Delay<S> = (self: S, event: never) => number

/** By name; every name of the definition is there. */
export interface Bindings<S> {
  readonly actions: ReadonlyMap<string, Action<S>>
  readonly guards: ReadonlyMap<string, Guard<S>>
  readonly delays: ReadonlyMap<string, Delay<S>>
}

type SetupFunction<T> = (given: { readonly context: unknown; readonly event: unknown }) => T

/** @throws UnsupportedChartError for the first state whose action, guard or delay has no plain function. */
export function bind<S, A extends string>(
  machine: MachineShape,
  states: readonly StateDefinition[],
  implementation: ChartImplementation<S, A>,
): Bindings<S> {
  const setup = machine.implementations
  const implemented: Readonly<Record<string, Action<S>>> = implementation.actions
  const actions = new Map<string, Action<S>>()
  const guards = new Map<string, Guard<S>>()
  const delays = new Map<string, Delay<S>>()
  for (const state of states) {
    const refuse = (feature: string) => new UnsupportedChartError(machine.id, state.path, feature)
    for (const name of actionsOf(state)) {
      if (isBuiltIn(own(setup.actions, name), "resolve")) throw refuse(`built-in action "${name}"`)
      const found = own(implemented, name)
      if (found === undefined) throw refuse(`action "${name}" without an implementation`)
      actions.set(name, found)
    }
    for (const name of guardsOf(state)) {
      const given = own(setup.guards, name)
      const found = own(implementation.guards, name) ?? fromSetup<boolean>(given)
      if (isBuiltIn(given, "check")) throw refuse(`built-in guard "${name}"`)
      if (found === undefined) throw refuse(`guard "${name}" without an implementation`)
      guards.set(name, found)
    }
    for (const { delay } of state.delays) {
      if (typeof delay === "number") continue
      const found = own(implementation.delays, delay) ?? fromSetup<number>(own(setup.delays, delay))
      if (found === undefined) throw refuse(`delay "${delay}" without an implementation`)
      delays.set(delay, found)
    }
  }
  return { actions, guards, delays }
}

function actionsOf(state: StateDefinition): readonly string[] {
  const transitions = [...state.transitions.values()].flat().flatMap((transition) => transition.actions)
  return [...state.entry, ...state.exit, ...state.initialActions, ...transitions]
}

function guardsOf(state: StateDefinition): readonly string[] {
  const transitions = [...state.transitions.values()].flat()
  return transitions.map((transition) => transition.guard).filter((guard) => guard !== undefined)
}

/** A name such as "toString" must not find what every object inherits. */
function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
}

/** xstate's own functions carry what they do as a property and throw when they are called. */
function isBuiltIn(value: unknown, mark: "resolve" | "check"): boolean {
  return typeof value === "function" && mark in value
}

function fromSetup<T extends boolean | number>(value: unknown): ((self: unknown, event: never) => T) | undefined {
  if (typeof value === "number") return () => value as T
  if (typeof value !== "function") return undefined
  const ask = value as SetupFunction<T>
  return (self, event) => ask({ context: self, event })
}
