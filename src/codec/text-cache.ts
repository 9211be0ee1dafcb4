/**
 * A direct-mapped cache of short ASCII texts that came from the wire: the same topics and property names arrive again
 * and again, and comparing bytes with known ones is cheaper than making a new string.
 *
 *   bytes ── hash ──▶ slot ──▶ the slot's bytes are equal?   yes: its string   no: read it, keep it in the slot
 *
 * Bounded by construction: `SLOTS` texts of at most `LONGEST` bytes, about 80 KiB when full.
 */
import { readText } from "./text.js"

const SLOTS = 1024
const LONGEST = 40

export class TextCache {
  readonly #texts: string[] = new Array<string>(SLOTS).fill("")
  readonly #bytes: Uint8Array = new Uint8Array(SLOTS * LONGEST)
  readonly #accept: (text: string) => boolean

  /** Only what `accept` allows is ever in the cache, so a hit needs no further check. */
  constructor(accept: (text: string) => boolean) {
    this.#accept = accept
  }

  /** The text from `start` to `end`; undefined when it is no MQTT text or is not accepted. */
  read(bytes: Uint8Array, start: number, end: number): string | undefined {
    const length = end - start
    if (length === 0 || length > LONGEST) return this.#readNew(bytes, start, end)
    const slot = hashOf(bytes, start, end) & (SLOTS - 1)
    const text = this.#texts[slot] as string
    if (text.length === length && isEqual(this.#bytes, slot * LONGEST, bytes, start, length)) return text
    return this.#keep(slot, bytes, start, end)
  }

  #keep(slot: number, bytes: Uint8Array, start: number, end: number): string | undefined {
    const text = this.#readNew(bytes, start, end)
    // As many units as bytes: ASCII, so that a text's length is that of its bytes.
    if (text !== undefined && text.length === end - start) {
      this.#texts[slot] = text
      for (let at = start; at < end; at++) this.#bytes[slot * LONGEST + at - start] = bytes[at] as number
    }
    return text
  }

  #readNew(bytes: Uint8Array, start: number, end: number): string | undefined {
    const text = readText(bytes, start, end)
    return text === undefined || !this.#accept(text) ? undefined : text
  }
}

/** Mixes every byte, four at a time: topics that differ in one digit anywhere must not share a slot. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start
  let at = start
  for (; at + 4 <= end; at += 4) {
    const word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    hash = Math.imul(hash ^ word, 0x9e3779b1)
    hash ^= hash >>> 15
  }
  for (; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x9e3779b1)
  return hash ^ (hash >>> 15)
}

function isEqual(known: Uint8Array, at: number, bytes: Uint8Array, start: number, length: number): boolean {
  for (let index = 0; index < length; index++) {
    if (known[at + index] !== bytes[start + index]) return false
  }
  return true
}
