/**
 * What is encoded comes back as it was, for every packet in every version; the hot path and the general way agree;
 * and no cut of the bytes makes a difference.
 */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Decoder, decodePacket, encode, encodeInto, type Packet, publishSize } from "../../src/codec/index.js"
import { anyPacket, packetOf, packetTypes, VERSIONS } from "../support/arbitrary-packets.js"

const cases = VERSIONS.flatMap((version) => packetTypes(version).map((type) => ({ version, type })))

describe("round trip", () => {
  it.each(cases)("brings back every $type of version $version as it was", ({ type, version }) => {
    fc.assert(
      fc.property(packetOf(type, version), (packet) => {
        expect(decodePacket(encode(packet, version), version)).toEqual(packet)
      }),
      { numRuns: 200 },
    )
  })

  it.each(cases)("decodes a $type of version $version on the hot path as in general", ({ type, version }) => {
    fc.assert(
      fc.property(packetOf(type, version), (packet) => {
        const bytes = encode(packet, version)
        const sizes: number[] = []
        const packets = decodeChunks([bytes], version, (size) => sizes.push(size))
        expect(packets).toEqual([decodePacket(bytes, version)])
        expect(sizes).toEqual([bytes.length])
      }),
      { numRuns: 100 },
    )
  })

  it.each(cases)(
    "writes the same bytes for a $type of version $version into a caller's buffer",
    ({ type, version }) => {
      fc.assert(
        fc.property(packetOf(type, version), fc.nat({ max: 20 }), (packet, offset) => {
          const bytes = encode(packet, version)
          const roomy = new Uint8Array(offset + bytes.length + 20)
          expect(encodeInto(packet, version, roomy, offset)).toBe(offset + bytes.length)
          expect(roomy.subarray(offset, offset + bytes.length)).toEqual(bytes)

          const exact = new Uint8Array(offset + bytes.length)
          expect(encodeInto(packet, version, exact, offset)).toBe(exact.length)
          expect(exact.subarray(offset)).toEqual(bytes)
          expect(exact.subarray(0, offset).every((byte) => byte === 0)).toBe(true)

          for (const missing of [1, 2, bytes.length]) {
            expect(encodeInto(packet, version, new Uint8Array(exact.length - missing), offset)).toBe(-1)
          }
        }),
        { numRuns: 100 },
      )
    },
  )

  it.each(VERSIONS)("knows the size of a PUBLISH of version %i without writing it", (version) => {
    fc.assert(
      fc.property(packetOf("publish", version), (packet) => {
        if (packet.type !== "publish") return
        expect(publishSize(packet, packet.payload.length, version)).toBe(encode(packet, version).length)
      }),
    )
  })
})

describe("framing", () => {
  it.each(VERSIONS)("gives the same packets of version %i however the bytes are cut", (version) => {
    const stream = fc.array(anyPacket(version), { minLength: 1, maxLength: 8 })
    const cuts = fc.array(fc.nat({ max: 2000 }), { maxLength: 12 })
    fc.assert(
      fc.property(stream, cuts, (packets, positions) => {
        const bytes = concatenate(packets.map((packet) => encode(packet, version)))
        const ends = [...new Set(positions.map((position) => position % bytes.length)), bytes.length]
        ends.sort((a, b) => a - b)
        const chunks = ends.map((end, index) => bytes.slice(ends[index - 1] ?? 0, end))
        expect(decodeChunks(chunks, version)).toEqual(packets)
      }),
      { numRuns: 300 },
    )
  })

  it.each(VERSIONS)("gives the same packets of version %i byte by byte", (version) => {
    fc.assert(
      fc.property(fc.array(anyPacket(version), { minLength: 1, maxLength: 4 }), (packets) => {
        const bytes = concatenate(packets.map((packet) => encode(packet, version)))
        expect(
          decodeChunks(
            Array.from(bytes, (byte) => Uint8Array.of(byte)),
            version,
          ),
        ).toEqual(packets)
      }),
      { numRuns: 100 },
    )
  })
})

/** Each chunk is overwritten after it was taken, as a transport's one static buffer is. */
function decodeChunks(
  chunks: readonly Uint8Array[],
  version: 3 | 4 | 5,
  onSize: (bytes: number) => void = () => {},
): Packet[] {
  const packets: Packet[] = []
  const decoder = new Decoder({
    version,
    maximumPacketBytes: 268_435_455,
    onPacket: (packet, bytes) => {
      packets.push(structuredClone(packet))
      onSize(bytes)
    },
  })
  for (const chunk of chunks) {
    const copy = chunk.slice()
    decoder.push(copy)
    copy.fill(0xff)
  }
  return packets
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}
