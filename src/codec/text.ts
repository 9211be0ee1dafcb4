/**
 * UTF-8 encoded strings (§1.5.4), both ways; the only place that touches the platform's text methods.
 *
 *   on the wire:   length u16 | UTF-8, without U+0000 and without surrogates
 *
 * Short ASCII texts, nearly all that MQTT carries, are dealt with byte by byte: that is faster than any call.
 */

/** Up to here the loop over single characters beats the platform's encoder (measured, Node 20). */
const SHORT = 48

/** A text may take so many bytes at most. */
export const MAXIMUM_TEXT_BYTES = 65_535

/**
 * Writes `text` without a length to `target` and returns how many bytes it takes: so many were written if there was
 * room, else none that count. Returns -1 for a text that MQTT forbids: U+0000 or a lone surrogate inside.
 */
export function writeText(text: string, target: Uint8Array, offset: number): number {
  const length = text.length
  if (length <= SHORT) {
    let index = 0
    for (; index < length; index++) {
      const unit = text.charCodeAt(index)
      if (unit >= 0x80 || unit === 0) break
      target[offset + index] = unit
    }
    if (index === length) return length
  }
  return isMqttText(text) ? writeAnyText(text, target, offset) : -1
}

/** Whether a string may travel: no U+0000 [MQTT-1.5.4-2], no lone surrogate [MQTT-1.5.4-1]. Length is not looked at. */
export function isMqttText(text: string): boolean {
  return !forbidden.test(text)
}

/** How many bytes `text` takes as UTF-8. */
export function textBytes(text: string): number {
  return writeText(text, NOWHERE, 0)
}

/** The text in `bytes` from `start` to `end`; undefined when it is not UTF-8 or holds U+0000. */
export function readText(bytes: Uint8Array, start: number, end: number): string | undefined {
  let seen = 0
  for (let index = start; index < end; index++) {
    const byte = bytes[index] as number
    if (byte === 0) return undefined
    seen |= byte
  }
  if (start === end) return ""
  return seen < 0x80 ? readAscii(bytes, start, end) : readUtf8(bytes, start, end)
}

/** UTF-8 without any judgement but well-formedness; undefined when it is not. */
function readUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  try {
    return decoder.decode(bytes.subarray(start, end))
  } catch {
    // The decoder is fatal: it throws TypeError for bytes that are no UTF-8, and the caller branches on that.
    return undefined
  }
}

function writeAnyText(text: string, target: Uint8Array, offset: number): number {
  if (offset + text.length * 3 <= target.length) return encoder.encodeInto(text, target.subarray(offset)).written
  const bytes = encoder.encode(text)
  if (offset + bytes.length <= target.length) target.set(bytes, offset)
  return bytes.length
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: U+0000 is what is looked for
const forbidden = /[\u0000\p{Surrogate}]/u
const NOWHERE = new Uint8Array(0)
const encoder = new TextEncoder()
// U+FEFF is an ordinary character and stays [MQTT-1.5.4-3].
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

type SliceAscii = (this: Uint8Array, start: number, end: number) => string

/** Node's Buffer reads ASCII several times faster than TextDecoder does; elsewhere the decoder has to do. */
const sliceAscii: SliceAscii | undefined = (
  globalThis as { readonly Buffer?: { readonly prototype: { readonly latin1Slice?: SliceAscii } } }
).Buffer?.prototype.latin1Slice

const readLongAscii: (bytes: Uint8Array, start: number, end: number) => string =
  sliceAscii === undefined
    ? (bytes, start, end) => decoder.decode(bytes.subarray(start, end))
    : (bytes, start, end) => sliceAscii.call(bytes, start, end)

/** How many characters are made in one go. */
const BLOCK = 16

/** Texts up to a block are cut from a whole one: one call that needs no way out of JavaScript, at half the price. */
function readAscii(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > BLOCK || start + BLOCK > bytes.length) return readLongAscii(bytes, start, end)
  const block = String.fromCharCode(
    bytes[start] as number,
    bytes[start + 1] as number,
    bytes[start + 2] as number,
    bytes[start + 3] as number,
    bytes[start + 4] as number,
    bytes[start + 5] as number,
    bytes[start + 6] as number,
    bytes[start + 7] as number,
    bytes[start + 8] as number,
    bytes[start + 9] as number,
    bytes[start + 10] as number,
    bytes[start + 11] as number,
    bytes[start + 12] as number,
    bytes[start + 13] as number,
    bytes[start + 14] as number,
    bytes[start + 15] as number,
  )
  return end - start === BLOCK ? block : block.slice(0, end - start)
}
