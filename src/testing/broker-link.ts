/**
 * One link of the in-memory broker: packets in, packets out, the server's side of the protocol.
 *
 *   waiting ──CONNECT──▶ serving ──DISCONNECT, end, protocol error, silence──▶ over
 *
 * What outlives the link is the session's; what concerns several clients is the core's.
 */

import {
  type Connect,
  Decoder,
  encode,
  MalformedPacketError,
  type Packet,
  type ProtocolVersion,
  type Publish,
  publishSize,
  type Subscribe,
  type Unsubscribe,
} from "../codec/index.js"
import type { TransportLink, TransportSink } from "../transport/index.js"
import { expirySeconds, expirySecondsOf, refusalCode, refusalFor } from "./broker-connect.js"
import type { BrokerCore, LiveLink } from "./broker-core.js"
import { type Delivery, messageOf, propertiesLeft } from "./broker-message.js"
import type { BrokerSession, Outlet } from "./broker-session.js"
import { deliveryOf, subscribe } from "./broker-subscribe.js"
import { owned } from "./owned.js"

export class BrokerLink implements TransportLink, Outlet, LiveLink {
  /** How many QoS 1 and 2 messages the client takes at once. */
  window = 65_535
  readonly #core: BrokerCore
  readonly #sink: TransportSink
  readonly #decoder: Decoder
  #over = false
  #session: BrokerSession | undefined
  #will: Connect["will"]
  #expirySeconds = 0
  #maximumPacketBytes = Number.POSITIVE_INFINITY
  #heardAtMs = 0
  #stopWatching: (() => void) | undefined

  constructor(core: BrokerCore, sink: TransportSink) {
    this.#core = core
    this.#sink = sink
    this.#decoder = new Decoder({
      version: 5,
      maximumPacketBytes: core.offered.maximumPacketSize ?? 268_435_460,
      onPacket: (packet) => this.#receive(packet),
    })
  }

  // ---- the client's doing, as the transport tells it

  write(chunks: readonly Uint8Array[]): boolean {
    for (const chunk of chunks) this.#read(chunk)
    return true
  }

  /** What a slow client does not take waits in the transport; a test broker sets no limit. */
  pause(): void {}
  resume(): void {}

  close(): void {
    this.#finish()
  }

  // ---- the broker's doing

  /** Ends the link, in version 5 with a DISCONNECT. */
  end(reasonCode: number): void {
    if (this.#over) return
    if (this.#version === 5 && this.#session !== undefined)
      this.#send({ type: "disconnect", reasonCode, properties: {} })
    this.#finish()
    this.#sink.closed()
  }

  /** Breaks the link. */
  cut(): void {
    if (this.#over) return
    this.#finish()
    this.#sink.closed(new Error("the link was cut by the broker's owner"))
  }

  publish(delivery: Delivery, packetId: number, dup: boolean): boolean {
    const { message, qos, retain, subscriptionIdentifiers } = delivery
    const properties = propertiesLeft(message, subscriptionIdentifiers, this.#core.clock.now())
    if (properties === undefined) return false
    const { topic, payload } = message
    if (publishSize({ topic, qos, retain, properties }, payload.length, this.#version) > this.#maximumPacketBytes)
      return false
    this.#send({ type: "publish", topic, payload, qos, retain, dup, packetId, properties })
    return true
  }

  release(packetId: number): void {
    this.#send({ type: "pubrel", packetId, reasonCode: 0, properties: {} })
  }

  get #version(): ProtocolVersion {
    return this.#decoder.version
  }

  #read(chunk: Uint8Array): void {
    this.#heardAtMs = this.#core.clock.now()
    try {
      this.#decoder.push(chunk)
    } catch (error) {
      if (!(error instanceof MalformedPacketError)) throw error
      this.end(error.reasonCode)
    }
  }

  #receive(packet: Packet): void {
    const session = this.#session
    if (session === undefined) {
      if (packet.type === "connect") this.#connect(owned(packet))
      else this.end(0x82) // [MQTT-3.1.0-1]
      return
    }
    switch (packet.type) {
      case "publish":
        this.#publication(owned(packet), session)
        break
      case "pubrel": {
        const known = session.held.delete(packet.packetId)
        this.#send({ ...packet, type: "pubcomp", reasonCode: known ? 0 : this.#code(0x92), properties: {} })
        break
      }
      case "puback":
        session.puback(packet.packetId)
        break
      case "pubrec":
        if (!session.pubrec(packet.packetId, packet.reasonCode < 0x80))
          this.#send({ ...packet, type: "pubrel", reasonCode: this.#code(0x92), properties: {} })
        break
      case "pubcomp":
        session.pubcomp(packet.packetId)
        break
      case "subscribe":
        this.#subscribe(packet, session)
        break
      case "unsubscribe":
        this.#unsubscribe(packet, session)
        break
      case "pingreq":
        this.#send({ type: "pingresp" })
        break
      case "disconnect":
        this.#expirySeconds = expirySeconds(packet.properties.sessionExpiryInterval, this.#expirySeconds)
        if (packet.reasonCode !== 0x04) this.#will = undefined
        this.#finish()
        this.#sink.closed()
        break
      case "connect":
      case "connack":
      case "suback":
      case "unsuback":
      case "pingresp":
      case "auth":
        this.end(0x82)
        break
    }
  }

  #connect(connect: Connect): void {
    const refusal = this.#core.takeRefusal() ?? refusalFor(connect)
    if (refusal !== undefined) {
      const reasonCode = refusalCode(refusal, connect.version)
      this.#send({ type: "connack", sessionPresent: false, reasonCode, properties: {} })
      this.#finish()
      this.#sink.closed()
      return
    }
    const { session, present } = this.#core.openSession(connect, this)
    this.#session = session
    this.#will = connect.will
    this.window = connect.properties.receiveMaximum ?? 65_535
    this.#maximumPacketBytes = connect.properties.maximumPacketSize ?? Number.POSITIVE_INFINITY
    this.#expirySeconds = expirySecondsOf(connect)
    if (connect.keepAliveSeconds > 0) this.#watch(connect.keepAliveSeconds * 1_500) // [MQTT-3.1.2-22]
    const assigned = connect.clientId === "" ? { assignedClientIdentifier: session.clientId } : {}
    const properties = { ...this.#core.offered, ...assigned }
    this.#send({ type: "connack", sessionPresent: present, reasonCode: 0, properties })
    session.attach(this)
  }

  #publication(packet: Publish, session: BrokerSession): void {
    const { qos, packetId } = packet
    // Topic aliases are not offered, so a client must not use one [MQTT-3.2.2-18].
    if (packet.properties.topicAlias !== undefined) {
      this.end(0x94)
      return
    }
    const repeated = qos === 2 && session.held.has(packetId)
    if (qos === 2 && !repeated && session.held.size >= (this.#core.offered.receiveMaximum ?? 65_535)) {
      this.end(0x93)
      return
    }
    const message = messageOf(packet, session.clientId, this.#core.clock.now())
    if (qos === 2) session.held.add(packetId)
    const matched = repeated || this.#core.route(message)
    const reasonCode = this.#code(matched ? 0 : 0x10)
    if (qos === 1) this.#send({ type: "puback", packetId, reasonCode, properties: {} })
    if (qos === 2) this.#send({ type: "pubrec", packetId, reasonCode, properties: {} })
  }

  #subscribe(packet: Subscribe, session: BrokerSession): void {
    const { reasonCodes, retainedFor } = subscribe(packet, session, this.#version)
    this.#send({ type: "suback", packetId: packet.packetId, reasonCodes, properties: {} })
    for (const subscription of retainedFor) {
      for (const message of this.#core.retainedFor(subscription.topicFilter))
        session.deliver({ ...deliveryOf(message, [subscription]), retain: true })
    }
  }

  #unsubscribe(packet: Unsubscribe, session: BrokerSession): void {
    const codes = packet.topicFilters.map((topicFilter) => (session.subscriptions.delete(topicFilter) ? 0 : 0x11))
    const reasonCodes = this.#version === 5 ? codes : []
    this.#send({ type: "unsuback", packetId: packet.packetId, reasonCodes, properties: {} })
  }

  /** Ends a link that has been silent for one and a half times its keep alive. */
  #watch(limitMs: number): void {
    const leftMs = this.#heardAtMs + limitMs - this.#core.clock.now()
    if (leftMs <= 0) this.end(0x8d)
    else this.#stopWatching = this.#core.clock.setTimer(() => this.#watch(limitMs), leftMs)
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#decoder.stop()
    this.#stopWatching?.()
    if (this.#session !== undefined) this.#core.closeSession(this, this.#session, this.#will, this.#expirySeconds)
  }

  #send(packet: Packet): void {
    if (!this.#over) this.#sink.data(encode(packet, this.#version))
  }

  /** Reason codes other than success exist in version 5 only. */
  #code(reasonCode: number): number {
    return this.#version === 5 ? reasonCode : 0
  }
}
