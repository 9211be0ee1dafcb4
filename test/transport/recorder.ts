/** A sink that writes down what it hears, and can be waited for. */
import type { TransportSink } from "../../src/transport/index.js"

export class Recorder implements TransportSink {
  readonly chunks: Uint8Array[] = []
  bytes = 0
  drains = 0
  readonly ends: (Error | undefined)[] = []
  /** Runs inside `data`, after the chunk was written down. */
  onData: ((chunk: Uint8Array) => void) | undefined
  /** Runs inside `drained`. */
  onDrained: (() => void) | undefined
  #inside = 0
  readonly #waiting = new Set<() => void>()

  data(chunk: Uint8Array): void {
    this.#hear(() => {
      this.chunks.push(Uint8Array.from(chunk))
      this.bytes += chunk.length
      this.onData?.(chunk)
    })
  }

  drained(): void {
    this.#hear(() => {
      this.drains++
      this.onDrained?.()
    })
  }

  closed(cause?: Error): void {
    this.#hear(() => this.ends.push(cause))
  }

  /** Everything heard so far, in one piece. */
  all(): Uint8Array {
    return Buffer.concat(this.chunks)
  }

  text(): string {
    return Buffer.concat(this.chunks).toString("latin1")
  }

  /** Resolves as soon as `holds`, which is asked again after each call. */
  until(holds: (recorder: Recorder) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!holds(this)) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }

  #hear(what: () => void): void {
    if (this.#inside > 0) throw new Error("the sink was called from inside a call of the sink")
    this.#inside++
    try {
      what()
    } finally {
      this.#inside--
    }
    for (const look of [...this.#waiting]) look()
  }
}
