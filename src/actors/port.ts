/**
 * The write side of one live link. Whatever is written in one turn of the event loop leaves in one system call:
 *
 *     slab  [ sent | PUBLISH PUBACK PUBLISH … |      free      ]      a large payload goes by reference, between two stretches
 *                  ^ start                    ^ end
 *
 * A port belongs to its link's epoch and dies with it: a closed port takes everything and writes nothing.
 */

import { atEndOfTurn, type Clock } from "../clock.js"
import {
  type AckProperties,
  type AckType,
  encode,
  encodeAckInto,
  encodeInto,
  encodePublishHead,
  type Packet,
  type ProtocolVersion,
  type PublishHead,
} from "../codec/index.js"
import { LARGEST_PACKET } from "../session/index.js"
import type { TransportLink } from "../transport/index.js"
import { Takers } from "./takers.js"

const SLAB_BYTES = 65_536
/** From here on a payload is another entry in the writev: the slab is for small ones. */
const BY_REFERENCE_BYTES = 16_384
/** How many QoS 0 publications a turn resolves at once; more would let `while (true) await publish()` starve the loop. */
const CREDIT_A_TURN = 512
/** With more than this unsent, QoS 0 waits for the link to drain. */
const CONGESTED_BYTES = 1_048_576

/** A PUBLISH as the port needs it. */
export interface Publishable extends PublishHead {
  readonly payload: Uint8Array
}

export interface PortOptions {
  readonly epoch: number
  readonly version: ProtocolVersion
  readonly clock: Clock
  /** Hears of every packet written, while somebody wants to. */
  readonly sent?: { wanted(): boolean; tell(packet: Packet, bytes: number): void } | undefined
}

export class Port {
  readonly epoch: number
  readonly version: ProtocolVersion
  /** On the clock; the last time that bytes were handed to the link. */
  lastSentMs: number
  /** The server's: told by CONNACK. */
  maximumPacketSize: number = LARGEST_PACKET
  /** How many packets were written that ask the server for something: all but acknowledgements. */
  asked = 0
  readonly #link: TransportLink | undefined
  readonly #options: PortOptions
  #open: boolean
  #slab: Uint8Array
  #start = 0
  #end = 0
  /** Stretches and payloads before `start`, not handed over yet. */
  #chunks: Uint8Array[] = []
  #flushing = false
  /** Bytes that the link has taken and not sent yet. */
  #unsent = 0
  #credit = CREDIT_A_TURN
  readonly #takers = new Takers()

  /** Without a link: the closed port. */
  constructor(link: TransportLink | undefined, options: PortOptions) {
    this.#link = link
    this.#options = options
    this.epoch = options.epoch
    this.version = options.version
    this.lastSentMs = options.clock.now()
    this.#open = link !== undefined
    this.#slab = link === undefined ? NOTHING : new Uint8Array(SLAB_BYTES)
  }

  get open(): boolean {
    return this.#open
  }

  /** Bytes on their way: coalesced, or taken by the link and not sent. */
  get pendingBytes(): number {
    return this.#chunks.reduce((bytes, chunk) => bytes + chunk.length, this.#unsent + this.#end - this.#start)
  }

  /** A QoS 0 payload is copied: no caller keeps it for the link. @throws InvalidPacketError before anything is written */
  publish(publish: Publishable, packetId: number, dup: boolean): void {
    if (!this.#open) return
    this.asked++
    const { payload } = publish
    const size = payload.length
    const copied = size < BY_REFERENCE_BYTES ? size : 0
    let before = this.#end
    let end = encodePublishHead(this.#slab, before, publish, size, packetId, dup, this.version)
    if (end < 0 || end + copied > this.#slab.length) {
      this.#newSlab()
      before = 0
      end = encodePublishHead(this.#slab, 0, publish, size, packetId, dup, this.version)
      if (end < 0) end = this.#growFor(publish, packetId, dup)
      if (end + copied > this.#slab.length) this.#growSlab(end + copied, end)
    }
    if (copied > 0) this.#slab.set(payload, end)
    this.#advance(end + copied)
    if (copied < size) {
      this.#credit = 0 // what a turn may answer at once is bounded in bytes, too
      this.#byReference(publish.qos === 0 ? new Uint8Array(payload) : payload)
    }
    if (this.#options.sent?.wanted() === true)
      this.#options.sent.tell({ type: "publish", ...fieldsOf(publish), payload, dup, packetId }, end + size - before)
  }

  ack(type: AckType, packetId: number, reasonCode: number, properties: AckProperties): void {
    if (!this.#open) return
    let before = this.#end
    let end = encodeAckInto(this.#slab, before, type, packetId, reasonCode, properties, this.version)
    if (end < 0) {
      this.#newSlab()
      before = 0
      end = encodeAckInto(this.#slab, 0, type, packetId, reasonCode, properties, this.version)
    }
    if (end < 0) this.send({ type, packetId, reasonCode, properties })
    else {
      this.#advance(end)
      if (this.#options.sent?.wanted() === true)
        this.#options.sent.tell({ type, packetId, reasonCode, properties }, end - before)
    }
  }

  /** Any packet; not the fast path. @throws InvalidPacketError before anything is written */
  send(packet: Packet): void {
    if (!this.#open) return
    this.asked++
    const before = this.pendingBytes
    const end = encodeInto(packet, this.version, this.#slab, this.#end)
    if (end < 0) this.#byReference(encode(packet, this.version))
    else this.#advance(end)
    if (this.#options.sent?.wanted() === true) this.#options.sent.tell(packet, this.pendingBytes - before)
  }

  /** Whether one more QoS 0 publication may be answered in this turn. */
  takeCredit(): boolean {
    return this.#unsent < CONGESTED_BYTES && this.#credit-- > 0
  }

  /** Calls back when this turn's bytes are with the link and the link is not congested; at once when the port is closed. */
  whenTaken(taken: () => void): void {
    if (this.#open) this.#takers.add(taken)
    else taken()
  }

  /** Hands over what has been written. Runs by itself at the end of the turn. */
  flush(): void {
    this.#credit = CREDIT_A_TURN
    if (this.#link === undefined || !this.#open) return
    if (this.#end > this.#start) this.#chunks.push(this.#slab.subarray(this.#start, this.#end))
    if (this.#chunks.length > 0) this.#write(this.#link)
    if (this.#unsent < CONGESTED_BYTES) this.#takers.answer()
  }

  /** The link has sent everything that it took. */
  drained(): void {
    this.#unsent = 0
    if (this.#start === this.#end && this.#chunks.length === 0) {
      this.#start = 0
      this.#end = 0
    }
    this.#takers.answer()
  }

  /** Nothing more is written. What waits for being taken was taken by a link that is gone: at most once is what QoS 0 promises. */
  close(): void {
    this.#open = false
    this.#chunks = []
    this.#start = 0
    this.#end = 0
    this.#takers.answer()
  }

  #write(link: TransportLink): void {
    const chunks = this.#chunks
    this.#chunks = []
    this.lastSentMs = this.#options.clock.now()
    const taken = link.write(chunks)
    if (taken && this.#unsent === 0) {
      this.#start = 0
      this.#end = 0
      return
    }
    // The link still needs these bytes: the slab goes on behind them.
    for (const chunk of chunks) this.#unsent += chunk.length
    this.#start = this.#end
  }

  #advance(end: number): void {
    this.#end = end
    if (this.#flushing) return
    this.#flushing = true
    atEndOfTurn(this.#flushTurn)
  }

  readonly #flushTurn = (): void => {
    this.#flushing = false
    this.flush()
  }

  #byReference(bytes: Uint8Array): void {
    if (this.#end > this.#start) this.#chunks.push(this.#slab.subarray(this.#start, this.#end))
    this.#start = this.#end
    this.#chunks.push(bytes)
    this.#advance(this.#end)
  }

  #newSlab(): void {
    if (this.#end > this.#start) this.#chunks.push(this.#slab.subarray(this.#start, this.#end))
    this.#slab = new Uint8Array(SLAB_BYTES)
    this.#start = 0
    this.#end = 0
  }

  /** Properties of nearly a slab's size: a slab of their own, as large as it takes. */
  #growFor(publish: Publishable, packetId: number, dup: boolean): number {
    for (let size = this.#slab.length * 4; ; size *= 4) {
      this.#slab = new Uint8Array(size)
      const end = encodePublishHead(this.#slab, 0, publish, publish.payload.length, packetId, dup, this.version)
      if (end >= 0) return end
    }
  }

  #growSlab(needed: number, used: number): void {
    const grown = new Uint8Array(needed)
    grown.set(this.#slab.subarray(0, used))
    this.#slab = grown
  }
}

const NOTHING = new Uint8Array(0)

/** Stands where no link is: takes everything, writes nothing. */
export function closedPort(clock: Clock): Port {
  return new Port(undefined, { epoch: 0, version: 5, clock })
}

function fieldsOf({ topic, qos, retain, properties }: PublishHead): PublishHead {
  return { topic, qos, retain, properties }
}
