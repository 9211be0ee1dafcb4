/**
 * Work that is synchronous where it can be: a restart without an asynchronous init is over before anything else runs.
 */

import { isPromise } from "../runtime/index.js"

export type Eventually<T> = T | PromiseLike<T>

/** `next(value)`, now or when the value is there. */
export function andThen<T, R>(value: Eventually<T>, next: (value: T) => Eventually<R>): Eventually<R> {
  return isPromise(value) ? value.then(next) : next(value)
}

/** `attempt()`, with `failed` for its throw and for its rejection alike. */
export function orElse<T>(attempt: () => Eventually<T>, failed: (error: unknown) => Eventually<T>): Eventually<T> {
  try {
    const value = attempt()
    return isPromise(value) ? value.then(undefined, failed) : value
  } catch (error) {
    return failed(error)
  }
}

/** One after another; stops at the first that throws or rejects. */
export function forEachInTurn<T>(items: readonly T[], work: (item: T) => Eventually<unknown>): Eventually<undefined> {
  for (let index = 0; index < items.length; index++) {
    const done = work(items[index] as T)
    if (isPromise(done)) return done.then(() => forEachInTurn(items.slice(index + 1), work))
  }
  return undefined
}

/** What the kernel wants: a promise or nothing. */
export function onlyPromise(value: Eventually<unknown>): PromiseLike<unknown> | undefined {
  return isPromise(value) ? value : undefined
}
