/**
 * Bytes of a received chunk, and views into them. A typed array's memory is dear to ask for (30 ns), so it is asked for
 * once a chunk, and only when a packet in it has a payload.
 */
export const EMPTY_BYTES: Uint8Array = new Uint8Array(0)

export class Chunk {
  readonly bytes: Uint8Array
  #memory: ArrayBufferLike | undefined
  #base = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** A plain Uint8Array over the same memory, whatever subclass `bytes` is. */
  view(start: number, end: number): Uint8Array {
    if (start === end) return EMPTY_BYTES
    if (this.#memory === undefined) {
      this.#memory = this.bytes.buffer
      this.#base = this.bytes.byteOffset
    }
    return new Uint8Array(this.#memory, this.#base + start, end - start)
  }
}
