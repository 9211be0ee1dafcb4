/**
 * One subscription as an async iterator: the mailbox of one reader.
 *
 *     deliver ──▶ [m3 m2 m1] ──▶ next()        before the first next() messages are done when they are here (`settled`); from
 *                                              then on a message is done when the reader asks for the next one, or leaves
 */

import {
  type Delivery,
  DroppingQueue,
  type Message,
  ReceivedMessage,
  type Recipient,
  type UnsubscribeOutcome,
} from "../actors/index.js"
import type { ParsedTopicFilter, QoS } from "../codec/index.js"
import { InvalidOptionError } from "../errors.js"
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

interface Waiting {
  readonly delivery: Delivery
  /** It was done when it came. */
  readonly settled: boolean
}

export class IteratedSubscription<F extends string> implements Subscription<F>, Recipient {
  readonly #plan: SubscriptionPlan<F>
  readonly #queue: DroppingQueue<Waiting>
  #granted: QoS = 0
  #reading = false
  #closed = false
  /** The delivery that the reader works on. */
  #inHand: Delivery | undefined = undefined
  /** Calls of next() that wait, in order. */
  readonly #askers = new MessageQueue<(result: IteratorResult<Message<F>, undefined>) => void>()

  constructor(plan: SubscriptionPlan<F>) {
    this.#plan = plan
    this.#queue = new DroppingQueue<Waiting>({
      maxItems: plan.maxQueued,
      maxBytes: Number.POSITIVE_INFINITY,
      bytesOf: () => 0,
      // What needs no acknowledgement any more; all else the server holds back.
      isDroppable: ({ delivery, settled }) => settled || delivery.message.qos === 0,
      dropped: ({ delivery, settled }) => {
        if (!settled) delivery.done()
        plan.dropped(delivery.message.topic, "the reader is too slow")
      },
    })
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
    const asker = this.#askers.take()
    if (asker === undefined) {
      this.#queue.push({ delivery, settled: !this.#reading })
      if (!this.#reading) delivery.done()
      return
    }
    this.#inHand = delivery
    asker({ done: false, value: this.#message(delivery) })
    if (this.#askers.length > 0) this.#finishInHand() // the next one was asked for already
  }

  [Symbol.asyncIterator](): AsyncIterator<Message<F>, undefined> {
    if (this.#reading) throw new InvalidOptionError("asyncIterator", "a subscription has one reader")
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
    for (let left = this.#queue.take(); left !== undefined; left = this.#queue.take())
      if (!left.settled) left.delivery.leave()
    for (let asker = this.#askers.take(); asker !== undefined; asker = this.#askers.take()) asker(END)
  }

  #next(): Promise<IteratorResult<Message<F>, undefined>> {
    this.#finishInHand()
    const waiting = this.#queue.take()
    if (waiting !== undefined) {
      if (!waiting.settled) this.#inHand = waiting.delivery
      return Promise.resolve({ done: false, value: this.#message(waiting.delivery) })
    }
    if (this.#closed) return Promise.resolve(END)
    return new Promise((resolve) => this.#askers.push(resolve))
  }

  #finishInHand(): void {
    const delivery = this.#inHand
    this.#inHand = undefined
    delivery?.done()
  }

  #message(delivery: Delivery): Message<F> {
    return new ReceivedMessage<F>(delivery.message, this.#plan.parsed)
  }
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined }
