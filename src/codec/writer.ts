/**
 * Writes straight into a caller's buffer, in one pass.
 *
 * A write beyond the end is dropped but counted: afterwards `offset > target.length` says that there was not enough
 * room, and by how much. What may not be encoded throws `InvalidPacketError` whether or not there is room.
 *
 *   section:   length varint | content        the length is known last: as many bytes as it takes at least are
 *                                              reserved, and the content moves up when it takes more
 */
import { InvalidPacketError } from "./errors.js"
import { MAXIMUM_TEXT_BYTES, writeText } from "./text.js"
import { topicFilterProblem, topicProblem } from "./topic.js"
import { MAXIMUM_VARINT, varintSize } from "./version.js"

export class Writer {
  readonly #target: Uint8Array
  #offset: number

  constructor(target: Uint8Array, offset: number) {
    this.#target = target
    this.#offset = offset
  }

  /** Where the next byte goes; beyond the target's end when there was not enough room. */
  get offset(): number {
    return this.#offset
  }

  /** `value` is trusted: 0…255. */
  byte(value: number): void {
    this.#target[this.#offset++] = value
  }

  /** An integer from `least` to 65 535. */
  u16(value: unknown, field: string, least = 0): void {
    const number = checkInteger(value, least, 0xffff, field)
    const target = this.#target
    target[this.#offset++] = number >>> 8
    target[this.#offset++] = number
  }

  /** An integer from `least` to 4 294 967 295. */
  u32(value: unknown, field: string, least = 0): void {
    const number = checkInteger(value, least, 0xffff_ffff, field)
    const target = this.#target
    target[this.#offset++] = number >>> 24
    target[this.#offset++] = number >>> 16
    target[this.#offset++] = number >>> 8
    target[this.#offset++] = number
  }

  /** An integer from `least` to 268 435 455, in as few bytes as possible [MQTT-1.5.5-1]. */
  varint(value: unknown, field: string, least = 0): void {
    this.#offset = writeVarint(checkInteger(value, least, MAXIMUM_VARINT, field), this.#target, this.#offset)
  }

  text(value: unknown, field: string): void {
    if (typeof value !== "string") throw new InvalidPacketError(field, "is not a string")
    const bytes = writeText(value, this.#target, this.#offset + 2)
    if (bytes < 0) throw new InvalidPacketError(field, "has U+0000 or a lone surrogate [MQTT-1.5.4-1]")
    if (bytes > MAXIMUM_TEXT_BYTES) throw new InvalidPacketError(field, "takes more than 65 535 bytes")
    this.#target[this.#offset++] = bytes >>> 8
    this.#target[this.#offset++] = bytes
    this.#offset += bytes
  }

  /** A text that is a topic name. */
  topic(value: unknown, field: string): void {
    if (typeof value !== "string") throw new InvalidPacketError(field, "is not a string")
    const problem = topicProblem(value)
    if (problem !== undefined) throw new InvalidPacketError(field, problem)
    this.text(value, field)
  }

  topicFilter(value: unknown, field: string): void {
    if (typeof value !== "string") throw new InvalidPacketError(field, "is not a string")
    const problem = topicFilterProblem(value)
    if (problem !== undefined) throw new InvalidPacketError(field, problem)
    this.text(value, field)
  }

  /** Length u16 and the bytes. */
  binary(value: unknown, field: string): void {
    if (!(value instanceof Uint8Array)) throw new InvalidPacketError(field, "is not a Uint8Array")
    if (value.length > 0xffff) throw new InvalidPacketError(field, "takes more than 65 535 bytes")
    this.byte(value.length >>> 8)
    this.byte(value.length)
    this.raw(value)
  }

  /** The bytes alone. */
  raw(bytes: Uint8Array): void {
    if (this.#offset + bytes.length <= this.#target.length) this.#target.set(bytes, this.#offset)
    this.#offset += bytes.length
  }

  /** Begins a section of `leastBytes` or more; give the answer to `closeSection`. */
  openSection(leastBytes = 0): number {
    const start = this.#offset + varintSize(Math.min(leastBytes, MAXIMUM_VARINT))
    this.#offset = start
    return start
  }

  /**
   * Ends the section that begins at `start` and reserved the bytes for a length of `leastBytes`; its length
   * counts `following` bytes more, which the caller puts after it.
   */
  closeSection(start: number, field: string, leastBytes = 0, following = 0): void {
    const content = this.#offset - start
    const length = content + following
    if (length > MAXIMUM_VARINT) throw new InvalidPacketError(field, "is too large: more than 268 435 455 bytes")
    const at = start - varintSize(Math.min(leastBytes, MAXIMUM_VARINT))
    const moved = at + varintSize(length)
    if (moved !== start) {
      this.#target.copyWithin(moved, start, this.#offset)
      this.#offset = moved + content
    }
    writeVarint(length, this.#target, at)
  }
}

/** Writes a variable byte integer and returns the offset after it; `value` is trusted. */
export function writeVarint(value: number, target: Uint8Array, offset: number): number {
  let rest = value
  let at = offset
  while (rest >= 0x80) {
    target[at++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  target[at++] = rest
  return at
}

/** `value` when it is an integer within the bounds, else InvalidPacketError. */
export function checkInteger(value: unknown, least: number, most: number, field: string): number {
  if (typeof value === "number" && value >= least && value <= most && Number.isInteger(value)) return value
  throw new InvalidPacketError(field, `is not an integer from ${least} to ${most}`)
}
