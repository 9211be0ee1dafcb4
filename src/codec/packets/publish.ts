/**
 * PUBLISH (§3.3): an application message, in either direction.
 *
 *   flags: 3 DUP · 2-1 QoS · 0 retain        topic | packet id u16, only with QoS 1 and 2 | [properties] | payload
 */
import { InvalidPacketError, malformed, protocolError } from "../errors.js"
import type { PacketCodec } from "../packet-codec.js"
import type { Properties } from "../properties.js"
import { decodeProperties } from "../property-decoder.js"
import { encodeProperties } from "../property-encoder.js"
import { MAXIMUM_VARINT, type ProtocolVersion, type QoS } from "../version.js"
import { checkInteger, type Writer } from "../writer.js"

/** What stays the same however often a message is sent. */
export interface PublishHead {
  /** Empty only with a topic alias in `properties`. */
  readonly topic: string
  readonly qos: QoS
  readonly retain: boolean
  readonly properties: Properties<"publish">
}

export interface Publish extends PublishHead {
  readonly type: "publish"
  /** When decoded a view into the decoder's memory: valid only while `onPacket` runs. */
  readonly payload: Uint8Array
  /** Never with QoS 0 [MQTT-3.3.1-2]. */
  readonly dup: boolean
  /** 1…65 535; 0 with QoS 0, which has none. */
  readonly packetId: number
}

export const publish: PacketCodec<Publish> = {
  nibble: 3,
  flags: (packet) => publishFlags(packet, packet.dup),
  leastBytes: (packet) => leastPublishBytes(packet, packet.payload.length),
  encode(packet, writer, version) {
    encodePublishFields(packet, packet.packetId, writer, version)
    writer.raw(packet.payload)
  },
  decode(reader, flags, version) {
    const qos = ((flags >> 1) & 3) as QoS
    const topic = version === 5 ? reader.topicOrEmpty() : reader.topic()
    const packetId = qos === 0 ? 0 : reader.packetId()
    const properties = decodeProperties("publish", reader, version)
    if (topic === "" && properties.topicAlias === undefined) {
      throw protocolError("an empty topic without a topic alias (§3.3.2.1)")
    }
    const payload = reader.rest()
    const dup = (flags & 8) !== 0
    return { type: "publish", topic, payload, qos, retain: (flags & 1) !== 0, dup, packetId, properties }
  },
}

/** Throws for the flags that no PUBLISH may have; in 3.1 too. */
export function checkPublishFlags(flags: number): void {
  if ((flags & 6) === 6) throw malformed("a PUBLISH with QoS 3 [MQTT-3.3.1-4]")
  if ((flags & 14) === 8) throw malformed("a PUBLISH with DUP and QoS 0 [MQTT-3.3.1-2]")
}

/** The low four bits of the first byte. @throws InvalidPacketError */
export function publishFlags(publish: PublishHead, dup: boolean): number {
  const { qos } = publish
  if (qos !== 0 && qos !== 1 && qos !== 2) throw new InvalidPacketError("qos", "is not 0, 1 or 2 [MQTT-3.3.1-4]")
  if (dup && qos === 0) throw new InvalidPacketError("dup", "is true with QoS 0 [MQTT-3.3.1-2]")
  return (dup ? 8 : 0) | (qos << 1) | (publish.retain ? 1 : 0)
}

/** How many bytes follow the fixed header at least: a character takes one byte or more. */
export function leastPublishBytes(publish: PublishHead, payloadLength: number): number {
  return 2 + publish.topic.length + payloadLength
}

/** Everything between the fixed header and the payload. @throws InvalidPacketError */
export function encodePublishFields(
  publish: PublishHead,
  packetId: number,
  writer: Writer,
  version: ProtocolVersion,
): void {
  // An alias may stand for the topic; before MQTT 5 there is none.
  if (publish.topic === "" && version === 5 && publish.properties.topicAlias !== undefined) writer.u16(0, "topic")
  else writer.topic(publish.topic, "topic")
  if (publish.qos > 0) writer.u16(packetId, "packetId", 1)
  encodeProperties("publish", publish.properties, writer, version)
}

/** A payload's length that no packet could hold throws. */
export function checkPayloadLength(length: number): void {
  checkInteger(length, 0, MAXIMUM_VARINT, "payload.length")
}
