/**
 * What supervisors reject with, and what they exit with.
 */

import { TerrapinError } from "../errors.js"
import { describeExit, type ExitReason } from "../runtime/index.js"
import type { Intensity } from "./decide.js"

/** More restarts within the period than the intensity allows; the supervisor has stopped its children and itself. */
export class RestartIntensityError extends TerrapinError {
  override readonly code = "restart_intensity" as const
  readonly child: string
  readonly reason: ExitReason
  readonly intensity: Intensity

  constructor(supervisor: string, child: string, reason: ExitReason, intensity: Intensity) {
    super(
      `${supervisor} gave up: ${child} ended (${describeExit(reason)}) after ${intensity.restarts} restarts within ${intensity.periodMs} ms`,
      { cause: reason.kind === "crash" ? reason.error : undefined },
    )
    this.child = child
    this.reason = reason
    this.intensity = intensity
  }
}

/** A supervisor was asked for a child it does not have, has already, or may not have. */
export class ChildError extends TerrapinError {
  override readonly code: "not_found" | "already_present" | "max_children"
  readonly child: string

  constructor(code: "not_found" | "already_present" | "max_children", child: string) {
    super(`${child}: ${TEXTS[code]}`)
    this.code = code
    this.child = child
  }
}

const TEXTS = {
  not_found: "the supervisor has no such child, or it does not run",
  already_present: "the supervisor has a child of this id",
  max_children: "the supervisor has as many children as it may",
} as const
