/**
 * The handler's mailbox: kept over restarts, in order of arrival, and bounded.
 *
 *     oldest ─▶ [QoS 1] ─▶ [QoS 0] ─▶ [connection up] ─▶ [QoS 0] ─▶ newest
 *                            └─────────── droppable ────────┘
 *
 * QoS 1 and 2 are bounded by the window that we grant the server; of QoS 0, which has no acknowledgement to withhold, the
 * oldest is dropped when there is no more room.
 */

import { type Mailbox, MessageQueue } from "../runtime/index.js"
import type { Delivery } from "./delivery.js"
import type { HandlerMessage } from "./handler-messages.js"

/** Messages that may wait for the handler, and their payloads' bytes. */
const MAXIMUM_QUEUED = 1_000
const MAXIMUM_QUEUED_BYTES = 8 * 1_048_576

interface Entry {
  readonly item: unknown
  readonly bytes: number
  previous: Entry | undefined
  next: Entry | undefined
}

export class HandlerQueue implements Mailbox<unknown> {
  readonly #onDrop: (delivery: Delivery) => void
  /** QoS 0 entries in order. The first of them is always the first to be taken or dropped. */
  readonly #droppable = new MessageQueue<Entry>()
  #oldest: Entry | undefined = undefined
  #newest: Entry | undefined = undefined
  #length = 0
  #bytes = 0

  constructor(onDrop: (delivery: Delivery) => void) {
    this.#onDrop = onDrop
  }

  get length(): number {
    return this.#length
  }

  push(item: unknown): void {
    const delivery = deliveryOf(item)
    const entry: Entry = {
      item,
      bytes: delivery?.message.payload.length ?? 0,
      previous: this.#newest,
      next: undefined,
    }
    if (this.#newest === undefined) this.#oldest = entry
    else this.#newest.next = entry
    this.#newest = entry
    this.#length++
    this.#bytes += entry.bytes
    if (delivery?.message.qos === 0) this.#droppable.push(entry)
    while (this.#length > MAXIMUM_QUEUED || this.#bytes > MAXIMUM_QUEUED_BYTES) {
      const dropped = this.#droppable.take()
      if (dropped === undefined) return
      this.#unlink(dropped)
      const lost = deliveryOf(dropped.item)
      if (lost !== undefined) this.#onDrop(lost)
    }
  }

  take(): unknown {
    const entry = this.#oldest
    if (entry === undefined) return undefined
    this.#unlink(entry)
    if (deliveryOf(entry.item)?.message.qos === 0) this.#droppable.take()
    return entry.item
  }

  #unlink(entry: Entry): void {
    if (entry.previous === undefined) this.#oldest = entry.next
    else entry.previous.next = entry.next
    if (entry.next === undefined) this.#newest = entry.previous
    else entry.next.previous = entry.previous
    this.#length--
    this.#bytes -= entry.bytes
  }
}

/** The kernel's signals wait here too. */
function deliveryOf(item: unknown): Delivery | undefined {
  const message = item as HandlerMessage | { readonly type?: undefined }
  return message.type === "message" ? message.delivery : undefined
}
