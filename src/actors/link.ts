/**
 * One network connection from open to closed: decoder, port, inbound window. Nothing of it is carried over to the next one.
 */

import { Decoder, MalformedPacketError, NO_PROPERTIES, type Packet, type ProtocolVersion } from "../codec/index.js"
import type { DownCause, OutgoingRecord } from "../session/index.js"
import type { TransportLink } from "../transport/index.js"
import { InboundWindow } from "./inbound-window.js"
import { Port, type PortOptions } from "./port.js"
import { REST_MS, ReadPace } from "./read-pace.js"
import type { ClientScope } from "./scope.js"
import { ProtocolViolationError } from "./violation.js"

const PROTOCOL_ERROR = 0x82

/** Packets that move the connection's chart; all others are dealt with here. */
export type ControlPacket = Extract<Packet, { readonly type: "connack" | "pingresp" | "disconnect" }>
type Answer = Extract<Packet, { readonly type: "puback" | "pubrec" | "pubcomp" | "suback" | "unsuback" }>

export class Link {
  readonly epoch: number
  readonly port: Port
  /** On the clock. */
  lastReceivedMs: number
  readonly #scope: ClientScope
  readonly #transport: TransportLink
  readonly #decoder: Decoder
  readonly #inbound: InboundWindow
  readonly #control: (packet: ControlPacket) => void
  readonly #pace = new ReadPace()
  #accepted = false
  /** Packets received on this link. */
  #packets = 0
  /** Ends the rest that reading takes. */
  #endRest: (() => void) | undefined = undefined

  constructor(
    scope: ClientScope,
    transport: TransportLink,
    options: {
      readonly epoch: number
      readonly version: ProtocolVersion
      readonly control: (packet: ControlPacket) => void
    },
  ) {
    const { epoch, version } = options
    const { clock } = scope.system
    this.epoch = epoch
    this.#scope = scope
    this.#transport = transport
    this.#control = options.control
    this.port = new Port(transport, {
      epoch,
      version,
      clock,
      sent: this.#sentListener(),
    })
    this.#inbound = new InboundWindow(scope, this.port)
    this.#decoder = new Decoder({
      version,
      maximumPacketBytes: scope.settings.maximumPacketSize,
      onPacket: (packet, bytes) => this.#receive(packet, bytes),
    })
    this.#decoder.awaitConnack()
    this.lastReceivedMs = clock.now()
  }

  /** CONNACK accepted: from here on every packet is allowed that a server may send. */
  accept(): void {
    this.#accepted = true
  }

  /** What the bytes did wrong, if they did; anything else that is thrown is our own fault, and a crash. */
  receive(chunk: Uint8Array): DownCause | undefined {
    this.lastReceivedMs = this.#scope.system.clock.now()
    const before = this.#packets
    try {
      this.#decoder.push(chunk)
      this.#restAfter(chunk.length, this.#packets - before)
      return undefined
    } catch (error) {
      if (error instanceof MalformedPacketError || error instanceof ProtocolViolationError)
        return { kind: "protocol_error", reasonCode: error.reasonCode, error }
      throw error
    }
  }

  /** Packets that are still to come, in this read too, are ignored. */
  stopReading(): void {
    this.#decoder.stop()
  }

  /** Ends the link; what was written is sent first. Final. */
  close(): void {
    this.#endRest?.()
    this.#decoder.stop()
    this.#inbound.close()
    this.port.flush()
    this.port.close()
    this.#transport.close()
  }

  #restAfter(bytes: number, packets: number): void {
    const { calls, session, system } = this.#scope
    const inflight = session.outbound.used
    const { asked } = this.port
    const rests = this.#pace.rests({ nowMs: this.lastReceivedMs, bytes, packets, inflight, calls: calls.size, asked })
    if (!rests || this.#endRest !== undefined || !this.port.open) return
    this.#transport.pause()
    const cancel = system.clock.setTimer(() => this.#endRest?.(), REST_MS)
    this.#endRest = () => {
      this.#endRest = undefined
      cancel()
      this.#transport.resume()
    }
  }

  #receive(packet: Packet, bytes: number): void {
    this.#packets++
    this.#tellReceived(packet, bytes)
    if (!this.#accepted && packet.type !== "connack")
      throw new ProtocolViolationError(PROTOCOL_ERROR, `${packet.type.toUpperCase()} before CONNACK`)
    switch (packet.type) {
      case "publish":
        this.#inbound.publish(packet)
        break
      case "puback":
      case "pubrec":
      case "pubcomp":
      case "suback":
      case "unsuback":
        this.#answer(packet)
        break
      case "pubrel":
        this.#inbound.pubrel(packet)
        break
      case "connack":
        if (this.#accepted) throw new ProtocolViolationError(PROTOCOL_ERROR, "a second CONNACK")
        this.#control(packet)
        break
      case "pingresp":
      case "disconnect":
        this.#control(packet)
        break
      case "auth":
        throw new ProtocolViolationError(PROTOCOL_ERROR, "AUTH without an authentication method [MQTT-4.12.0-6]")
      case "connect":
      case "subscribe":
      case "unsubscribe":
      case "pingreq":
        throw new ProtocolViolationError(PROTOCOL_ERROR, `${packet.type.toUpperCase()} from a server`)
    }
  }

  /** To the inflight actor that waits for it. */
  #answer(packet: Answer): void {
    const record = this.#scope.session.outbound.get(packet.packetId)
    if (record === undefined || !fits(packet, record)) {
      this.#scope.counters.unknownAcks++
      // [MQTT-4.3.3-4] and §3.6.2.1: the server is told that there is nothing to release.
      if (packet.type === "pubrec" && packet.reasonCode < 0x80 && record === undefined)
        this.port.ack("pubrel", packet.packetId, this.port.version === 5 ? 0x92 : 0, NO_PROPERTIES)
      return
    }
    if (!answersAll(packet, record))
      throw new ProtocolViolationError(PROTOCOL_ERROR, `${packet.type.toUpperCase()} does not answer each filter`)
    if (record.inflight?.alive === true) record.inflight.send(packet)
    else record.inHand = true // its actor is just being restarted: the answer is lost, and its record says so
  }

  #sentListener(): PortOptions["sent"] {
    const { events } = this.#scope
    return {
      wanted: () => events.wants("packet_sent"),
      tell: (packet, bytes) => events.emit({ kind: "packet_sent", packet, bytes }),
    }
  }

  #tellReceived(packet: Packet, bytes: number): void {
    const { events } = this.#scope
    if (events.wants("packet_received")) events.emit({ kind: "packet_received", packet, bytes })
  }
}

/** One reason code for each filter [MQTT-3.8.4-6]; UNSUBACK of 3.1.1 has none. */
function answersAll(packet: Answer, record: OutgoingRecord): boolean {
  if (packet.type === "suback" && record.type === "subscribe")
    return packet.reasonCodes.length === record.subscriptions.length
  if (packet.type === "unsuback" && record.type === "unsubscribe")
    return packet.reasonCodes.length === 0 || packet.reasonCodes.length === record.topicFilters.length
  return true
}

/** Whether the answer is one that this record may wait for. */
function fits(packet: Answer, record: OutgoingRecord): boolean {
  switch (packet.type) {
    case "puback":
      return record.type === "publish" && record.qos === 1
    case "pubrec":
    case "pubcomp":
      return record.type === "publish" && record.qos === 2
    case "suback":
      return record.type === "subscribe"
    case "unsuback":
      return record.type === "unsubscribe"
  }
}
