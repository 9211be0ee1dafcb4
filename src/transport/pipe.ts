/**
 * One direction of an in-memory link: bytes wait here between a writer and a reader.
 *
 *   write(chunks) ──copy──▶ [ waiting ] ──one microtask a load, at most 64 KiB──▶ reader.data
 *        ◀── false above the high-water mark, then drained() when empty ──┘
 *
 * As with a socket: chunk borders are not kept, the reader's chunk is only valid during the call (all pipes deliver
 * from one buffer, so a reader that keeps a view soon sees other bytes), and nobody is called from inside a call.
 */

/** Who gets the bytes of a pipe. */
export interface PipeReader {
  data(chunk: Uint8Array): void
  /** After the last byte; or at once, with a cause, when the pipe was cut. Nothing follows. */
  closed(cause?: Error): void
}

const LOAD_BYTES = 65_536

/** The one delivery buffer of the process, as all TCP sockets have one. */
let loadBuffer: Uint8Array | undefined

export class Pipe {
  readonly #highWaterBytes: number
  readonly #drained: () => void
  readonly #waiting: Uint8Array[] = []
  #waitingBytes = 0
  /** undefined: nobody wants anything any more. */
  #reader: PipeReader | undefined
  #end: "open" | "ended" | { readonly cause: Error } = "open"
  #flow: "held" | "paused" | "flowing" = "held"
  #scheduled = false
  #owesDrained = false

  /** Nothing is delivered before `start()`. @param drained is called when a writer that was told to wait may go on. */
  constructor(reader: PipeReader, highWaterBytes: number, drained: () => void) {
    this.#reader = reader
    this.#highWaterBytes = highWaterBytes
    this.#drained = drained
  }

  /** @returns false when the writer should wait for `drained`. The bytes are copied in either case. */
  write(chunks: readonly Uint8Array[]): boolean {
    if (this.#reader === undefined || this.#end !== "open") return true
    for (const chunk of chunks) {
      if (chunk.length === 0) continue
      this.#waiting.push(chunk.slice())
      this.#waitingBytes += chunk.length
    }
    this.#schedule()
    if (this.#waitingBytes <= this.#highWaterBytes) return true
    this.#owesDrained = true
    return false
  }

  /** No more bytes will be written: the reader hears `closed()` after the last one. */
  end(): void {
    if (this.#end !== "open") return
    this.#end = "ended"
    this.#schedule()
  }

  /** The link breaks: waiting bytes are dropped, the reader hears `closed(cause)` even when it has paused. */
  cut(cause: Error): void {
    this.#end = { cause }
    this.#drop()
    this.#schedule()
  }

  /** The reader wants nothing any more, not even the end. What is written from now on disappears. */
  abandon(): void {
    this.#reader = undefined
    this.#drop()
    this.#schedule()
  }

  start(): void {
    if (this.#flow === "held") this.#flow = "flowing"
    this.#schedule()
  }

  pause(): void {
    this.#flow = "paused"
  }

  resume(): void {
    this.#flow = "flowing"
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#deliver()
    })
  }

  #deliver(): void {
    const reader = this.#reader
    if (reader === undefined) this.#tellDrained()
    else if (typeof this.#end === "object") this.#tellEnd(reader, this.#end.cause)
    else if (this.#waitingBytes === 0) this.#empty(reader)
    else if (this.#flow === "flowing") {
      reader.data(this.#nextLoad())
      this.#schedule()
    }
  }

  #empty(reader: PipeReader): void {
    this.#tellDrained()
    // The writer may have written again just now; then this is not the end yet.
    if (this.#end === "ended" && this.#waitingBytes === 0 && this.#flow === "flowing") this.#tellEnd(reader)
  }

  #tellDrained(): void {
    if (!this.#owesDrained) return
    this.#owesDrained = false
    this.#drained()
  }

  #tellEnd(reader: PipeReader, cause?: Error): void {
    this.#reader = undefined
    reader.closed(cause)
  }

  /** Moves as many waiting bytes as fit into the delivery buffer. */
  #nextLoad(): Uint8Array {
    loadBuffer ??= new Uint8Array(LOAD_BYTES)
    let length = 0
    while (length < LOAD_BYTES) {
      const chunk = this.#waiting.shift()
      if (chunk === undefined) break
      const fitting = chunk.subarray(0, LOAD_BYTES - length)
      loadBuffer.set(fitting, length)
      length += fitting.length
      if (fitting.length < chunk.length) this.#waiting.unshift(chunk.subarray(fitting.length))
    }
    this.#waitingBytes -= length
    return loadBuffer.subarray(0, length)
  }

  #drop(): void {
    this.#waiting.length = 0
    this.#waitingBytes = 0
  }
}
