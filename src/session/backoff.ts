/**
 * How long to wait before the next attempt: exponential with full jitter, and slower or never by the reason of the last failure.
 */

import type { DownCause } from "./down-cause.js"

export interface BackoffOptions {
  readonly minMs: number
  readonly maxMs: number
  readonly factor: number
  /** A link up for this long makes the next failure the first one again. */
  readonly stableAfterMs: number
}

export const DEFAULT_BACKOFF: BackoffOptions = { minMs: 250, maxMs: 30_000, factor: 2, stableAfterMs: 5_000 }

/** What a failure asks for. */
export type Retry =
  | { readonly kind: "stop" }
  /** The server may be left alone for longer: `slow` begins at 8 x minMs, `slowest` is maxMs. */
  | { readonly kind: "retry"; readonly pace: "normal" | "slow" | "slowest" }

const STOP: Retry = { kind: "stop" }
const NORMAL: Retry = { kind: "retry", pace: "normal" }
const SLOW: Retry = { kind: "retry", pace: "slow" }
const SLOWEST: Retry = { kind: "retry", pace: "slowest" }

/** By MQTT 5 reason code; those of 3.1.1 are translated by `asReasonCode`. */
const BY_REASON: ReadonlyMap<number, Retry> = new Map<number, Retry>([
  [0x8e, STOP], // session taken over
  [0x84, STOP], // unsupported protocol version, in every version allowed
  [0x85, STOP], // client identifier not valid
  [0x86, SLOWEST], // bad user name or password
  [0x87, SLOWEST], // not authorized
  [0x8a, SLOWEST], // banned
  [0x8c, SLOWEST], // bad authentication method
  [0x89, SLOW], // server busy
  [0x96, SLOW], // message rate too high
  [0x97, SLOW], // quota exceeded
  [0x9f, SLOW], // connection rate exceeded
  [0x81, SLOW], // malformed packet
  [0x82, SLOW], // protocol error
])

/** The CONNECT return codes of 3.1.1 (§3.2.2.3) as the MQTT 5 reason codes of the same meaning. */
const RETURN_CODES: readonly number[] = [0x00, 0x84, 0x85, 0x88, 0x86, 0x87]

/** 3.1.1's return code 3 is "busy" there, where MQTT 5 tells unavailable (0x88) from busy (0x89). */
export function asReasonCode(returnCode: number): number {
  return returnCode === 3 ? 0x89 : (RETURN_CODES[returnCode] ?? returnCode)
}

export function retryAfter(cause: DownCause): Retry {
  switch (cause.kind) {
    case "server_disconnect":
    case "refused":
      return BY_REASON.get(asReasonCode(cause.reasonCode)) ?? NORMAL
    case "protocol_error":
      return SLOW
    case "ping_timeout":
    case "attempt_timeout":
    case "overload":
    case "recycle":
    case "session_mismatch":
    case "user":
    case "closed":
      return NORMAL
  }
}

/** `attempt` counts from 1; `random` is in [0, 1): the delay is spread over the whole window from 0. */
export function backoffDelayMs(
  options: BackoffOptions,
  attempt: number,
  pace: "normal" | "slow" | "slowest",
  random: number,
): number {
  const { minMs, maxMs, factor } = options
  if (pace === "slowest") return maxMs
  const first = pace === "slow" ? 8 * minMs : minMs
  const growth = Math.min(factor ** (attempt - 1), Number.MAX_VALUE) // so that no wait at all stays none
  const window = Math.min(maxMs, first * growth)
  return Math.round(window * random)
}
