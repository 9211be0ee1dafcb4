/**
 * Read mitigation, as network cards do it. A server that sends each packet alone wakes a fast client for each of them, and to
 * wake up costs more than the packet. While packets come thick, and nobody waits for one in particular, reading rests for a
 * millisecond after each small read: what comes meanwhile is one read (measured on mosquitto: half the CPU, no loss of rate).
 *
 *     packets     · · · · · · · · · · · · · · · · · · · ·
 *     reads       1 1 1 1 1 1   rest   9   1   rest   8       thick from here on; a read that is not small goes on at once
 */

/** Reads below this are small. More would cap a server that is fast. */
const SMALL_BYTES = 256
/** Thick: so many packets a millisecond, over a stretch of 4 ms and more; a longer pause ends it. */
const THICK_PER_MS = 8
const STRETCH_MS = 4
const LONGEST_STRETCH_MS = 8
/**
 * With so many publications unanswered, a millisecond without answers holds nobody up. Fewer would be used up in it: on
 * mosquitto a window of 66 lost half its rate, one of 100 a third, one of 200 nothing.
 */
const MANY_INFLIGHT = 192

export const REST_MS = 1

/** What a read was, and what it found. */
export interface ReadFacts {
  readonly nowMs: number
  readonly bytes: number
  readonly packets: number
  /** Our publications that wait for the server. */
  readonly inflight: number
  /** Calls of the user's that wait for an answer. */
  readonly calls: number
  /** Packets written so far that ask for something: somebody who sends one after each that comes must not be slowed down. */
  readonly asked: number
}

export class ReadPace {
  #sinceMs = Number.NEGATIVE_INFINITY
  #packets = 0
  #thick = false
  #asked = 0

  /** Takes note of a read; whether reading may rest after it. */
  rests(read: ReadFacts): boolean {
    this.#measure(read)
    const nobodyWaits = read.calls === 0 && read.asked === this.#asked
    this.#asked = read.asked
    return this.#thick && read.bytes < SMALL_BYTES && (read.inflight > MANY_INFLIGHT || nobodyWaits)
  }

  #measure({ nowMs, packets }: ReadFacts): void {
    this.#packets += packets
    const stretchMs = nowMs - this.#sinceMs
    if (stretchMs < STRETCH_MS) return
    this.#thick = stretchMs < LONGEST_STRETCH_MS && this.#packets >= stretchMs * THICK_PER_MS
    this.#sinceMs = nowMs
    this.#packets = 0
  }
}
