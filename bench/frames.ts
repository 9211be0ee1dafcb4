/**
 * Whole packets out of a stream, as far as a measuring server must look at them: where they lie, and their first byte.
 * Of its own on purpose: it does a tenth of what a client's decoder has to do, so that the client is what is measured.
 */

/** The body of the packet lies in `bytes` from `start` to `end`. */
export type VisitFrame = (first: number, bytes: Buffer, start: number, end: number) => void

export class Frames {
  #partial: Buffer | undefined = undefined

  /** Visits every packet that the chunk completes. */
  push(chunk: Buffer, visit: VisitFrame): void {
    const bytes = this.#partial === undefined ? chunk : Buffer.concat([this.#partial, chunk])
    let offset = 0
    for (;;) {
      let length = 0
      let at = offset + 1
      let shift = 0
      let more = true
      while (more && at < bytes.length) {
        const byte = bytes[at++] as number
        length |= (byte & 0x7f) << shift
        shift += 7
        more = byte >= 0x80
      }
      if (more || at + length > bytes.length) break
      visit(bytes[offset] as number, bytes, at, at + length)
      offset = at + length
    }
    this.#partial = offset === bytes.length ? undefined : Buffer.from(bytes.subarray(offset))
  }
}
