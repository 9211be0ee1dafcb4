/**
 * SUBACK (§3.9): the server's answer to one SUBSCRIBE.
 *
 *   packet id u16 | [properties] | reason code u8 +
 */
import type { PacketCodec } from "../packet-codec.js"
import type { Properties } from "../properties.js"
import { decodeProperties } from "../property-decoder.js"
import { encodeProperties } from "../property-encoder.js"
import { decodeReasonCodes, encodeReasonCodes } from "../reason-code-field.js"

export interface Suback {
  readonly type: "suback"
  /** 1…65 535: the identifier of the SUBSCRIBE that this answers. */
  readonly packetId: number
  /** One for each topic filter, in the SUBSCRIBE's order; never empty. 0, 1, 2: the QoS granted; 0x80 and above: refused. */
  readonly reasonCodes: readonly number[]
  readonly properties: Properties<"suback">
}

export const suback: PacketCodec<Suback> = {
  nibble: 9,
  flags: () => 0,
  encode(packet, writer, version) {
    writer.u16(packet.packetId, "packetId", 1)
    encodeProperties("suback", packet.properties, writer, version)
    encodeReasonCodes("suback", packet.reasonCodes, writer, version)
  },
  decode(reader, _flags, version) {
    const packetId = reader.packetId()
    const properties = decodeProperties("suback", reader, version)
    const reasonCodes = decodeReasonCodes("suback", reader, version)
    return { type: "suback", packetId, reasonCodes, properties }
  },
}
