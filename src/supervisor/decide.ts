/**
 * What a supervisor does when a child has ended: one table, pure (OTP supervisor, "Restart Strategy", "Maximum Restart Intensity").
 *
 *                      ended normally or by shutdown     ended otherwise
 *     permanent        restart                           restart
 *     transient        keep the specification            restart
 *     temporary        forget                            forget
 */

import { type ExitReason, isAbnormal } from "../runtime/index.js"

export type Strategy = "one_for_one" | "one_for_all" | "rest_for_one"
export type RestartType = "permanent" | "transient" | "temporary"

/** So many restarts are answered within the period; one more and the supervisor gives up. */
export interface Intensity {
  readonly restarts: number
  readonly periodMs: number
}

export interface Policy {
  readonly strategy: Strategy
  readonly intensity: Intensity
}

/** A child as far as the decision goes. */
export interface Candidate {
  readonly id: string
  readonly restart: RestartType
  readonly running: boolean
}

export type Decision =
  /** A temporary child is gone with its specification. */
  | { readonly kind: "forget" }
  /** The specification stays, nothing is started. */
  | { readonly kind: "keep" }
  /** `stop` last started first; `start` in start order; `forget` are temporary siblings, stopped and not started again. */
  | {
      readonly kind: "restart"
      readonly stop: readonly string[]
      readonly start: readonly string[]
      readonly forget: readonly string[]
      /** The restarts within the period, this one included. */
      readonly restarts: readonly number[]
    }
  | { readonly kind: "give_up" }

/** `children` in start order; `restarts` are the times of the last ones, oldest first, on the same clock as `nowMs`. */
export function decide(
  policy: Policy,
  children: readonly Candidate[],
  restarts: readonly number[],
  ended: { readonly id: string; readonly reason: ExitReason; readonly nowMs: number },
): Decision {
  const index = children.findIndex((child) => child.id === ended.id)
  const child = children[index]
  if (child === undefined || child.restart === "temporary") return { kind: "forget" }
  if (child.restart === "transient" && !isAbnormal(ended.reason)) return { kind: "keep" }
  const counted = countRestart(policy.intensity, restarts, ended.nowMs)
  if (counted === undefined) return { kind: "give_up" }
  const scope = scopeOf(policy.strategy, children, index)
  return {
    kind: "restart",
    stop: scope
      .filter(({ id, running }) => running && id !== child.id)
      .map(({ id }) => id)
      .reverse(),
    start: scope.filter(({ restart }) => restart !== "temporary").map(({ id }) => id),
    forget: scope.filter(({ restart }) => restart === "temporary").map(({ id }) => id),
    restarts: counted,
  }
}

/** The restarts still within the period with this one added; undefined when that is one too many. */
export function countRestart(
  intensity: Intensity,
  restarts: readonly number[],
  nowMs: number,
): readonly number[] | undefined {
  const recent = [...restarts.filter((at) => nowMs - at <= intensity.periodMs), nowMs]
  return recent.length > intensity.restarts ? undefined : recent
}

function scopeOf(strategy: Strategy, children: readonly Candidate[], index: number): readonly Candidate[] {
  switch (strategy) {
    case "one_for_one":
      return children.slice(index, index + 1)
    case "rest_for_one":
      return children.slice(index)
    case "one_for_all":
      return children
  }
}
