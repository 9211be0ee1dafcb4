/** The broker's end of one link of a scripted broker: receives and sends what a test says. */
import {
  type Connack,
  type Connect,
  Decoder,
  encode,
  type Packet,
  type PacketType,
  type ProtocolVersion,
} from "../../src/codec/index.js"
import { owned, settle } from "../../src/testing/index.js"
import { toHex } from "./hex.js"

export type PacketOf<T extends PacketType> = Extract<Packet, { readonly type: T }>

/** What a scripted link stands on. */
export interface Wire {
  write(bytes: Uint8Array): void
  end(): void
  reset(): void
  stopReading(): void
  startReading(): void
}

/** The broker's end of one link. Its version is that of the CONNECT that came, before that 5. */
export class ScriptedLink {
  /** Every packet that came, in order. */
  readonly received: Packet[] = []
  readonly #wire: Wire
  readonly #decoder: Decoder
  readonly #unread: Packet[] = []
  readonly #waiting = new Set<() => void>()
  #failure: Error | undefined
  #peerEnded = false

  constructor(wire: Wire, version: ProtocolVersion = 5) {
    this.#wire = wire
    this.#decoder = new Decoder({
      version,
      maximumPacketBytes: 268_435_460,
      onPacket: (packet) => {
        const kept = owned(packet)
        this.received.push(kept)
        this.#unread.push(kept)
      },
    })
  }

  get version(): ProtocolVersion {
    return this.#decoder.version
  }

  /** Whether the client has ended the link, or lost it. */
  get ended(): boolean {
    return this.#peerEnded
  }

  /** Takes the next packet. @throws (rejects) when it is of another type, when the client ends the link, or sends what is no MQTT. */
  async receive<T extends PacketType>(type: T): Promise<PacketOf<T>> {
    const packet = await this.receiveAny(type)
    if (isOfType(packet, type)) return packet
    throw new Error(`expected ${type}, but the client sent ${describe(packet)}`)
  }

  /** Takes the next packet, whatever it is. */
  async receiveAny(expected = "a packet"): Promise<Packet> {
    await this.#until(() => this.#unread.length > 0 || this.#failure !== undefined || this.#peerEnded)
    const packet = this.#unread.shift()
    if (packet !== undefined) return packet
    throw this.#failure ?? new Error(`expected ${expected}, but the client ended the link`)
  }

  /** Takes what has come and was not received yet, at once. */
  receiveRest(): Packet[] {
    return this.#unread.splice(0)
  }

  /** Resolves when everything has come to rest and nothing is left to receive. @throws (rejects) with what is left. */
  async idle(): Promise<void> {
    await settle()
    if (this.#failure !== undefined) throw this.#failure
    if (this.#unread.length > 0) throw new Error(`expected nothing, but got ${this.#unread.map(describe).join(", ")}`)
  }

  /** Resolves when the client has ended the link. @throws (rejects) when packets are left to receive. */
  async clientEnd(): Promise<void> {
    await this.#until(() => this.#peerEnded)
    await this.idle()
  }

  /** Receives CONNECT and accepts it, or answers as `connack` says. */
  async handshake(connack: Partial<Omit<Connack, "type">> = {}): Promise<Connect> {
    const connect = await this.receive("connect")
    this.send({ type: "connack", sessionPresent: false, reasonCode: 0, properties: {}, ...connack })
    return connect
  }

  /** Sends the packets in one piece. */
  send(...packets: readonly Packet[]): void {
    this.#wire.write(Buffer.concat(packets.map((packet) => encode(packet, this.version))))
  }

  /** Sends bytes that need not be MQTT. */
  sendBytes(bytes: Uint8Array): void {
    this.#wire.write(bytes)
  }

  /** Ends the link in good order. */
  end(): void {
    this.#wire.end()
  }

  /** Breaks the link. */
  reset(): void {
    this.#wire.reset()
  }

  stopReading(): void {
    this.#wire.stopReading()
  }

  startReading(): void {
    this.#wire.startReading()
  }

  /** For the wire: bytes from the client. */
  arrived(chunk: Uint8Array): void {
    try {
      this.#decoder.push(chunk)
    } catch (cause) {
      this.#failure = new Error(`the client sent what is no MQTT: ${toHex(chunk.subarray(0, 64))}`, { cause })
    }
    this.#wake()
  }

  /** For the wire: the client's end. */
  peerEnded(): void {
    this.#peerEnded = true
    this.#wake()
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look()
  }

  #until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!holds()) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }
}

function isOfType<T extends PacketType>(packet: Packet, type: T): packet is PacketOf<T> {
  return packet.type === type
}

function describe(packet: Packet): string {
  return JSON.stringify(packet, (_name, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value))
}
