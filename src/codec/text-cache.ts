/**
 * A direct-mapped cache of short ASCII texts that came from the wire: the same topics and property names arrive again
 * and again, and comparing bytes with a known string is cheaper than making a new one.
 *
 *   bytes ── hash ──▶ slot ──▶ text of equal bytes?  yes: that string   no: read it, keep it in the slot
 *
 * Bounded by construction: `SLOTS` texts of at most `LONGEST` bytes.
 */
import { readText } from "./text.js"

const SLOTS = 1024
const LONGEST = 40

export class TextCache {
  readonly #texts: string[] = new Array<string>(SLOTS).fill("")
  readonly #accept: (text: string) => boolean

  /** Only what `accept` allows is ever in the cache, so a hit needs no further check. */
  constructor(accept: (text: string) => boolean) {
    this.#accept = accept
  }

  /** The text from `start` to `end`; undefined when it is no MQTT text or is not accepted. */
  read(bytes: Uint8Array, start: number, end: number): string | undefined {
    const length = end - start
    if (length === 0 || length > LONGEST) return this.#readNew(bytes, start, end)
    let hash = length
    for (let index = start; index < end; index++) hash = (Math.imul(hash, 31) + (bytes[index] as number)) | 0
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
    const known = this.#texts[slot] as string
    if (equals(known, bytes, start, length)) return known
    const text = this.#readNew(bytes, start, end)
    // As many units as bytes: ASCII, which is all that `equals` can compare.
    if (text !== undefined && text.length === length) this.#texts[slot] = text
    return text
  }

  #readNew(bytes: Uint8Array, start: number, end: number): string | undefined {
    const text = readText(bytes, start, end)
    return text === undefined || !this.#accept(text) ? undefined : text
  }
}

function equals(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false
  for (let index = 0; index < length; index++) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false
  }
  return true
}
