/**
 * A bounded queue that drops the oldest of what may be dropped:
 *
 *     oldest ─▶ [kept] ─▶ [droppable] ─▶ [kept] ─▶ [droppable] ─▶ newest
 *                          ▲ goes first when there is no more room
 *
 * What is kept is bounded by somebody else, for instance by the acknowledgements that are withheld. All in O(1).
 */

import { type Mailbox, MessageQueue } from "../runtime/index.js"

export interface DroppingOptions<T> {
  readonly maxItems: number
  readonly maxBytes: number
  readonly bytesOf: (item: T) => number
  /** Asked once, when it comes. */
  readonly isDroppable: (item: T) => boolean
  /** Called with each item that is dropped. */
  readonly dropped: (item: T) => void
}

interface Entry<T> {
  readonly item: T
  readonly bytes: number
  readonly droppable: boolean
  previous: Entry<T> | undefined
  next: Entry<T> | undefined
}

export class DroppingQueue<T> implements Mailbox<T> {
  readonly #options: DroppingOptions<T>
  /** In order: the first of them is always the first to be taken or dropped. */
  readonly #droppable = new MessageQueue<Entry<T>>()
  #oldest: Entry<T> | undefined = undefined
  #newest: Entry<T> | undefined = undefined
  #length = 0
  #bytes = 0

  constructor(options: DroppingOptions<T>) {
    this.#options = options
  }

  get length(): number {
    return this.#length
  }

  push(item: T): void {
    const { bytesOf, isDroppable, maxItems, maxBytes, dropped } = this.#options
    const entry: Entry<T> = {
      item,
      bytes: bytesOf(item),
      droppable: isDroppable(item),
      previous: this.#newest,
      next: undefined,
    }
    if (this.#newest === undefined) this.#oldest = entry
    else this.#newest.next = entry
    this.#newest = entry
    this.#length++
    this.#bytes += entry.bytes
    if (entry.droppable) this.#droppable.push(entry)
    while (this.#length > maxItems || this.#bytes > maxBytes) {
      const first = this.#droppable.take()
      if (first === undefined) return
      this.#unlink(first)
      dropped(first.item)
    }
  }

  take(): T | undefined {
    const entry = this.#oldest
    if (entry === undefined) return undefined
    this.#unlink(entry)
    if (entry.droppable) this.#droppable.take()
    return entry.item
  }

  #unlink(entry: Entry<T>): void {
    if (entry.previous === undefined) this.#oldest = entry.next
    else entry.previous.next = entry.next
    if (entry.next === undefined) this.#newest = entry.previous
    else entry.next.previous = entry.previous
    this.#length--
    this.#bytes -= entry.bytes
  }
}
