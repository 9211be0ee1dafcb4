/**
 * A bounds-checked cursor over the bytes of one packet. Whatever is not there, or is not what it should be, throws
 * MalformedPacketError with the reason code that answers it.
 */
import type { Chunk } from "./chunk.js"
import { malformed, protocolError } from "./errors.js"
import { readText } from "./text.js"
import { TextCache } from "./text-cache.js"
import { hasWildcard, topicFilterProblem } from "./topic.js"
import { varintSize } from "./version.js"

/** Topic names already seen: none is empty, none has a wildcard. */
export const topicCache: TextCache = new TextCache((text) => text !== "" && !hasWildcard(text))
const nameCache = new TextCache(() => true)

export class Reader {
  readonly #chunk: Chunk
  readonly #bytes: Uint8Array
  #offset: number
  #end: number

  constructor(chunk: Chunk, start: number, end: number) {
    this.#chunk = chunk
    this.#bytes = chunk.bytes
    this.#offset = start
    this.#end = end
  }

  /** Bytes left in the packet, or in the section that is open. */
  get remaining(): number {
    return this.#end - this.#offset
  }

  byte(): number {
    if (this.#offset >= this.#end) throw truncated()
    return this.#bytes[this.#offset++] as number
  }

  u16(): number {
    const at = this.#take(2)
    return ((this.#bytes[at] as number) << 8) | (this.#bytes[at + 1] as number)
  }

  u32(): number {
    const high = this.u16()
    return high * 0x1_0000 + this.u16()
  }

  /** At most four bytes, and no more of them than needed [MQTT-1.5.5-1]. */
  varint(): number {
    const start = this.#offset
    const value = this.looseVarint()
    if (this.#offset - start > varintSize(value)) {
      throw malformed("a variable byte integer is longer than needed [MQTT-1.5.5-1]")
    }
    return value
  }

  /** As `varint`, of any length up to four bytes, as 3.1 and 3.1.1 allow. */
  looseVarint(): number {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw malformed("a variable byte integer has more than four bytes")
  }

  /** 1…65 535 [MQTT-2.2.1-3]. */
  packetId(): number {
    const packetId = this.u16()
    if (packetId === 0) throw protocolError("the packet identifier is 0 [MQTT-2.2.1-3]")
    return packetId
  }

  text(): string {
    const start = this.#takePrefixed()
    return checkText(readText(this.#bytes, start, this.#offset))
  }

  /** As `text`, for texts that come again and again. */
  name(): string {
    const start = this.#takePrefixed()
    return checkText(nameCache.read(this.#bytes, start, this.#offset))
  }

  /** A text that is a topic name: not empty, no wildcard. */
  topic(): string {
    const start = this.#takePrefixed()
    const topic = topicCache.read(this.#bytes, start, this.#offset)
    if (topic === undefined) throw malformed("a topic name is empty, has a wildcard, or is no MQTT text [MQTT-4.7.3-1]")
    return topic
  }

  /** As `topic`, but an empty one is let through: a topic alias may stand for it. */
  topicOrEmpty(): string {
    const at = this.#offset
    if (this.remaining < 2 || this.#bytes[at] !== 0 || this.#bytes[at + 1] !== 0) return this.topic()
    this.#offset = at + 2
    return ""
  }

  topicFilter(): string {
    const start = this.#takePrefixed()
    const filter = checkText(readText(this.#bytes, start, this.#offset))
    const problem = topicFilterProblem(filter)
    if (problem !== undefined) throw malformed(`a topic filter ${problem}`)
    return filter
  }

  /** Length u16 and bytes; a view into the packet. */
  binary(): Uint8Array {
    const start = this.#takePrefixed()
    return this.#chunk.view(start, this.#offset)
  }

  /** All that is left; a view into the packet. */
  rest(): Uint8Array {
    const start = this.#take(this.remaining)
    return this.#chunk.view(start, this.#offset)
  }

  /** Narrows the reader to the next `bytes` bytes; give the answer to `closeSection`. */
  openSection(bytes: number): number {
    const end = this.#end
    if (bytes > this.remaining) throw truncated()
    this.#end = this.#offset + bytes
    return end
  }

  /** Widens the reader again, after the section was read to its last byte. */
  closeSection(end: number): void {
    this.#end = end
  }

  /** Throws when something is left over. */
  finish(): void {
    if (this.#offset !== this.#end) throw malformed(`${this.remaining} bytes are left over at the packet's end`)
  }

  #take(bytes: number): number {
    const at = this.#offset
    if (at + bytes > this.#end) throw truncated()
    this.#offset = at + bytes
    return at
  }

  #takePrefixed(): number {
    return this.#take(this.u16())
  }
}

function checkText(text: string | undefined): string {
  if (text === undefined) throw malformed("a text is no UTF-8 or holds U+0000 [MQTT-1.5.4-1, MQTT-1.5.4-2]")
  return text
}

function truncated(): Error {
  return malformed("the packet ends in the middle of a field")
}
