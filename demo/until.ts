/**
 * Waiting for what must come true soon.
 */

import { setTimeout as sleep } from "node:timers/promises"

/** Why the script cannot go on. */
export class BrokeOffError extends Error {
  override readonly name = "BrokeOffError"
}

const LOOK_EVERY_MS = 5

/** Rejects BrokeOffError after `withinMs`. `what` is told then: "the links are up". */
export async function until(what: string, isTrue: () => boolean, withinMs = 5_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!isTrue()) {
    if (performance.now() > deadline) throw new BrokeOffError(`waited ${withinMs} ms in vain until ${what}`)
    await sleep(LOOK_EVERY_MS)
  }
}
