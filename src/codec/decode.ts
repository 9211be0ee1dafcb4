/**
 * One packet's bytes to a packet, the one way that serves all of them. The hot path's short cuts are in
 * `decode-hot.ts`; they give the same packets.
 */
import { Chunk } from "./chunk.js"
import { malformed } from "./errors.js"
import { CODEC_BY_NIBBLE, type Packet } from "./packet.js"
import { checkPublishFlags } from "./packets/publish.js"
import { Reader } from "./reader.js"
import type { ProtocolVersion } from "./version.js"

/**
 * Throws for a first byte that no packet may begin with [MQTT-2.1.3-1]; the framer asks before it keeps anything.
 * 3.1 allows DUP on the packets that are sent again.
 */
export function checkFirstByte(first: number, version: ProtocolVersion): void {
  const nibble = first >> 4
  const flags = first & 15
  if (nibble === 3) {
    checkPublishFlags(flags)
    return
  }
  const expected = nibble === 6 || nibble === 8 || nibble === 10 ? 2 : 0
  const allowed = version === 3 && expected === 2 ? flags & 7 : flags
  if (nibble === 0 || (nibble === 15 && version < 5)) throw malformed(`packet type ${nibble} is reserved`)
  if (allowed !== expected) throw malformed(`packet type ${nibble} with flags ${flags} [MQTT-2.1.3-1]`)
}

/** Decodes the body between `start` and `end`, to its last byte. @throws MalformedPacketError */
export function decodeBody(first: number, chunk: Chunk, start: number, end: number, version: ProtocolVersion): Packet {
  const codec = CODEC_BY_NIBBLE[first >> 4]
  if (codec === undefined) throw malformed("packet type 0 is reserved")
  const reader = new Reader(chunk, start, end)
  const packet = codec.decode(reader, first & 15, version)
  reader.finish()
  return packet
}

/**
 * Decodes exactly one whole packet. Payload and binary properties are views into `bytes`.
 * @throws MalformedPacketError, also when `bytes` hold less or more than one packet
 */
export function decodePacket(bytes: Uint8Array, version: ProtocolVersion): Packet {
  const chunk = new Chunk(bytes)
  const header = new Reader(chunk, 0, bytes.length)
  const first = header.byte()
  checkFirstByte(first, version)
  const length = version === 5 ? header.varint() : header.looseVarint()
  if (length !== header.remaining) throw malformed("the remaining length is not the length of what remains")
  return decodeBody(first, chunk, bytes.length - length, bytes.length, version)
}
