/**
 * What every call takes besides its own options: how long it may take, and what ends it early.
 */

import { AbortedError, InvalidOptionError } from "../errors.js"
import { checkNames } from "./check-names.js"
import type { CallOptions } from "./option-types.js"

export const CALL_OPTIONS: readonly string[] = ["timeoutMs", "signal"]
export const REQUEST_OPTIONS: readonly string[] = [...CALL_OPTIONS, "userProperties"]

/** @throws InvalidOptionError; AbortedError when the signal has fired already */
export function checkCall(what: string, options: CallOptions, known: readonly string[]): void {
  checkNames(options, known)
  checkCallValues(what, options)
}

/** As checkCall, of options whose names were checked. */
export function checkCallValues(what: string, { timeoutMs, signal }: CallOptions): void {
  duration("timeoutMs", timeoutMs)
  if (signal === undefined) return
  if (!(signal instanceof AbortSignal)) throw new InvalidOptionError("signal", "must be an AbortSignal")
  if (signal.aborted) throw new AbortedError(what, signal.reason)
}

/** @throws InvalidOptionError */
export function duration(option: string, value: number | undefined): number | undefined {
  if (value === undefined || (typeof value === "number" && value >= 0)) return value
  throw new InvalidOptionError(option, "must be a number of milliseconds, 0 or more")
}

/** The same promise; when nobody looks at it, its rejection does not end the process. */
export function unlooked<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}
