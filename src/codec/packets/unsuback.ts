/**
 * UNSUBACK (§3.11): the server's answer to one UNSUBSCRIBE.
 *
 *   3.1 3.1.1   packet id u16                    5   packet id u16 | properties | reason code u8 +
 */
import type { PacketCodec } from "../packet-codec.js"
import { NO_PROPERTIES, type Properties } from "../properties.js"
import { decodeProperties } from "../property-decoder.js"
import { encodeProperties } from "../property-encoder.js"
import { decodeReasonCodes, encodeReasonCodes } from "../reason-code-field.js"

export interface Unsuback {
  readonly type: "unsuback"
  /** 1…65 535: the identifier of the UNSUBSCRIBE that this answers. */
  readonly packetId: number
  /** One for each topic filter, in the UNSUBSCRIBE's order; empty in 3.1 and 3.1.1, which have none. */
  readonly reasonCodes: readonly number[]
  readonly properties: Properties<"unsuback">
}

export const unsuback: PacketCodec<Unsuback> = {
  nibble: 11,
  flags: () => 0,
  encode(packet, writer, version) {
    writer.u16(packet.packetId, "packetId", 1)
    if (version < 5) return
    encodeProperties("unsuback", packet.properties, writer, version)
    encodeReasonCodes("unsuback", packet.reasonCodes, writer, version)
  },
  decode(reader, _flags, version) {
    const packetId = reader.packetId()
    if (version < 5) return { type: "unsuback", packetId, reasonCodes: [], properties: NO_PROPERTIES }
    const properties = decodeProperties("unsuback", reader, version)
    const reasonCodes = decodeReasonCodes("unsuback", reader, version)
    return { type: "unsuback", packetId, reasonCodes, properties }
  },
}
