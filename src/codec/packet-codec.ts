/**
 * What one packet's file gives to the tables: how it goes into bytes and comes out of them.
 *
 *   fixed header:  nibble << 4 | flags | remaining length varint
 *   body:          `encode` and `decode`, the same for all versions but where they ask for `version`
 */
import type { Reader } from "./reader.js"
import type { ProtocolVersion } from "./version.js"
import type { Writer } from "./writer.js"

export interface PacketCodec<P> {
  /** The packet's type number, 1…15. */
  readonly nibble: number
  /** The low four bits of the first byte. */
  flags(packet: P): number
  /** How many bytes the body takes at least; the closer, the less is moved. Without it: 0. */
  leastBytes?(packet: P): number
  /** @throws InvalidPacketError for what may not be sent */
  encode(packet: P, writer: Writer, version: ProtocolVersion): void
  /** The reader stands on the body; `flags` were found to be allowed. @throws MalformedPacketError */
  decode(reader: Reader, flags: number, version: ProtocolVersion): P
}
