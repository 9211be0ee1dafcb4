/**
 * One record of pino as one line for people: seconds since the start, who speaks, what happened.
 *
 *     1.532  floor-2     ↻ protocol restarted connection, for: killed
 */

import type { Paint } from "./paint.js"

/** The fields that this demo and the client use. `level` and `time` (ms) are pino's own. */
export interface LogRecord {
  readonly level: number
  readonly time: number
  readonly msg?: string
  /** The client that speaks, or that it is about. */
  readonly client?: string
  /** Set by supervisors. */
  readonly supervisor?: string
  readonly started?: readonly string[]
  readonly reason?: string
  readonly err?: { readonly type?: string; readonly message?: string }
  /** Of an attempt to connect that failed. */
  readonly cause?: string
  readonly retryInMs?: number
  /** The script's own sign for the line. */
  readonly sign?: string
}

const WARN = 40
const ERROR = 50
const WHO_WIDTH = 15

export function lineOf(record: LogRecord, startedMs: number, paint: Paint): string {
  const seconds = ((record.time - startedMs) / 1_000).toFixed(3).padStart(7)
  const who = (record.client ?? record.supervisor ?? "demo").padEnd(WHO_WIDTH)
  const { level } = record
  const text = `${signOf(record)} ${textOf(record)}`
  const coloured = level >= ERROR ? paint.red(text) : level >= WARN ? paint.yellow(text) : text
  return `${paint.dim(seconds)}  ${paint.cyan(who)} ${coloured}`
}

function signOf({ sign, started, level }: LogRecord): string {
  if (sign !== undefined) return sign
  if (started !== undefined) return "↻"
  return level >= ERROR ? "✗" : "·"
}

function textOf({ msg = "", supervisor, reason, err, cause, retryInMs }: LogRecord): string {
  if (supervisor !== undefined && reason !== undefined) return `${msg}, for: ${reason}`
  if (err?.message !== undefined) return `${msg}: ${err.message}`
  if (cause !== undefined) return `${msg} (${cause})${retryInMs === undefined ? "" : `, again in ${retryInMs} ms`}`
  return msg
}
