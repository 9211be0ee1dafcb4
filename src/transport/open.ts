/** What opening has in common for all transports: it can be given up, and it may ask for options anew each time. */
import { AbortedError } from "../errors.js"
import type { PerAttempt, TransportAttempt } from "./types.js"

/** The options for this attempt. @throws (rejects) what the user's function throws; AbortedError. */
export async function optionsFor<T extends object>(
  options: PerAttempt<T>,
  attempt: TransportAttempt,
  label: string,
): Promise<T> {
  throwIfAborted(attempt.signal, label)
  if (typeof options !== "function") return options
  return await untilAborted(attempt.signal, label, (resolve, reject) => {
    Promise.resolve(options(attempt)).then(resolve, reject)
  })
}

/** @throws AbortedError when the signal has already fired. */
export function throwIfAborted(signal: AbortSignal, label: string): void {
  if (signal.aborted) throw abortedOpening(signal, label)
}

/**
 * A promise that also settles when the signal fires: then `giveUp` runs, and it rejects with AbortedError.
 * Once it has settled, the signal holds nothing of it any more.
 */
export function untilAborted<T>(
  signal: AbortSignal,
  label: string,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
  giveUp?: () => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const aborted = () => {
      giveUp?.()
      reject(abortedOpening(signal, label))
    }
    const settled = () => signal.removeEventListener("abort", aborted)
    if (signal.aborted) {
      aborted()
      return
    }
    signal.addEventListener("abort", aborted, { once: true })
    start(
      (value) => {
        settled()
        resolve(value)
      },
      (error) => {
        settled()
        reject(error)
      },
    )
  })
}

function abortedOpening(signal: AbortSignal, label: string): AbortedError {
  return new AbortedError(`Opening ${label}`, signal.reason)
}
