/**
 * SUBSCRIBE (§3.8): asks for the messages of one or more topic filters.
 *
 *   packet id u16 | [properties] | ( topic filter | options u8 )+
 *
 *   options   7-6 reserved · 5-4 retain handling · 3 retain as published · 2 no local · 1-0 QoS     before 5 only the QoS
 */
import { InvalidPacketError, malformed, protocolError } from "../errors.js"
import type { PacketCodec } from "../packet-codec.js"
import type { Properties } from "../properties.js"
import { decodeProperties } from "../property-decoder.js"
import { encodeProperties } from "../property-encoder.js"
import type { Reader } from "../reader.js"
import { splitShare } from "../topic.js"
import type { ProtocolVersion, QoS } from "../version.js"
import { checkInteger, type Writer } from "../writer.js"

export interface SubscriptionOptions {
  readonly topicFilter: string
  /** The greatest QoS wanted. */
  readonly qos: QoS
  /** Not the messages of this very client; never with a shared subscription [MQTT-3.8.3-4]. MQTT 5, else false. */
  readonly noLocal: boolean
  /** Keep the publisher's retain flag. MQTT 5, else false. */
  readonly retainAsPublished: boolean
  /** Retained messages: 0 send them, 1 send them if the subscription is new, 2 do not. MQTT 5, else 0. */
  readonly retainHandling: 0 | 1 | 2
}

export interface Subscribe {
  readonly type: "subscribe"
  /** 1…65 535 */
  readonly packetId: number
  /** Never empty [MQTT-3.8.3-2]. */
  readonly subscriptions: readonly SubscriptionOptions[]
  readonly properties: Properties<"subscribe">
}

export const subscribe: PacketCodec<Subscribe> = {
  nibble: 8,
  flags: () => 2,
  encode(packet, writer, version) {
    if (packet.subscriptions.length === 0) throw new InvalidPacketError("subscriptions", "is empty [MQTT-3.8.3-2]")
    writer.u16(packet.packetId, "packetId", 1)
    encodeProperties("subscribe", packet.properties, writer, version)
    for (const subscription of packet.subscriptions) encodeSubscription(subscription, writer, version)
  },
  decode(reader, _flags, version) {
    const packetId = reader.packetId()
    const properties = decodeProperties("subscribe", reader, version)
    const subscriptions: SubscriptionOptions[] = []
    while (reader.remaining > 0) subscriptions.push(decodeSubscription(reader, version))
    if (subscriptions.length === 0) throw protocolError("a SUBSCRIBE without a topic filter [MQTT-3.8.3-2]")
    return { type: "subscribe", packetId, subscriptions, properties }
  },
}

function encodeSubscription(subscription: SubscriptionOptions, writer: Writer, version: ProtocolVersion): void {
  const { topicFilter, noLocal } = subscription
  const qos = checkInteger(subscription.qos, 0, 2, "qos")
  const retainHandling = checkInteger(subscription.retainHandling, 0, 2, "retainHandling")
  writer.topicFilter(topicFilter, "topicFilter")
  // What a version cannot say is not sent: its bits are reserved [3.1.1: MQTT-3.8.3-4].
  if (version < 5) {
    writer.byte(qos)
    return
  }
  if (noLocal && isShared(topicFilter)) {
    throw new InvalidPacketError("noLocal", "is true on a shared subscription [MQTT-3.8.3-4]")
  }
  writer.byte(qos | (noLocal ? 4 : 0) | (subscription.retainAsPublished ? 8 : 0) | (retainHandling << 4))
}

function decodeSubscription(reader: Reader, version: ProtocolVersion): SubscriptionOptions {
  const topicFilter = reader.topicFilter()
  const options = reader.byte()
  // 3.1 does not say what the upper bits hold.
  if ((version === 5 && options > 0x3f) || (version === 4 && options > 3)) {
    throw malformed("a reserved subscription option is set [MQTT-3.8.3-5]")
  }
  const qos = options & 3
  if (qos === 3) throw protocolError("a subscription with QoS 3 (§3.8.3.1)")
  if (version < 5) {
    return { topicFilter, qos: qos as QoS, noLocal: false, retainAsPublished: false, retainHandling: 0 }
  }
  const retainHandling = options >> 4
  if (retainHandling === 3) throw protocolError("a subscription with retain handling 3 (§3.8.3.1)")
  const noLocal = (options & 4) !== 0
  if (noLocal && isShared(topicFilter)) throw protocolError("no local on a shared subscription [MQTT-3.8.3-4]")
  return {
    topicFilter,
    qos: qos as QoS,
    noLocal,
    retainAsPublished: (options & 8) !== 0,
    retainHandling: retainHandling as 0 | 1 | 2,
  }
}

function isShared(topicFilter: string): boolean {
  return splitShare(topicFilter).shareName !== undefined
}
