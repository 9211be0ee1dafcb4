/**
 * What an inspector hears. A system has one tap or none; without one, nothing is built for it.
 */

import type { Logger } from "../logger.js"
import type { ExitReason } from "./exit.js"

/** An actor as the tap sees it. */
export interface Tapped {
  readonly pid: number
  readonly label: string
  readonly parent: Tapped | undefined
  /** The statechart's definition and present value, or whatever state the actor shows. */
  readonly program: { readonly definition?: object | undefined; snapshot?(): unknown }
}

export interface Tap {
  spawned(actor: Tapped): void
  /** At send time; `source` is undefined for what comes from outside of all actors. */
  event(source: Tapped | undefined, target: Tapped, message: unknown): void
  /** After the message was handled. */
  snapshot(actor: Tapped, message: unknown): void
  exited(actor: Tapped, reason: ExitReason): void
}

/** The tap behind a wall: what it throws is logged and goes no further (case 85). */
export function guardedTap(tap: Tap, logger: Logger): Tap {
  const attempt = (tell: () => void): void => {
    try {
      tell()
    } catch (error) {
      logger.error({ err: error }, "the inspector threw")
    }
  }
  return {
    spawned: (actor) => attempt(() => tap.spawned(actor)),
    event: (source, target, message) => attempt(() => tap.event(source, target, message)),
    snapshot: (actor, message) => attempt(() => tap.snapshot(actor, message)),
    exited: (actor, reason) => attempt(() => tap.exited(actor, reason)),
  }
}
