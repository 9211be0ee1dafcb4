/**
 * A million inputs that are nearly MQTT: packets with bytes changed, cut, doubled, put together, in chunks of any size.
 * The decoder throws nothing but MalformedPacketError, keeps no more than it was given, and whatever it accepts can be
 * sent again. The same inputs in every run.
 */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  Decoder,
  decodePacket,
  encode,
  MalformedPacketError,
  type Packet,
  type ProtocolVersion,
} from "../../src/codec/index.js"
import { anyPacket, VERSIONS } from "../support/arbitrary-packets.js"
import { toHex } from "../support/hex.js"

const INPUTS = 1_000_000
const SEED = 20_260_704
const MAXIMUM_PACKET_BYTES = 100_000

describe("a million mutated inputs", () => {
  it("give packets or MalformedPacketError, and never more kept than arrived", () => {
    const random = randomIntegers(SEED)
    const corpus = VERSIONS.map((version) => ({
      version,
      packets: fc.sample(anyPacket(version), { numRuns: 2000, seed: SEED }).map((packet) => encode(packet, version)),
    }))
    const counts = { malformed: 0, accepted: 0 }
    for (let input = 0; input < INPUTS; input++) {
      const { version, packets } = pick(corpus, random)
      const bytes = mutated(pick(packets, random), pick(packets, random), random)
      const accepted: Accepted[] = []
      const error = errorOf(() => decodeInChunks(bytes, version, random, accepted))
      if (error !== undefined && !(error instanceof MalformedPacketError)) {
        throw new Error(`on ${toHex(bytes)}`, { cause: error })
      }
      for (const one of accepted) checkSendable(one)
      counts.accepted += accepted.length
      if (error !== undefined) counts.malformed++
    }
    // The mutations are neither all fatal nor all harmless: both ways were walked often.
    expect(counts.malformed).toBeGreaterThan(INPUTS / 5)
    expect(counts.accepted).toBeGreaterThan(INPUTS / 5)
  })
})

/** A packet that was accepted, as bytes again: its views do not outlive `onPacket`. */
interface Accepted {
  readonly version: ProtocolVersion
  readonly bytes: Uint8Array
}

function decodeInChunks(bytes: Uint8Array, version: ProtocolVersion, random: Random, accepted: Accepted[]): void {
  const decoder = new Decoder({
    version,
    maximumPacketBytes: MAXIMUM_PACKET_BYTES,
    onPacket: (packet) => {
      if (!isReadOnly(packet)) accepted.push({ version: decoder.version, bytes: encode(packet, decoder.version) })
    },
  })
  let at = 0
  while (at < bytes.length) {
    const end = random(3) === 0 ? at + 1 + random(20) : bytes.length
    decoder.push(bytes.slice(at, end))
    at = end
    if (decoder.bufferedBytes > 2 * at + 4096) throw new Error(`${decoder.bufferedBytes} bytes kept of ${at}`)
  }
}

/** What servers must read but clients may not send: their answer to it is a CONNACK, not a closed link. */
function isReadOnly(packet: Packet): boolean {
  if (packet.type !== "connect" || packet.version === 5) return false
  return packet.clientId === "" || (packet.version === 3 && packet.username === undefined)
}

/** What was accepted and sent again comes back the same. */
function checkSendable({ version, bytes }: Accepted): void {
  const again = encode(decodePacket(bytes, version), version)
  if (Buffer.compare(again, bytes) !== 0) throw new Error(`came back changed: ${toHex(bytes)}`)
}

function errorOf(act: () => void): unknown {
  try {
    act()
    return undefined
  } catch (error) {
    return error
  }
}

function mutated(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const copy = Array.from(bytes)
  const times = 1 + random(3)
  for (let time = 0; time < times; time++) {
    const at = random(copy.length + 1)
    switch (random(8)) {
      case 0:
        copy[at] = random(256)
        break
      case 1:
        copy[at] = (copy[at] ?? 0) ^ (1 << random(8))
        break
      case 2:
        copy[at] = pick(EDGES, random)
        break
      case 3:
        copy.splice(at, 1 + random(4))
        break
      case 4:
        copy.splice(at, 0, random(256), random(256))
        break
      case 5:
        copy.splice(at, copy.length, ...other.subarray(random(other.length)))
        break
      case 6:
        copy.push(...other)
        break
      case 7:
        // The remaining length, where it is one byte: the favourite of real attackers.
        copy[1] = random(256)
        break
    }
  }
  return Uint8Array.from(copy)
}

const EDGES = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x26, 0x0b, 0xed, 0xc0]

type Random = (below: number) => number

/** A small generator of integers of its own (xorshift), the same on every machine. */
function randomIntegers(seed: number): Random {
  let state = seed | 0
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[random(list.length)] as T
}
