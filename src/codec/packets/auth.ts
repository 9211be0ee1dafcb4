/**
 * AUTH (§3.15): one step of an extended authentication, in either direction; MQTT 5 only.
 *
 *   nothing                         reason code 0x00, no properties
 *   reason code u8 | properties
 */
import { InvalidPacketError, malformed, protocolError } from "../errors.js"
import type { PacketCodec } from "../packet-codec.js"
import { NO_PROPERTIES, type Properties } from "../properties.js"
import { decodeProperties } from "../property-decoder.js"
import { encodeProperties, hasNoProperties } from "../property-encoder.js"
import { decodeReasonCode, encodeReasonCode } from "../reason-code-field.js"

export interface Auth {
  readonly type: "auth"
  /** 0x00 success, 0x18 continue, 0x19 re-authenticate. */
  readonly reasonCode: number
  /** The method must be there, but in the short form of success (§3.15.2.1, §3.15.2.2.2). */
  readonly properties: Properties<"auth">
}

export const auth: PacketCodec<Auth> = {
  nibble: 15,
  flags: () => 0,
  encode(packet, writer, version) {
    if (version < 5) throw new InvalidPacketError("type", "auth needs MQTT 5")
    if (packet.reasonCode === 0 && hasNoProperties(packet.properties)) return
    if (packet.properties.authenticationMethod === undefined) {
      throw new InvalidPacketError("properties.authenticationMethod", "is missing (§3.15.2.2.2)")
    }
    encodeReasonCode("auth", packet.reasonCode, writer, version)
    encodeProperties("auth", packet.properties, writer, version)
  },
  decode(reader, _flags, version) {
    if (version < 5) throw malformed("an AUTH before MQTT 5")
    if (reader.remaining === 0) return { type: "auth", reasonCode: 0, properties: NO_PROPERTIES }
    const reasonCode = decodeReasonCode("auth", reader, version)
    const properties = decodeProperties("auth", reader, version)
    if (properties.authenticationMethod === undefined) {
      throw protocolError("an AUTH without an authentication method (§3.15.2.2.2)")
    }
    return { type: "auth", reasonCode, properties }
  },
}
