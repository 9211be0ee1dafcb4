/**
 * A server process that does as little as possible: it acknowledges, 3.1.1 and 5, so that a client alone is what is measured.
 * It keeps no session and forwards nothing. A SUBSCRIBE to `flood/<qos>/<payload bytes>/<messages>/<window>` is answered with
 * that many messages of that topic.
 *
 *   node build/bench/sink.js      prints its port on a free loopback port, and ends when its standard input does
 */
import { createServer, type Socket } from "node:net"
import type { ProtocolVersion, QoS } from "terrapin/codec"
import { Flood } from "./flood.js"
import { Frames } from "./frames.js"

class Peer {
  readonly #socket: Socket
  readonly #frames = new Frames()
  #version: ProtocolVersion = 4
  #flood: Flood | undefined = undefined
  /** Answers to the present chunk. No answer is longer than what it answers. */
  #answers: Buffer = Buffer.alloc(0)
  #end = 0

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on("data", (chunk) => this.#receive(chunk))
    socket.on("drain", () => this.#flood?.pour())
    socket.on("error", () => socket.destroy())
  }

  #receive(chunk: Buffer): void {
    // The packet that a chunk completes may be larger than the chunk.
    this.#answers = Buffer.allocUnsafe(chunk.length + 16)
    this.#end = 0
    this.#frames.push(chunk, this.#answer)
    if (this.#end > 0) this.#socket.write(this.#answers.subarray(0, this.#end))
    this.#flood?.pour()
  }

  readonly #answer = (first: number, bytes: Buffer, start: number): void => {
    switch (first >> 4) {
      case 1:
        this.#version = bytes[start + 2 + bytes.readUInt16BE(start)] === 5 ? 5 : 4
        this.#put(...(this.#version === 5 ? [0x20, 3, 0, 0, 0] : [0x20, 2, 0, 0]))
        break
      case 3:
        if ((first & 6) !== 0)
          this.#acknowledge((first & 6) === 2 ? 0x40 : 0x50, bytes, start + 2 + bytes.readUInt16BE(start))
        break
      case 5:
        this.#acknowledge(0x62, bytes, start)
        break
      case 6:
        this.#acknowledge(0x70, bytes, start)
        break
      case 4:
      case 7:
        this.#flood?.answered(1)
        break
      case 8:
        this.#subscribed(bytes, start)
        break
      case 10:
        if (this.#version === 5) this.#put(0xb0, 4, bytes[start] as number, bytes[start + 1] as number, 0, 0)
        else this.#acknowledge(0xb0, bytes, start)
        break
      case 12:
        this.#put(0xd0, 0)
        break
      case 14:
        this.#socket.end()
    }
  }

  #acknowledge(first: number, bytes: Buffer, id: number): void {
    const answers = this.#answers
    const at = this.#end
    answers[at] = first
    answers[at + 1] = 2
    answers[at + 2] = bytes[id] as number
    answers[at + 3] = bytes[id + 1] as number
    this.#end = at + 4
  }

  #subscribed(bytes: Buffer, start: number): void {
    const version = this.#version
    const at = start + 2 + (version === 5 ? 1 + (bytes[start + 2] as number) : 0)
    const topicEnd = at + 2 + bytes.readUInt16BE(at)
    const topic = bytes.toString("latin1", at + 2, topicEnd)
    const granted = (bytes[topicEnd] as number) & 3
    const [high, low] = [bytes[start] as number, bytes[start + 1] as number]
    this.#put(...(version === 5 ? [0x90, 4, high, low, 0, granted] : [0x90, 3, high, low, granted]))
    const [, qos, payloadBytes, messages, window] = (FLOOD.exec(topic) ?? []).map(Number)
    if (qos === undefined || payloadBytes === undefined || messages === undefined || window === undefined) return
    this.#flood = new Flood(this.#socket, { version, topic, qos: qos as QoS, payloadBytes, messages, window })
  }

  #put(...bytes: readonly number[]): void {
    for (const byte of bytes) this.#answers[this.#end++] = byte
  }
}

const FLOOD = /^flood\/([012])\/(\d+)\/(\d+)\/(\d+)$/

const server = createServer((socket) => new Peer(socket)).listen(0, "127.0.0.1", () => {
  const address = server.address()
  console.log(typeof address === "object" ? address?.port : address)
})
process.stdin.resume().on("end", () => process.exit(0))
