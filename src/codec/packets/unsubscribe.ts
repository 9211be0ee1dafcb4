/**
 * UNSUBSCRIBE (§3.10): takes topic filters back.
 *
 *   packet id u16 | [properties] | topic filter +
 */
import { InvalidPacketError, protocolError } from "../errors.js"
import type { PacketCodec } from "../packet-codec.js"
import type { Properties } from "../properties.js"
import { decodeProperties } from "../property-decoder.js"
import { encodeProperties } from "../property-encoder.js"

export interface Unsubscribe {
  readonly type: "unsubscribe"
  /** 1…65 535 */
  readonly packetId: number
  /** Never empty [MQTT-3.10.3-2]. */
  readonly topicFilters: readonly string[]
  readonly properties: Properties<"unsubscribe">
}

export const unsubscribe: PacketCodec<Unsubscribe> = {
  nibble: 10,
  flags: () => 2,
  encode(packet, writer, version) {
    if (packet.topicFilters.length === 0) throw new InvalidPacketError("topicFilters", "is empty [MQTT-3.10.3-2]")
    writer.u16(packet.packetId, "packetId", 1)
    encodeProperties("unsubscribe", packet.properties, writer, version)
    for (const topicFilter of packet.topicFilters) writer.topicFilter(topicFilter, "topicFilter")
  },
  decode(reader, _flags, version) {
    const packetId = reader.packetId()
    const properties = decodeProperties("unsubscribe", reader, version)
    const topicFilters: string[] = []
    while (reader.remaining > 0) topicFilters.push(reader.topicFilter())
    if (topicFilters.length === 0) throw protocolError("an UNSUBSCRIBE without a topic filter [MQTT-3.10.3-2]")
    return { type: "unsubscribe", packetId, topicFilters, properties }
  },
}
