/**
 * One subscription as an async iterator: the mailbox of one reader.
 *
 *     deliver ──▶ [m3 m2 m1] ──▶ next()        before the first next() messages are done when they are here; from then on a
 *                                              message is done when the reader asks for the next one, or leaves
 */

import {
  type Delivery,
  type Message,
  ReceivedMessage,
  type Recipient,
  type UnsubscribeOutcome,
} from "../actors/index.js"
import type { ParsedTopicFilter, QoS } from "../codec/index.js"
import { MessageQueue } from "../runtime/index.js"
import type { CallOptions } from "./option-types.js"

/** Messages as they come. Leaving the loop closes it. */
export interface MessageStream<F extends string = string> extends AsyncIterable<Message<F>>, AsyncDisposable {
  close(): Promise<void>
}

export interface Subscription<F extends string = string> extends MessageStream<F> {
  readonly topicFilter: F
  /** Of the SUBACK. */
  readonly reasonCode: number
  readonly grantedQos: QoS
  /** UNSUBSCRIBE leaves when no other owner wants the filter. */
  unsubscribe(options?: CallOptions): Promise<UnsubscribeOutcome>
}

export interface SubscriptionPlan<F extends string> {
  readonly topicFilter: F
  readonly parsed: ParsedTopicFilter
  readonly maxQueued: number
  /** Tells the client that this owner leaves. */
  readonly leave: (subscription: Recipient, options: CallOptions | undefined) => Promise<UnsubscribeOutcome>
  readonly dropped: (topic: string, reason: string) => void
}

export class IteratedSubscription<F extends string> implements Subscription<F>, Recipient {
  readonly #plan: SubscriptionPlan<F>
  readonly #queue = new MessageQueue<Delivery>()
  #granted: QoS = 0
  #reading = false
  #closed = false
  /** The delivery that the reader works on. */
  #inHand: Delivery | undefined = undefined
  #waiting: ((result: IteratorResult<Message<F>, undefined>) => void) | undefined = undefined

  constructor(plan: SubscriptionPlan<F>) {
    this.#plan = plan
  }

  get topicFilter(): F {
    return this.#plan.topicFilter
  }

  get reasonCode(): number {
    return this.#granted
  }

  get grantedQos(): QoS {
    return this.#granted
  }

  /** @internal the server's answer */
  grant(qos: QoS): void {
    this.#granted = qos
  }

  deliver(delivery: Delivery): void {
    if (this.#closed) {
      delivery.done()
      return
    }
    const waiting = this.#waiting
    if (waiting !== undefined) {
      this.#waiting = undefined
      this.#inHand = delivery
      waiting({ done: false, value: this.#message(delivery) })
      return
    }
    this.#queue.push(delivery)
    // Nobody reads yet, or it needs no acknowledgement: what is not held back by the server is bounded here.
    if (!this.#reading) delivery.done()
    if (this.#queue.length > this.#plan.maxQueued && (!this.#reading || delivery.message.qos === 0)) this.#dropOldest()
  }

  [Symbol.asyncIterator](): AsyncIterator<Message<F>, undefined> {
    if (this.#reading) throw new TypeError("a subscription has one reader")
    this.#reading = true
    return {
      next: () => this.#next(),
      return: () => {
        this.#finishInHand()
        void this.close()
        return Promise.resolve(END)
      },
    }
  }

  unsubscribe(options?: CallOptions): Promise<UnsubscribeOutcome> {
    this.end()
    return this.#plan.leave(this, options)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    // Who closes wants no answer: an outage or a stopping client has none to give.
    await this.unsubscribe().catch(() => undefined)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** No more messages; what is still queued is left unacknowledged. @internal */
  end(): void {
    if (this.#closed) return
    this.#closed = true
    for (let left = this.#queue.take(); left !== undefined; left = this.#queue.take()) left.leave()
    this.#waiting?.(END)
    this.#waiting = undefined
  }

  #next(): Promise<IteratorResult<Message<F>, undefined>> {
    this.#finishInHand()
    const delivery = this.#queue.take()
    if (delivery !== undefined) {
      this.#inHand = delivery
      return Promise.resolve({ done: false, value: this.#message(delivery) })
    }
    if (this.#closed) return Promise.resolve(END)
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }

  #finishInHand(): void {
    const delivery = this.#inHand
    this.#inHand = undefined
    delivery?.done()
  }

  #dropOldest(): void {
    const oldest = this.#queue.take()
    if (oldest === undefined) return
    oldest.done()
    this.#plan.dropped(oldest.message.topic, "the reader is too slow")
  }

  #message(delivery: Delivery): Message<F> {
    return new ReceivedMessage<F>(delivery.message, this.#plan.parsed)
  }
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined }
