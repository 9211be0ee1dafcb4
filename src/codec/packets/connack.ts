/**
 * CONNACK (§3.2): the server's answer to CONNECT.
 *
 *   3.1 3.1.1   session present u8 | return code u8            5   session present u8 | reason code u8 | properties
 */
import { InvalidPacketError, malformed, protocolError } from "../errors.js"
import type { PacketCodec } from "../packet-codec.js"
import type { Properties } from "../properties.js"
import { decodeProperties } from "../property-decoder.js"
import { encodeProperties } from "../property-encoder.js"
import { decodeReasonCode, encodeReasonCode } from "../reason-code-field.js"

export interface Connack {
  readonly type: "connack"
  /** Always false in 3.1 and with any code but 0 [MQTT-3.2.2-6]. */
  readonly sessionPresent: boolean
  /** In 3.1 and 3.1.1 the return code 0…5, in 5 a reason code: 0 means accepted in all. */
  readonly reasonCode: number
  readonly properties: Properties<"connack">
}

export const connack: PacketCodec<Connack> = {
  nibble: 2,
  flags: () => 0,
  encode(packet, writer, version) {
    if (packet.sessionPresent && packet.reasonCode !== 0) {
      throw new InvalidPacketError("sessionPresent", "is true in a refusal [MQTT-3.2.2-6]")
    }
    writer.byte(packet.sessionPresent && version > 3 ? 1 : 0)
    encodeReasonCode("connack", packet.reasonCode, writer, version)
    encodeProperties("connack", packet.properties, writer, version)
  },
  decode(reader, _flags, version) {
    const flags = reader.byte()
    // 3.1 reserves the byte without saying what it holds.
    if (version > 3 && flags > 1) throw malformed("a reserved CONNACK flag is set [MQTT-3.2.2-1]")
    const sessionPresent = version > 3 && flags === 1
    const reasonCode = decodeReasonCode("connack", reader, version)
    if (sessionPresent && reasonCode !== 0) throw protocolError("session present in a refusal [MQTT-3.2.2-6]")
    const properties = decodeProperties("connack", reader, version)
    return { type: "connack", sessionPresent, reasonCode, properties }
  },
}
