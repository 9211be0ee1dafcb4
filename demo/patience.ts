/**
 * Waiting for what must come true soon, and not for ever: the whole demo has an end by itself.
 */

import { setTimeout as sleep } from "node:timers/promises"

/** Why the script cannot go on. */
export class BrokeOffError extends Error {
  override readonly name = "BrokeOffError"
}

const LOOK_EVERY_MS = 5

export class Patience {
  readonly #endsAt: number

  /** @param totalMs from now on, for everything that is waited for */
  constructor(totalMs: number) {
    this.#endsAt = performance.now() + totalMs
  }

  /** Rejects BrokeOffError when it is not so after `withinMs`. `what` is told then: "the links are up". */
  async until(what: string, isTrue: () => boolean, withinMs = 5_000): Promise<void> {
    const began = performance.now()
    const deadline = Math.min(began + withinMs, this.#endsAt)
    while (!isTrue()) {
      const now = performance.now()
      if (now > deadline) throw new BrokeOffError(`waited ${Math.round(now - began)} ms in vain until ${what}`)
      await sleep(LOOK_EVERY_MS)
    }
  }
}
