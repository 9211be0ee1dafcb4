/**
 * What the server sends on one link: deliveries, the order of their acknowledgements, and the window that we granted.
 */

import { NO_PROPERTIES, type Publish, type Pubrel } from "../codec/index.js"
import type { InboundRecord } from "../session/index.js"
import { AckRing, type RingAck } from "./ack-ring.js"
import { copyBytes } from "./payload-pool.js"
import type { Port } from "./port.js"
import { route } from "./route.js"
import type { ClientScope } from "./scope.js"
import { ProtocolViolationError } from "./violation.js"

const ABANDONED = { type: "abandoned" } as const
/** PUBREL of an identifier that nothing waits for (MQTT 5 §3.7.2.1). */
const PACKET_IDENTIFIER_NOT_FOUND = 0x92
const RECEIVE_MAXIMUM_EXCEEDED = 0x93
const TOPIC_ALIAS_INVALID = 0x94

export class InboundWindow {
  readonly #scope: ClientScope
  readonly #port: Port
  readonly #ring: AckRing
  /** QoS 1 and 2 messages of this link that we have not acknowledged for good (MQTT 5 §3.3.4). */
  #unacknowledged = 0

  constructor(scope: ClientScope, port: Port) {
    this.#scope = scope
    this.#port = port
    this.#ring = new AckRing(port, (ack) => this.#acknowledged(ack))
  }

  /** @throws ProtocolViolationError 0x93 when the server exceeds the Receive Maximum that the user chose; 0x94 */
  publish(packet: Publish): void {
    // No CONNECT of ours has a Topic Alias Maximum: a server may use none [MQTT-3.1.2-27].
    if (packet.properties.topicAlias !== undefined)
      throw new ProtocolViolationError(TOPIC_ALIAS_INVALID, "a topic alias that was not offered")
    switch (packet.qos) {
      case 0:
        route(this.#scope, ownCopy(packet), undefined)
        break
      case 1: {
        this.#count()
        const ack = this.#ring.add("puback", packet.packetId)
        route(this.#scope, ownCopy(packet), (outcome) => {
          if (outcome === "left") ack.skip()
          else ack.ready(outcome.reasonCode, outcome.properties)
        })
        break
      }
      case 2:
        this.#receive(packet)
    }
  }

  pubrel(packet: Pubrel): void {
    const record = this.#scope.session.inbound.get(packet.packetId)
    if (record === undefined) {
      this.#scope.counters.unknownAcks++
      this.#port.ack("pubcomp", packet.packetId, PACKET_IDENTIFIER_NOT_FOUND, NO_PROPERTIES)
      return
    }
    if (this.#unacknowledged > 0) this.#unacknowledged--
    this.#tell(record, packet)
  }

  close(): void {
    this.#ring.close()
  }

  #receive(packet: Publish): void {
    const { session } = this.#scope
    const known = session.inbound.get(packet.packetId)
    if (known !== undefined) {
      // Sent again, with DUP or without: the same message until its PUBREL [MQTT-4.3.3-10].
      known.pubrecs.push(this.#ring.add("pubrec", packet.packetId))
      if (known.phase === "handled") this.#tell(known, packet)
      return
    }
    this.#count()
    const record: InboundRecord = {
      packetId: packet.packetId,
      message: ownCopy(packet),
      phase: "delivering",
      inHand: false,
      inflight: undefined,
      delivered: false,
      outcome: undefined,
      pubrecs: [this.#ring.add("pubrec", packet.packetId)],
    }
    session.inbound.hold(packet.packetId, record)
    this.#scope.startInbound(record)
  }

  /** An actor that is just being restarted has lost the event: its record says so. */
  #tell(record: InboundRecord, packet: Publish | Pubrel): void {
    if (record.inflight?.alive === true) record.inflight.send(packet)
    else record.inHand = true
  }

  #count(): void {
    this.#unacknowledged++
    if (this.#port.version === 5 && this.#unacknowledged > this.#scope.settings.receiveLimit)
      throw new ProtocolViolationError(
        RECEIVE_MAXIMUM_EXCEEDED,
        "more unacknowledged messages than our Receive Maximum",
      )
  }

  #acknowledged(ack: RingAck): void {
    if (ack.state === "skipped") return // the server goes on counting it, and so do we
    if (ack.type === "puback") this.#unacknowledged--
    else if (ack.reasonCode >= 0x80) this.#refused(ack.packetId)
  }

  /** [MQTT-4.3.3-9]: from here on a PUBLISH with this identifier is another message. */
  #refused(packetId: number): void {
    const { inbound } = this.#scope.session
    const record = inbound.get(packetId)
    if (record === undefined) return // it had come twice, and this is the second refusal
    if (this.#unacknowledged > 0) this.#unacknowledged--
    inbound.release(packetId)
    record.inflight?.send(ABANDONED)
  }
}

/** Ours to keep: what the decoder gave are views into memory that is overwritten. */
function ownCopy(packet: Publish): Publish {
  const { correlationData } = packet.properties
  const properties =
    correlationData === undefined
      ? packet.properties
      : { ...packet.properties, correlationData: copyBytes(correlationData) }
  const { topic, qos, retain, dup, packetId } = packet
  return { type: "publish", topic, payload: copyBytes(packet.payload), qos, retain, dup, packetId, properties }
}
