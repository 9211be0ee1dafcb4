/**
 * The acknowledgements that are due on one link, in the order in which their PUBLISHes came [MQTT-4.6.0-2, -3]:
 *
 *     head ─▶ [id 5 ready] ─▶ [id 6 waits] ─▶ [id 7 ready] ─▶ tail        5 leaves now, 7 when 6 is done
 *
 * It dies with its link: a late `ready` reaches nobody.
 */

import { type AckProperties, NO_PROPERTIES } from "../codec/index.js"
import type { PendingAck } from "../session/index.js"
import { withoutExcess } from "./packet-size.js"
import type { Port } from "./port.js"

export class AckRing {
  readonly #port: Port
  /** Called for each acknowledgement that left, and for each that was skipped. */
  readonly #gone: (ack: RingAck) => void
  #head: RingAck | undefined = undefined
  #tail: RingAck | undefined = undefined
  #closed = false

  constructor(port: Port, gone: (ack: RingAck) => void) {
    this.#port = port
    this.#gone = gone
  }

  add(type: "puback" | "pubrec", packetId: number): RingAck {
    const ack = new RingAck(this, type, packetId)
    if (this.#tail === undefined) this.#head = ack
    else this.#tail.next = ack
    this.#tail = ack
    return ack
  }

  close(): void {
    this.#closed = true
    this.#head = undefined
    this.#tail = undefined
  }

  /** Sends what is ready at the head. @internal */
  drain(): void {
    while (!this.#closed && this.#head !== undefined && this.#head.state !== "waits") {
      const ack = this.#head
      this.#head = ack.next
      if (this.#head === undefined) this.#tail = undefined
      if (ack.state === "ready") this.#send(ack)
      this.#gone(ack)
    }
  }

  #send(ack: RingAck): void {
    const { type, packetId, reasonCode, properties } = withoutExcess(ack, this.#port)
    this.#port.ack(type, packetId, reasonCode, properties)
  }
}

export class RingAck implements PendingAck {
  readonly type: "puback" | "pubrec"
  readonly packetId: number
  state: "waits" | "ready" | "skipped" = "waits"
  reasonCode = 0
  properties: AckProperties = NO_PROPERTIES
  next: RingAck | undefined = undefined
  readonly #ring: AckRing

  constructor(ring: AckRing, type: "puback" | "pubrec", packetId: number) {
    this.#ring = ring
    this.type = type
    this.packetId = packetId
  }

  ready(reasonCode: number, properties: AckProperties): void {
    if (this.state !== "waits") return
    this.state = "ready"
    this.reasonCode = reasonCode
    this.properties = properties
    this.#ring.drain()
  }

  skip(): void {
    if (this.state !== "waits") return
    this.state = "skipped"
    this.#ring.drain()
  }
}
