/**
 * First in, first out, without moving what is left at every take:
 *
 *     [ taken  taken | a  b  c ]      taken entries are cut off when they are half of the array
 *                      ^ head
 */

/** Where messages wait for an actor. A bounded one may drop what it was given. */
export interface Mailbox<T> {
  readonly length: number
  push(item: T): void
  /** The oldest entry, taken out; undefined when there is none. */
  take(): T | undefined
}

export class MessageQueue<T> implements Mailbox<T> {
  #items: (T | undefined)[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** The oldest entry, taken out; undefined when there is none. */
  take(): T | undefined {
    if (this.#head === this.#items.length) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head++] = undefined
    if (this.#head === this.#items.length) {
      this.#items.length = 0
      this.#head = 0
    } else if (this.#head > 1_024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
