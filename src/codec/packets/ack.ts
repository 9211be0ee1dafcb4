/**
 * PUBACK, PUBREC, PUBREL and PUBCOMP (§3.4 to §3.7): the four that carry a PUBLISH to its end, alike but for their codes.
 *
 *   packet id u16                                            all versions; in 5 it means reason code 0x00, no properties
 *   packet id u16 | reason code u8                           5, no properties
 *   packet id u16 | reason code u8 | properties              5
 */
import type { PacketCodec } from "../packet-codec.js"
import { NO_PROPERTIES, type Properties } from "../properties.js"
import { decodeProperties } from "../property-decoder.js"
import { encodeProperties, hasNoProperties } from "../property-encoder.js"
import { checkReasonCode, decodeReasonCode } from "../reason-code-field.js"
import type { ProtocolVersion } from "../version.js"
import type { Writer } from "../writer.js"

export type AckType = "puback" | "pubrec" | "pubrel" | "pubcomp"

/** The four may carry the same. */
export type AckProperties = Properties<AckType>

export interface Ack<T extends AckType> {
  readonly type: T
  /** 1…65 535: the identifier of the PUBLISH. */
  readonly packetId: number
  /** 0 in 3.1 and 3.1.1, which have no other: there a code is not sent. */
  readonly reasonCode: number
  readonly properties: AckProperties
}
export type Puback = Ack<"puback">
export type Pubrec = Ack<"pubrec">
export type Pubrel = Ack<"pubrel">
export type Pubcomp = Ack<"pubcomp">

export const puback: PacketCodec<Puback> = ackCodec("puback", 4, 0)
export const pubrec: PacketCodec<Pubrec> = ackCodec("pubrec", 5, 0)
export const pubrel: PacketCodec<Pubrel> = ackCodec("pubrel", 6, 2)
export const pubcomp: PacketCodec<Pubcomp> = ackCodec("pubcomp", 7, 0)

function ackCodec<T extends AckType>(type: T, nibble: number, flags: number): PacketCodec<Ack<T>> {
  return {
    nibble,
    flags: () => flags,
    encode: (packet, writer, version) => encodeAckFields(type, packet, writer, version),
    decode(reader, _flags, version) {
      const packetId = reader.packetId()
      const short = version < 5 || reader.remaining === 0
      const reasonCode = short ? 0 : decodeReasonCode(type, reader, version)
      // §3.4.2.2.1: with a remaining length of less than 4 there is no property length either.
      const bare = short || reader.remaining === 0
      const properties = bare ? NO_PROPERTIES : decodeProperties<AckType>(type, reader, version)
      return { type, packetId, reasonCode, properties }
    },
  }
}

function encodeAckFields(type: AckType, packet: Ack<AckType>, writer: Writer, version: ProtocolVersion): void {
  writer.u16(packet.packetId, "packetId", 1)
  if (version < 5) return
  checkReasonCode(type, packet.reasonCode, version)
  const bare = hasNoProperties(packet.properties)
  if (bare && packet.reasonCode === 0) return
  writer.byte(packet.reasonCode)
  if (!bare) encodeProperties<AckType>(type, packet.properties, writer, version)
}
