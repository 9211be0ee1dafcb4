/**
 * Everything that MQTT makes a client remember (§4.1), and the queue in front of it. Plain data, held outside of the actors
 * that may crash: the session actor works on it, and a new one goes on with it. A durable store will stand behind it.
 */

import { PacketIds } from "./packet-ids.js"
import { RecordList } from "./record-list.js"
import type { InboundRecord, OutgoingRecord, PublishRecord, RequestRecord } from "./records.js"
import { Subscriptions } from "./subscriptions.js"

export class SessionState<Owner> {
  /** Publications in call order: in flight, and waiting for a link or for quota. */
  readonly publishes: RecordList<PublishRecord> = new RecordList()
  /** SUBSCRIBE and UNSUBSCRIBE in call order. No quota holds them up. */
  readonly requests: RecordList<RequestRecord> = new RecordList()
  /** Our identifiers. Those of the server are another space. */
  readonly outbound: PacketIds<OutgoingRecord> = new PacketIds()
  /** The server's identifiers of QoS 2 messages received and not yet released. */
  readonly inbound: PacketIds<InboundRecord> = new PacketIds()
  readonly subscriptions: Subscriptions<Owner> = new Subscriptions()
  /** QoS 0 publications that wait in `publishes`: later ones must not overtake them. */
  waitingQos0 = 0
  /** How many in `publishes` wait for their first sending, and their bytes. What is in flight bears an identifier. */
  waiting = 0
  waitingBytes = 0
  /** The server may hold a session for us: a connection was accepted, and the session was not ended since. */
  exists = false
  /** A connection was accepted in this life of the client: Clean Start is not asked for again. */
  accepted = false
  /** 3.1.1: the old session was ended by a link of its own, as a clean start asks for. */
  cleaned = false
  /** Assigned by the server (MQTT 5 §3.2.2.3.7), used for every later connect. */
  assignedClientId: string | undefined = undefined
  /** Counts PUBRECs, for the order of resent PUBRELs. */
  #releases = 0

  nextReleaseOrder(): number {
    return ++this.#releases
  }

  append(record: PublishRecord): void {
    if (record.qos === 0) this.waitingQos0++
    this.#waits(record)
    this.publishes.append(record)
  }

  /** Its turn has come: it gets an identifier. False: all 65,535 are in use. */
  take(record: PublishRecord): boolean {
    record.packetId = this.outbound.allocate(record)
    if (record.packetId === 0) return false
    this.#waitsNoMore(record)
    return true
  }

  /** As if it had never been sent, at the place that it has. */
  giveBack(record: PublishRecord): void {
    this.outbound.release(record.packetId)
    record.packetId = 0
    record.phase = "queued"
    record.writtenOn = 0
    record.inflight = undefined
    this.#waits(record)
  }

  remove(record: PublishRecord): void {
    if (record.qos === 0) this.waitingQos0--
    this.publishes.remove(record)
    if (record.packetId === 0) this.#waitsNoMore(record)
    else this.outbound.release(record.packetId)
  }

  #waits(record: PublishRecord): void {
    this.waiting++
    this.waitingBytes += record.bytes
  }

  #waitsNoMore(record: PublishRecord): void {
    this.waiting--
    this.waitingBytes -= record.bytes
  }
}
