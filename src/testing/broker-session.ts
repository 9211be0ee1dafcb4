/**
 * What the in-memory broker remembers of one client, over links: subscriptions, messages on their way to the client, and
 * the identifiers of QoS 2 messages that it holds. Knows no bytes and no version.
 *
 *   deliver ──▶ [ queue ] ──window──▶ flight ──PUBACK──▶ done                    QoS 1
 *                                     flight ──PUBREC──▶ released ──PUBCOMP──▶ done   QoS 2
 *
 * A flight that was cut by the end of a link goes first on the next one: PUBLISH with DUP, or PUBREL.
 */
import type { QoS } from "../codec/index.js"
import type { Delivery } from "./broker-message.js"

export interface BrokerSubscription {
  readonly topicFilter: string
  readonly qos: QoS
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  readonly identifier: number | undefined
}

/** The live link of a session. */
export interface Outlet {
  /** How many QoS 1 and 2 messages may be on their way at once, 1…65 535. */
  readonly window: number
  /** @returns false when it may not be sent at all: too large, or expired. */
  publish(delivery: Delivery, packetId: number, dup: boolean): boolean
  release(packetId: number): void
}

interface Flight {
  readonly delivery: Delivery
  readonly released: boolean
  /** On which of the session's links the PUBLISH was sent: only those of the present one take up its window. */
  readonly epoch: number
}

export class BrokerSession {
  readonly clientId: string
  readonly subscriptions: Map<string, BrokerSubscription> = new Map()
  /** Identifiers of QoS 2 messages from the client that were routed and not yet released. */
  readonly held: Set<number> = new Set()
  readonly #queue: Delivery[] = []
  /** In the order they were sent, or released. */
  readonly #flights = new Map<number, Flight>()
  #resend: number[] = []
  #outlet: Outlet | undefined
  #epoch = 0
  /** Flights whose PUBLISH was sent on the present link. */
  #outstanding = 0
  #lastId = 0

  constructor(clientId: string) {
    this.clientId = clientId
  }

  /** A new link: what was cut goes first, then the queue. */
  attach(outlet: Outlet): void {
    this.#outlet = outlet
    this.#epoch++
    this.#outstanding = 0
    this.#resend = []
    for (const [packetId, flight] of this.#flights) {
      if (flight.released) outlet.release(packetId)
      else this.#resend.push(packetId)
    }
    this.#pump()
  }

  detach(): void {
    this.#outlet = undefined
  }

  /** QoS 0 is dropped while there is no link. */
  deliver(delivery: Delivery): void {
    if (delivery.qos > 0) {
      this.#queue.push(delivery)
      this.#pump()
    } else this.#outlet?.publish(delivery, 0, false)
  }

  /** Ends a QoS 1 flight. */
  puback(packetId: number): void {
    if (this.#flights.get(packetId)?.delivery.qos === 1) this.#done(packetId)
  }

  /** Releases a QoS 2 flight, or drops it when the client refused it. @returns whether there is such a flight. */
  pubrec(packetId: number, accepted: boolean): boolean {
    const flight = this.#flights.get(packetId)
    if (flight?.delivery.qos !== 2) return false
    if (!accepted) {
      this.#done(packetId)
      return true
    }
    // [MQTT-4.6.0-4]: PUBRELs go in the order of their PUBRECs.
    this.#flights.delete(packetId)
    this.#flights.set(packetId, { ...flight, released: true })
    this.#outlet?.release(packetId)
    return true
  }

  /** Ends a QoS 2 flight. */
  pubcomp(packetId: number): void {
    if (this.#flights.get(packetId)?.released === true) this.#done(packetId)
  }

  #done(packetId: number): void {
    if (this.#flights.get(packetId)?.epoch === this.#epoch) this.#outstanding--
    this.#flights.delete(packetId)
    this.#pump()
  }

  #pump(): void {
    const outlet = this.#outlet
    if (outlet === undefined) return
    while (this.#outstanding < outlet.window) {
      const packetId = this.#resend.shift() ?? this.#takeOff()
      if (packetId === undefined) return
      const flight = this.#flights.get(packetId)
      if (flight === undefined) continue
      // A flight that has not been on a link (epoch 0) is no duplicate.
      if (outlet.publish(flight.delivery, packetId, flight.epoch > 0)) {
        this.#flights.set(packetId, { ...flight, epoch: this.#epoch })
        this.#outstanding++
      } else this.#flights.delete(packetId)
    }
  }

  /** Makes a flight of the queue's head. @returns undefined when there is nothing, or no identifier is free. */
  #takeOff(): number | undefined {
    const delivery = this.#flights.size < 65_535 ? this.#queue.shift() : undefined
    if (delivery === undefined) return undefined
    do this.#lastId = (this.#lastId % 65_535) + 1
    while (this.#flights.has(this.#lastId))
    this.#flights.set(this.#lastId, { delivery, released: false, epoch: 0 })
    return this.#lastId
  }
}
