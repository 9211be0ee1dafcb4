/**
 * Pours a number of equal PUBLISHes into a socket, as fast as it takes them and the window allows: encoded once, copied in
 * blocks, only the packet identifiers are new.
 *
 *   block   | PUBLISH id 1 | PUBLISH id 2 | PUBLISH id 3 | …       about 64 KiB a write
 */
import type { Socket } from "node:net"
import { encode, NO_PROPERTIES, type ProtocolVersion, type QoS } from "terrapin/codec"

export interface FloodPlan {
  readonly version: ProtocolVersion
  readonly topic: string
  readonly qos: QoS
  readonly payloadBytes: number
  readonly messages: number
  /** QoS 1 and 2: unanswered at a time. */
  readonly window: number
}

const BLOCK_BYTES = 65_536
/** More than this is not kept waiting in the process. */
const PENDING_BYTES = 262_144

export class Flood {
  readonly #socket: Socket
  readonly #plan: FloodPlan
  readonly #block: Buffer
  readonly #packetBytes: number
  /** Of the packet identifier, in each packet. */
  readonly #idOffset: number
  #left: number
  #unanswered = 0
  #lastId = 0

  constructor(socket: Socket, plan: FloodPlan) {
    const { version, topic, qos, payloadBytes, messages } = plan
    const payload = new Uint8Array(payloadBytes).fill(0x78)
    const fields = {
      type: "publish",
      topic,
      qos,
      payload,
      retain: false,
      dup: false,
      properties: NO_PROPERTIES,
    } as const
    const packet = encode({ ...fields, packetId: qos === 0 ? 0 : 1 }, version)
    this.#socket = socket
    this.#plan = plan
    this.#packetBytes = packet.length
    this.#idOffset = packet.length - payloadBytes - (version === 5 ? 1 : 0) - 2
    this.#block = Buffer.concat(
      Array.from({ length: Math.max(1, Math.floor(BLOCK_BYTES / packet.length)) }, () => packet),
    )
    this.#left = messages
  }

  /** The peer has answered so many for good. */
  answered(messages: number): void {
    this.#unanswered -= messages
  }

  /** Writes what may be written now; call it again on "drain", and after answers. */
  pour(): void {
    const { qos, window } = this.#plan
    while (this.#left > 0 && this.#socket.writableLength < PENDING_BYTES) {
      const room = qos === 0 ? this.#left : Math.min(this.#left, window - this.#unanswered)
      if (room <= 0) return
      const messages = Math.min(room, this.#block.length / this.#packetBytes)
      this.#left -= messages
      this.#socket.write(qos === 0 ? this.#block.subarray(0, messages * this.#packetBytes) : this.#numbered(messages))
    }
  }

  /** A copy of the block's beginning with identifiers of its own. */
  #numbered(messages: number): Buffer {
    const bytes = Buffer.from(this.#block.subarray(0, messages * this.#packetBytes))
    for (let at = this.#idOffset; at < bytes.length; at += this.#packetBytes) {
      this.#lastId = this.#lastId === 0xffff ? 1 : this.#lastId + 1
      bytes[at] = this.#lastId >>> 8
      bytes[at + 1] = this.#lastId & 0xff
    }
    this.#unanswered += messages
    return bytes
  }
}
