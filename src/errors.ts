/**
 * The root of every error that this package makes, and the few that more than one layer makes.
 * A layer's own errors stand in that layer's `errors.ts`.
 */

/** Every error of Terrapin: `code` is a literal, the facts are fields, the text is for people only. */
export abstract class TerrapinError extends Error {
  abstract readonly code: string

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** A call's deadline passed before its answer came. What was sent goes on in the background. */
export class TimedOutError extends TerrapinError {
  override readonly code = "timed_out" as const
  readonly timeoutMs: number

  constructor(what: string, timeoutMs: number) {
    super(`${what} got no answer within ${timeoutMs} ms`)
    this.timeoutMs = timeoutMs
  }
}

/** The caller's AbortSignal fired before the answer came; `cause` is the signal's reason. */
export class AbortedError extends TerrapinError {
  override readonly code = "aborted" as const

  constructor(what: string, reason?: unknown) {
    super(`${what} was aborted by its caller`, { cause: reason })
  }
}

/** The one that should have answered has ended: `stopped` on purpose, `exited` by a crash or a kill. */
export class StoppedError extends TerrapinError {
  override readonly code: "stopped" | "exited"
  /** Whether what the call asked for may have happened all the same. */
  readonly maybeDelivered: boolean

  constructor(
    code: "stopped" | "exited",
    message: string,
    options: { maybeDelivered?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.code = code
    this.maybeDelivered = options.maybeDelivered ?? false
  }
}

/** An option, argument or URL that is not allowed; `option` is its dotted path. */
export class InvalidOptionError extends TerrapinError {
  override readonly code = "invalid_option" as const
  readonly option: string

  constructor(option: string, message: string) {
    super(`${option}: ${message}`)
    this.option = option
  }
}
