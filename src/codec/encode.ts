/**
 * Packets to bytes, the one way that serves all of them. The hot path's short cuts are in `encode-hot.ts`; they write
 * the same bytes.
 *
 *   nibble << 4 | flags   u8   ── first byte
 *   remaining length   varint  ── a section around the body
 *   body
 */
import { InvalidPacketError } from "./errors.js"
import { codecOf, type Packet } from "./packet.js"
import type { ProtocolVersion } from "./version.js"
import { Writer } from "./writer.js"

/**
 * A packet as bytes of its own. What a version cannot say is not written: properties, reason codes of acknowledgements
 * and the options of a subscription before MQTT 5.
 * @throws InvalidPacketError for a packet that may not be sent
 */
export function encode(packet: Packet, version: ProtocolVersion): Uint8Array {
  const size = writePacket(packet, version, scratch, 0)
  if (size <= scratch.length) return scratch.slice(0, size)
  const bytes = new Uint8Array(size)
  writePacket(packet, version, bytes, 0)
  return bytes
}

/**
 * Writes the whole packet and returns the offset after it; beyond the end of `target` when there was not enough room.
 * @throws InvalidPacketError
 */
export function writePacket(packet: Packet, version: ProtocolVersion, target: Uint8Array, offset: number): number {
  const codec = codecOf(packet)
  if (codec === undefined) throw new InvalidPacketError("type", "is no packet's type")
  const writer = new Writer(target, offset)
  const leastBytes = codec.leastBytes?.(packet) ?? 0
  writer.byte((codec.nibble << 4) | codec.flags(packet))
  const start = writer.openSection(leastBytes)
  codec.encode(packet, writer, version)
  writer.closeSection(start, "packet", leastBytes)
  return writer.offset
}

/** Most packets fit; the others are measured by the attempt and then written to an array of their size. */
const scratch = new Uint8Array(4096)
