/**
 * One received message on its way to its recipients. It is done when all of them are; the worst reason wins.
 */

import { type AckProperties, NO_PROPERTIES, type Publish } from "../codec/index.js"

/** Somebody who receives messages: the handler, or a subscription. */
export interface Recipient {
  /** Takes the delivery and calls `done` or `leave` exactly once, now or later. Never throws. */
  deliver(delivery: Delivery): void
}

/** What a recipient says of the message: success unless the reason code is 0x80 or more. */
export interface DeliveryReply {
  readonly reasonCode: number
  readonly properties: AckProperties
}

const DONE: DeliveryReply = { reasonCode: 0, properties: NO_PROPERTIES }

export class Delivery {
  /** Its payload is a copy: the recipients' own. */
  readonly message: Publish
  readonly #finish: ((outcome: DeliveryReply | "left") => void) | undefined
  #waitingFor: number
  #worst: DeliveryReply = DONE
  #left = false

  /** `finish` is called once, when the last of `recipients` is done; QoS 0 needs none. */
  constructor(message: Publish, recipients: number, finish: ((outcome: DeliveryReply | "left") => void) | undefined) {
    this.message = message
    this.#waitingFor = recipients
    this.#finish = finish
  }

  done(reply: DeliveryReply = DONE): void {
    if (reply.reasonCode > this.#worst.reasonCode || this.#worst === DONE) this.#worst = reply
    this.#oneLess()
  }

  /** A recipient leaves it unacknowledged: the server sends it again after the next reconnect. */
  leave(): void {
    this.#left = true
    this.#oneLess()
  }

  #oneLess(): void {
    if (--this.#waitingFor === 0) this.#finish?.(this.#left ? "left" : this.#worst)
  }
}
