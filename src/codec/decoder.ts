/**
 * The framer: chunks of bytes, cut anywhere, to whole packets, in either direction.
 *
 *   chunk ──▶ | packet | packet | pack…          whole packets are decoded where they lie
 *                                 ╰──▶ partial   the rest of a cut one is copied, and what follows it, up to its end
 *
 * A fixed header is judged (type, flags, size) before a byte of its packet is kept. A partial packet is kept in one
 * array that grows by doubling up to the packet's size, so that a length alone makes nobody allocate, and no byte is
 * copied more than twice on average.
 */
import { Chunk } from "./chunk.js"
import { checkFirstByte, decodeBody } from "./decode.js"
import { decodeCommonPublish, decodeShortAck } from "./decode-hot.js"
import { MalformedPacketError, malformed, protocolError } from "./errors.js"
import type { Packet } from "./packet.js"
import { NO_PROPERTIES } from "./properties.js"
import type { ProtocolVersion } from "./version.js"

export interface DecoderOptions {
  readonly version: ProtocolVersion
  /** The greatest packet allowed, fixed header included, in bytes. */
  readonly maximumPacketBytes: number
  /**
   * Called for each whole packet with its size on the wire. Payload and binary properties are views: valid only until
   * it returns. It may call `stop` but not `push`. What it throws comes out of `push` and stops the decoder.
   */
  readonly onPacket: (packet: Packet, bytes: number) => void
}

/** What is allocated at first for a partial packet, at most; in bytes. */
const FIRST_PART = 4096
const LONGEST_HEADER = 5
const NOTHING = new Uint8Array(0)

export class Decoder {
  /** What the bytes to come are read as. A CONNECT that arrives sets it. */
  version: ProtocolVersion
  readonly #maximumPacketBytes: number
  readonly #onPacket: (packet: Packet, bytes: number) => void
  #partial: Uint8Array = NOTHING
  /** How many bytes of the partial packet are there. */
  #kept = 0
  /** How many it has in all; 0 while its header is incomplete. */
  #needed = 0
  #connackAwaited = false
  #stopped = false

  constructor(options: DecoderOptions) {
    this.version = options.version
    this.#maximumPacketBytes = options.maximumPacketBytes
    this.#onPacket = options.onPacket
  }

  /** How many bytes are held until the rest of their packet arrives: at most about twice those that have arrived. */
  get bufferedBytes(): number {
    return this.#partial.length
  }

  /**
   * Until the next packet: accept 3.1.1's four-byte refusal `20 02 00 01…05` though the version is 5. A server that
   * does not speak 5 answers a CONNECT of version 5 with it. Its `reasonCode` is then 3.1.1's return code.
   */
  awaitConnack(): void {
    this.#connackAwaited = true
  }

  /**
   * Takes the next bytes and delivers every packet that they complete. The chunk may be reused afterwards.
   * @throws MalformedPacketError; the decoder has then stopped
   */
  push(chunk: Uint8Array): void {
    try {
      const start = this.#kept === 0 ? 0 : this.#resume(chunk)
      if (this.#kept === 0) this.#deliver(chunk, start)
    } catch (error) {
      this.stop()
      throw error
    }
  }

  /** No further packet is delivered, nothing is kept, all bytes to come are ignored. */
  stop(): void {
    this.#stopped = true
    this.#forget()
  }

  /** Delivers the whole packets of a chunk and keeps the rest. */
  #deliver(bytes: Uint8Array, from: number): void {
    const chunk = new Chunk(bytes)
    const end = bytes.length
    let offset = from
    while (offset < end && !this.#stopped) {
      const first = bytes[offset] as number
      const headerEnd = this.#headerEnd(bytes, offset, end)
      if (headerEnd === 0) {
        this.#keep(bytes, offset, 0)
        return
      }
      const packetEnd = headerEnd + remainingLength(bytes, offset, headerEnd)
      this.#checkSize(packetEnd - offset)
      if (packetEnd > end) {
        this.#keep(bytes, offset, packetEnd - offset)
        return
      }
      this.#decode(first, chunk, headerEnd, packetEnd, packetEnd - offset)
      offset = packetEnd
    }
  }

  #decode(first: number, chunk: Chunk, start: number, end: number, size: number): void {
    const kind = first >> 4
    const version = this.version
    let packet: Packet | undefined
    if (kind === 3) packet = decodeCommonPublish(first, chunk, start, end, version)
    else if (end - start === 2 && kind >= 4 && kind <= 7) packet = decodeShortAck(first, chunk.bytes, start)
    else if (this.#connackAwaited && version === 5 && kind === 2 && end - start === 2)
      packet = oldRefusal(chunk.bytes, start)
    packet ??= decodeBody(first, chunk, start, end, version)
    this.#connackAwaited = false
    if (packet.type === "connect") this.version = packet.version
    this.#onPacket(packet, size)
  }

  /** The offset after the fixed header that begins at `offset`; 0 when the header is cut off. */
  #headerEnd(bytes: Uint8Array, offset: number, end: number): number {
    checkFirstByte(bytes[offset] as number, this.version)
    let at = offset + 1
    while (at < end) {
      const byte = bytes[at++] as number
      if (byte < 0x80) {
        // MQTT 5 asks for the shortest form, 3.1 and 3.1.1 do not.
        if (byte === 0 && at - offset > 2 && this.version === 5) {
          throw malformed("the remaining length is longer than needed [MQTT-1.5.5-1]")
        }
        return at
      }
      if (at - offset === LONGEST_HEADER) throw malformed("the remaining length has more than four bytes")
    }
    return 0
  }

  #checkSize(bytes: number): void {
    if (bytes > this.#maximumPacketBytes) {
      throw new MalformedPacketError(`a packet of ${bytes} bytes; allowed are ${this.#maximumPacketBytes}`, 0x95)
    }
  }

  /** Keeps a copy of the chunk from `offset` on as the beginning of a packet of `needed` bytes. */
  #keep(chunk: Uint8Array, offset: number, needed: number): void {
    this.#needed = needed
    this.#kept = 0
    this.#append(chunk, offset, chunk.length)
  }

  /** Goes on with the partial packet; returns the offset in the chunk after the bytes that belonged to it. */
  #resume(chunk: Uint8Array): number {
    let offset = 0
    while (this.#needed === 0) {
      if (offset === chunk.length) return offset
      this.#append(chunk, offset, offset + 1)
      offset++
      const headerEnd = this.#headerEnd(this.#partial, 0, this.#kept)
      if (headerEnd > 0) this.#needed = headerEnd + remainingLength(this.#partial, 0, headerEnd)
      this.#checkSize(this.#needed)
    }
    const end = Math.min(chunk.length, offset + this.#needed - this.#kept)
    this.#append(chunk, offset, end)
    if (this.#kept === this.#needed) this.#complete()
    return end
  }

  #complete(): void {
    const bytes = this.#partial
    const size = this.#needed
    this.#forget()
    this.#decode(bytes[0] as number, new Chunk(bytes), this.#headerEnd(bytes, 0, size), size, size)
  }

  #append(chunk: Uint8Array, start: number, end: number): void {
    const kept = this.#kept + end - start
    if (kept > this.#partial.length) this.#grow(kept)
    this.#partial.set(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end), this.#kept)
    this.#kept = kept
  }

  #grow(atLeast: number): void {
    const size = this.#needed === 0 ? LONGEST_HEADER : Math.min(this.#needed, Math.max(atLeast * 2, FIRST_PART))
    const larger = new Uint8Array(size)
    larger.set(this.#partial.subarray(0, this.#kept))
    this.#partial = larger
  }

  #forget(): void {
    this.#partial = NOTHING
    this.#kept = 0
    this.#needed = 0
  }
}

function remainingLength(bytes: Uint8Array, offset: number, headerEnd: number): number {
  let length = 0
  for (let at = headerEnd - 1; at > offset; at--) length = (length << 7) | ((bytes[at] as number) & 0x7f)
  return length
}

function oldRefusal(bytes: Uint8Array, start: number): Packet {
  const reasonCode = bytes[start + 1] as number
  if (bytes[start] !== 0 || reasonCode < 1 || reasonCode > 5) {
    throw protocolError("a CONNACK of 3.1.1 that is no refusal, in answer to a CONNECT of 5")
  }
  return { type: "connack", sessionPresent: false, reasonCode, properties: NO_PROPERTIES }
}
