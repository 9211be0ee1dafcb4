/** The small tools of the transport tests. */
import type { TransportAttempt, TransportLink } from "../../src/transport/index.js"

/** A first attempt that nobody gives up, or that this signal does. */
export function attempt(signal: AbortSignal = new AbortController().signal): TransportAttempt {
  return { attempt: 1, signal }
}

/** Writes until the link says wait. */
export function fillUp(link: TransportLink): void {
  for (let written = 0; written < 1_000; written++) {
    if (!link.write([new Uint8Array(65_536)])) return
  }
  throw new Error("wait was never said")
}

/** Bytes that tell where they are from. */
export function pattern(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8) + seed) % 251)
}

/** expect() on millions of bytes is slow. */
export function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0
}
