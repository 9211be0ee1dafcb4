/**
 * Which states a transition leaves and enters: SCXML's algorithm as xstate runs it, for a configuration that is one
 * chain from the root to a leaf (there are no parallel states here).
 *
 *   root                    a1 --> b2 (from a1's own transition)
 *   |- a                      domain   root: the innermost state that holds source and target and is left by neither
 *   |  '- a1  <- active       exits    a1, a
 *   '- b                      entries  b, b2
 *      |- b1 (initial)        byDefault b2 only: b's initial transition is not taken, for the target names its child
 *      '- b2
 */

import { chain, isInside, NONE, ROOT, type StateDefinition, stateAt } from "./definition.js"

export interface Route {
  /** Innermost first. */
  readonly exits: readonly number[]
  /** Outermost first. */
  readonly entries: readonly number[]
  /** The entered states whose initial transition's actions run as well. */
  readonly byDefault: ReadonlySet<number>
  /** The leaf that is active afterwards. */
  readonly leaf: number
}

/** The way from the active `leaf` by a transition of `source` (the leaf or an ancestor) to `target`. */
export function routeTo(
  states: readonly StateDefinition[],
  leaf: number,
  source: number,
  target: number,
  reenter: boolean,
): Route {
  const domain = domainOf(states, source, target, reenter)
  const descent = descentFrom(states, target)
  // A transition to its own source that does not re-enter it starts with the source's initial child.
  const byDefault = new Set(target === source && !reenter ? descent.slice(1) : descent)
  const ancestors = chain(states, target).filter((state) => state !== target && isInside(states, state, domain))
  return {
    exits: chain(states, leaf).filter((state) => isInside(states, state, domain)),
    entries: [...ancestors.toReversed(), ...byDefault],
    byDefault,
    leaf: descent.at(-1) ?? target,
  }
}

/** The way in: the root and its initial descendants. */
export function initialRoute(states: readonly StateDefinition[]): Route {
  const descent = descentFrom(states, ROOT)
  return { exits: [], entries: descent, byDefault: new Set(descent), leaf: descent.at(-1) ?? ROOT }
}

/** The state inside which everything active is left; NONE when the root itself is. */
function domainOf(states: readonly StateDefinition[], source: number, target: number, reenter: boolean): number {
  if (!reenter && (target === source || isInside(states, target, source))) return source
  for (const ancestor of chain(states, target)) {
    if (ancestor !== target && isInside(states, source, ancestor)) return ancestor
  }
  return reenter ? NONE : ROOT
}

/** `from` and its initial descendants, outermost first. */
function descentFrom(states: readonly StateDefinition[], from: number): readonly number[] {
  const found: number[] = []
  for (let at = from; at !== NONE; at = stateAt(states, at).initial) found.push(at)
  return found
}
