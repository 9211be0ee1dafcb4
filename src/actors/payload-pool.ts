/**
 * Copies received payloads out of the socket's buffer, which the next read overwrites. Small ones share blocks of 8 KiB: an
 * ArrayBuffer each would cost more than everything else on the way (architecture: +400-900 ns), and a larger block would be
 * pinned as a whole by one message that is kept.
 */

const BLOCK_BYTES = 8_192
const SMALL_BYTES = 2_048
const EMPTY = new Uint8Array(0)

let block = new ArrayBuffer(BLOCK_BYTES)
let used = 0

export function copyBytes(bytes: Uint8Array): Uint8Array {
  const size = bytes.length
  if (size === 0) return EMPTY
  if (size > SMALL_BYTES) return bytes.slice()
  if (used + size > BLOCK_BYTES) {
    block = new ArrayBuffer(BLOCK_BYTES)
    used = 0
  }
  const copy = new Uint8Array(block, used, size)
  copy.set(bytes)
  used += size
  return copy
}
