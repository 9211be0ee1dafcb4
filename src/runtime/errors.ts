/**
 * What can go wrong when one asks the runtime for something.
 */

import { TerrapinError } from "../errors.js"
import { describeExit, type ExitReason } from "./exit.js"

/** The actor asked does not live, or is the caller itself (GenServer.call: `:noproc`, `:calling_self`). */
export class NoProcessError extends TerrapinError {
  override readonly code = "noproc" as const
}

/** The actor asked ended before it answered. */
export class ExitedError extends TerrapinError {
  override readonly code = "exited" as const
  readonly reason: ExitReason

  constructor(what: string, reason: ExitReason) {
    super(`${what}: the actor ended first (${describeExit(reason)})`, {
      cause: reason.kind === "crash" ? reason.error : undefined,
    })
    this.reason = reason
  }
}

/** An actor's init threw, rejected, ended or took longer than it may; `cause` is what it threw. */
export class StartError extends TerrapinError {
  override readonly code = "start_failed" as const
  /** The label of the actor or the id of the child. */
  readonly child: string

  constructor(child: string, message: string, cause?: unknown) {
    super(`${child} did not start: ${message}`, { cause })
    this.child = child
  }
}
