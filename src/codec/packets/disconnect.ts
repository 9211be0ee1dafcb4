/**
 * DISCONNECT (§3.14): the last packet of a link. Before MQTT 5 only the client sends it, and it says nothing more.
 *
 *   nothing                         all versions; in 5 it means reason code 0x00, no properties
 *   reason code u8                  5, no properties
 *   reason code u8 | properties     5
 */
import type { PacketCodec } from "../packet-codec.js"
import { NO_PROPERTIES, type Properties } from "../properties.js"
import { decodeProperties } from "../property-decoder.js"
import { encodeProperties, hasNoProperties } from "../property-encoder.js"
import { checkReasonCode, decodeReasonCode } from "../reason-code-field.js"

export interface Disconnect {
  readonly type: "disconnect"
  /** 0 in 3.1 and 3.1.1, which have no other: there a code is not sent. */
  readonly reasonCode: number
  readonly properties: Properties<"disconnect">
}

export const disconnect: PacketCodec<Disconnect> = {
  nibble: 14,
  flags: () => 0,
  encode(packet, writer, version) {
    if (version < 5) return
    checkReasonCode("disconnect", packet.reasonCode, version)
    const bare = hasNoProperties(packet.properties)
    if (bare && packet.reasonCode === 0) return
    writer.byte(packet.reasonCode)
    if (!bare) encodeProperties("disconnect", packet.properties, writer, version)
  },
  decode(reader, _flags, version) {
    const short = version < 5 || reader.remaining === 0
    const reasonCode = short ? 0 : decodeReasonCode("disconnect", reader, version)
    // §3.14.2.2.1: with a remaining length of less than 2 there is no property length either.
    const bare = short || reader.remaining === 0
    const properties = bare ? NO_PROPERTIES : decodeProperties("disconnect", reader, version)
    return { type: "disconnect", reasonCode, properties }
  },
}
