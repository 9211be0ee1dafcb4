/**
 * Whole packets out of a stream, as bytes, with the little a proxy must know of them. Independent of the codec on purpose:
 * what judges the codec's traffic should not share its mistakes.
 *
 *   byte 1: type u4 | flags u4     then the remaining length, 1 to 4 bytes of 7 bits, low first     then the body
 */

const TYPES = [
  "reserved",
  "connect",
  "connack",
  "publish",
  "puback",
  "pubrec",
  "pubrel",
  "pubcomp",
  "subscribe",
  "suback",
  "unsubscribe",
  "unsuback",
  "pingreq",
  "pingresp",
  "disconnect",
  "auth",
] as const

export type FrameType = (typeof TYPES)[number]

export interface Frame {
  readonly type: FrameType
  /** The whole packet. */
  readonly bytes: Uint8Array
  /** Of a PUBLISH, else 0. */
  readonly qos: number
  readonly dup: boolean
  /** Of PUBLISH with QoS 1 or 2 and its four answers, else 0. */
  readonly packetId: number
  /** Of a CONNACK, else false. */
  readonly sessionPresent: boolean
  /** Of PUBREC in MQTT 5, else 0. */
  readonly reasonCode: number
}

/** Takes bytes in any portions and gives whole packets. One per direction of a link. */
export class Framer {
  #rest: Buffer = Buffer.alloc(0)

  push(chunk: Uint8Array): Frame[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const frames: Frame[] = []
    for (;;) {
      const header = headerOf(this.#rest)
      if (header === undefined || this.#rest.length < header.end) return frames
      frames.push(frameOf(this.#rest.subarray(0, header.end), header.bodyStart))
      this.#rest = this.#rest.subarray(header.end)
    }
  }
}

function headerOf(bytes: Uint8Array): { bodyStart: number; end: number } | undefined {
  let length = 0
  for (let index = 1; index <= 4; index++) {
    const byte = bytes[index]
    if (byte === undefined) return undefined
    length += (byte & 0x7f) * 128 ** (index - 1)
    if (byte < 0x80) return { bodyStart: index + 1, end: index + 1 + length }
  }
  throw new Error("a remaining length of more than four bytes")
}

function frameOf(bytes: Buffer, bodyStart: number): Frame {
  const first = bytes.readUInt8(0)
  const type = TYPES[first >> 4] ?? "reserved"
  const plain: Frame = { type, bytes, qos: 0, dup: false, packetId: 0, sessionPresent: false, reasonCode: 0 }
  switch (type) {
    case "connack":
      return { ...plain, sessionPresent: bytes.readUInt8(bodyStart) === 1 }
    case "publish": {
      const qos = (first >> 1) & 3
      const packetId = qos === 0 ? 0 : bytes.readUInt16BE(bodyStart + 2 + bytes.readUInt16BE(bodyStart))
      return { ...plain, qos, dup: (first & 8) !== 0, packetId }
    }
    case "puback":
    case "pubrec":
    case "pubrel":
    case "pubcomp":
      return { ...plain, packetId: bytes.readUInt16BE(bodyStart), reasonCode: bytes[bodyStart + 2] ?? 0 }
    default:
      return plain
  }
}
