/**
 * The outgoing records in send order, with a mark between what this link has seen and what waits for its turn:
 *
 *     head ─▶ [sent] ─▶ [sent] ─▶ [waits] ─▶ [waits] ─▶ tail
 *                                 ▲ cursor
 *
 * Queue, window and order of resending are this one list. A link that comes up puts the cursor back to the head.
 * Intrusive: a record costs no entry anywhere, and leaves the list in O(1).
 */

import type { OutgoingRecord } from "./records.js"

export class RecordList<R extends OutgoingRecord> {
  #head: OutgoingRecord | undefined = undefined
  #tail: OutgoingRecord | undefined = undefined
  #cursor: OutgoingRecord | undefined = undefined
  #length = 0

  get length(): number {
    return this.#length
  }

  /** The first that waits for its turn on this link. */
  get cursor(): R | undefined {
    return this.#cursor as R | undefined
  }

  append(record: R): void {
    record.previous = this.#tail
    record.next = undefined
    if (this.#tail === undefined) this.#head = record
    else this.#tail.next = record
    this.#tail = record
    this.#cursor ??= record
    this.#length++
  }

  /** The record at the cursor has had its turn. */
  advance(): void {
    this.#cursor = this.#cursor?.next
  }

  /** A new link: everything waits for its turn again. */
  rewind(): void {
    this.#cursor = this.#head
  }

  remove(record: R): void {
    if (this.#cursor === record) this.#cursor = record.next
    if (record.previous === undefined) this.#head = record.next
    else record.previous.next = record.next
    if (record.next === undefined) this.#tail = record.previous
    else record.next.previous = record.previous
    record.next = undefined
    record.previous = undefined
    this.#length--
  }

  /** In send order; the present record may be removed meanwhile. */
  *[Symbol.iterator](): IterableIterator<R> {
    for (let record = this.#head; record !== undefined; ) {
      const { next } = record
      yield record as R
      record = next
    }
  }
}
