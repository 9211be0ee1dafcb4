/**
 * Who sent what, and what arrived: every message of the demo bears an entry's id, and is ticked off by whoever receives it.
 *
 *     sent(qos) ─▶ id ─▶ payload ─▶ broker ─▶ arrived(id)     once, never, twice …
 *          └─ follow(id, promise) ─▶ open ─▶ kept | broken    what the publisher was told
 */

import type { QoS } from "terrapin"

interface Entry {
  readonly qos: QoS
  arrivals: number
  promise: "none" | "open" | "kept" | "broken"
}

/** What became of the messages of one QoS. */
export interface Tally {
  readonly sent: number
  /** Different ones, however often each came. */
  readonly arrived: number
  readonly lost: number
  /** Arrivals beyond the first. */
  readonly doubled: number
  /** Promises of `publish` that have not settled. */
  readonly open: number
  /** Promises of `publish` that were rejected. */
  readonly broken: number
}

export class Ledger {
  readonly #entries = new Map<string, Entry>()
  #strangers = 0

  /** A message that is to be sent now; the id belongs into its payload. */
  sent(qos: QoS): string {
    const id = String(this.#entries.size + 1)
    this.#entries.set(id, { qos, arrivals: 0, promise: "none" })
    return id
  }

  /** The promise that `publish` gave for it; a rejection is noted, and ends here. */
  follow(id: string, promise: Promise<unknown>): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) throw new RangeError(`nothing was sent as ${id}`)
    entry.promise = "open"
    promise.then(
      () => {
        entry.promise = "kept"
      },
      () => {
        entry.promise = "broken"
      },
    )
  }

  arrived(id: string): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) this.#strangers++
    else entry.arrivals++
  }

  /** Arrivals that nobody sent. */
  get strangers(): number {
    return this.#strangers
  }

  tally(qos: QoS): Tally {
    const tally = { sent: 0, arrived: 0, lost: 0, doubled: 0, open: 0, broken: 0 }
    for (const entry of this.#entries.values()) {
      if (entry.qos !== qos) continue
      tally.sent++
      if (entry.arrivals > 0) tally.arrived++
      else tally.lost++
      tally.doubled += Math.max(0, entry.arrivals - 1)
      if (entry.promise === "open") tally.open++
      if (entry.promise === "broken") tally.broken++
    }
    return tally
  }

  /** Whether everything that was sent has arrived, and every publisher knows. */
  get balanced(): boolean {
    for (const { arrivals, promise } of this.#entries.values()) if (arrivals === 0 || promise === "open") return false
    return true
  }
}
