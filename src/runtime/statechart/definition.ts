/**
 * A machine's definition as plain data: its states in document order, every reference an index into that list.
 * `read-machine` makes it, `build-table` turns it into rows.
 *
 *            parent       document order makes a parent's index smaller than its children's,
 *      root 0  <-- a 1    so that sorting by index is sorting from the outermost state inwards
 *              <-- b 2 <-- c 3
 */

/** "No state": the parent of the root, the initial child of a state without children. */
export const NONE = -1

/** The machine itself is the first state. */
export const ROOT = 0

export interface StateDefinition {
  /** Dotted keys from the root, which itself is `""`. */
  readonly path: string
  readonly key: string
  /** xstate's id, in the types of its `after` and `done` events. */
  readonly id: string
  readonly type: "atomic" | "compound" | "final"
  /** An index, or NONE for the root. */
  readonly parent: number
  /** The index of the initial child, NONE when there are no children. */
  readonly initial: number
  /** The names of the initial transition's actions. */
  readonly initialActions: readonly string[]
  readonly entry: readonly string[]
  readonly exit: readonly string[]
  readonly delays: readonly DelayDefinition[]
  /** By event descriptor: an event's type, `prefix.*` or `*`. `after` and `onDone` are here too, under xstate's types. */
  readonly transitions: ReadonlyMap<string, readonly TransitionDefinition[]>
}

export interface DelayDefinition {
  readonly eventType: string
  /** Milliseconds, or a name. */
  readonly delay: number | string
}

/** Neither target nor actions: a forbidden transition, which hides the ancestors'. */
export interface TransitionDefinition {
  readonly guard: string | undefined
  readonly actions: readonly string[]
  /** An index; undefined leaves and enters nothing. */
  readonly target: number | undefined
  readonly reenter: boolean
}

/** The states from `index` outwards to the root. */
export function chain(states: readonly StateDefinition[], index: number): readonly number[] {
  const found: number[] = []
  for (let at = index; at !== NONE; at = stateAt(states, at).parent) found.push(at)
  return found
}

/** Whether `index` lies properly inside `outer`; everything lies inside NONE. */
export function isInside(states: readonly StateDefinition[], index: number, outer: number): boolean {
  if (index === outer) return false
  return outer === NONE || chain(states, index).includes(outer)
}

export function stateAt(states: readonly StateDefinition[], index: number): StateDefinition {
  const state = states[index]
  if (state === undefined) throw new RangeError(`no state ${index} among ${states.length}`)
  return state
}
