/**
 * The errors that a client's calls reject with: a closed union, told apart by `code`.
 */

import { AbortedError, InvalidOptionError, StoppedError, TerrapinError, TimedOutError } from "../errors.js"
import type { DownCause } from "../session/index.js"
import { NotSentError, RejectedError, SessionLostError } from "../session/index.js"

/** `connect` gave up: the server's answer was final, or the caller's patience ended. The client is stopped. */
export class ConnectError extends TerrapinError {
  override readonly code = "connect_failed" as const
  readonly why: "refused" | "timed_out" | "aborted"
  /** Of the refusal; undefined when there was none. */
  readonly reasonCode: number | undefined
  readonly lastCause: DownCause | undefined

  /** `cause` becomes the last cause's error; of an abort, the signal's reason. */
  constructor(why: ConnectError["why"], lastCause: DownCause | undefined, abortReason?: unknown) {
    const reasonCode = lastCause?.kind === "refused" ? lastCause.reasonCode : undefined
    const lastError = lastCause !== undefined && "error" in lastCause ? lastCause.error : undefined
    super(CONNECT_TEXTS[why](lastCause, reasonCode), { cause: why === "aborted" ? abortReason : lastError })
    this.why = why
    this.reasonCode = reasonCode
    this.lastCause = lastCause
  }
}

const CONNECT_TEXTS = {
  refused: (cause: DownCause | undefined, code: number | undefined) =>
    `the server refused the connection (${code === undefined ? (cause?.kind ?? "no reason") : `0x${code.toString(16).padStart(2, "0")}`})`,
  timed_out: (cause: DownCause | undefined) => `no connection in time (last cause: ${cause?.kind ?? "none"})`,
  aborted: () => "connecting was aborted by its caller",
} as const

/** No client of this name lives. */
export class UnknownClientError extends TerrapinError {
  override readonly code = "unknown_client" as const
  readonly client: string

  constructor(client: string) {
    super(`no client is named "${client}"`)
    this.client = client
  }
}

export type TerrapinFailure =
  | RejectedError
  | ConnectError
  | TimedOutError
  | AbortedError
  | NotSentError
  | SessionLostError
  | StoppedError
  | InvalidOptionError
  | UnknownClientError

const FAILURES = [
  RejectedError,
  ConnectError,
  TimedOutError,
  AbortedError,
  NotSentError,
  SessionLostError,
  StoppedError,
  InvalidOptionError,
  UnknownClientError,
] as const

/** Narrows what was caught to the closed union: `switch (error.code)` is then exhaustive. */
export function isTerrapinError(error: unknown): error is TerrapinFailure {
  return FAILURES.some((failure) => error instanceof failure)
}
