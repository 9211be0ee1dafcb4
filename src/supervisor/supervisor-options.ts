/**
 * What one may ask of a supervisor, checked at once.
 */

import { InvalidOptionError } from "../errors.js"
import type { System } from "../runtime/index.js"
import { type ChildSpec, checkChildSpec } from "./child-spec.js"
import type { Intensity, Strategy } from "./decide.js"

export interface SupervisorOptions {
  /** Registered for `whereis`. */
  readonly name?: string | undefined
  /** Default one_for_one. */
  readonly strategy?: Strategy | undefined
  /** Default 3 restarts in 5,000 ms. */
  readonly intensity?: Intensity | undefined
  /** In start order. */
  readonly children: readonly ChildSpec[]
  readonly system?: System | undefined
}

export const DEFAULT_INTENSITY: Intensity = { restarts: 3, periodMs: 5_000 }

const SUPERVISOR_OPTIONS: readonly string[] = ["name", "strategy", "intensity", "children", "system"]
const STRATEGIES: readonly string[] = ["one_for_one", "one_for_all", "rest_for_one"]

/** @throws InvalidOptionError */
export function checkSupervisorOptions(options: SupervisorOptions): void {
  for (const option of Object.keys(options))
    if (!SUPERVISOR_OPTIONS.includes(option)) throw new InvalidOptionError(option, "is not an option of a supervisor")
  if (options.strategy !== undefined && !STRATEGIES.includes(options.strategy))
    throw new InvalidOptionError("strategy", `must be one of ${STRATEGIES.join(", ")}`)
  checkIntensity(options.intensity)
  const ids = new Set<string>()
  for (const spec of options.children) {
    checkChildSpec(spec)
    const { id } = spec
    if (ids.has(id)) throw new InvalidOptionError("children", `two children have the id "${id}"`)
    ids.add(id)
  }
}

/** @throws InvalidOptionError */
export function checkIntensity(intensity: Intensity | undefined): void {
  if (intensity === undefined) return
  if (!(intensity.restarts >= 0)) throw new InvalidOptionError("intensity.restarts", "must be 0 or more")
  if (!(intensity.periodMs > 0)) throw new InvalidOptionError("intensity.periodMs", "must be more than 0")
}
