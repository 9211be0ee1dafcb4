/**
 * The framer: sizes, limits, stopping, what is kept, and the answer of an older server.
 */
import { describe, expect, it } from "vitest"
import { Decoder, encode, MalformedPacketError, NO_PROPERTIES, type Packet } from "../../src/codec/index.js"
import { hex } from "../support/hex.js"

const publishOf = (payloadBytes: number): Uint8Array =>
  encode(
    {
      type: "publish",
      topic: "a",
      payload: new Uint8Array(payloadBytes).fill(7),
      qos: 0,
      retain: false,
      dup: false,
      packetId: 0,
      properties: NO_PROPERTIES,
    },
    4,
  )

describe("packets", () => {
  it("come with their size on the wire, many from one chunk", () => {
    const { decoder, seen } = recordingDecoder()
    decoder.push(hex`c0 00  40 02 00 01  30 04 00 01 "a" "x"`)
    expect(seen.map(({ packet, bytes }) => [packet.type, bytes])).toEqual([
      ["pingreq", 2],
      ["puback", 4],
      ["publish", 6],
    ])
  })

  it("have payloads that are views into the chunk, plain Uint8Arrays even from a Buffer", () => {
    const chunk = Buffer.from(hex`30 05 00 01 "a" "xy"`)
    const payloads: Uint8Array[] = []
    const decoder = new Decoder({
      version: 4,
      maximumPacketBytes: 100,
      onPacket: (packet) => packet.type === "publish" && payloads.push(packet.payload),
    })
    decoder.push(chunk)
    expect(payloads[0]?.constructor).toBe(Uint8Array)
    expect(payloads[0]?.buffer).toBe(chunk.buffer)
    expect(payloads[0]).toEqual(hex`"xy"`)
  })

  it("without properties share the one frozen empty object", () => {
    const { decoder, seen } = recordingDecoder({ version: 5 })
    decoder.push(hex`40 02 00 01  40 03 00 01 10  30 04 00 01 "a" 00  e0 00`)
    for (const { packet } of seen) expect("properties" in packet && packet.properties).toBe(NO_PROPERTIES)
    expect(Object.isFrozen(NO_PROPERTIES)).toBe(true)
  })

  it("read the version from the decoder at the time, and a CONNECT sets it", () => {
    const { decoder, seen } = recordingDecoder({ version: 4 })
    decoder.push(hex`10 0d 00 04 "MQTT" 05 02 00 00 00 00 00  30 04 00 01 "a" 00`)
    expect(decoder.version).toBe(5)
    decoder.version = 4
    decoder.push(hex`30 04 00 01 "a" 00`)
    expect(seen.map(({ packet }) => packet.type === "publish" && packet.payload.length)).toEqual([false, 0, 1])
  })
})

describe("a packet that is too large", () => {
  it("is refused with 0x95 as soon as its length is known, and nothing is kept", () => {
    const { decoder } = recordingDecoder({ maximumPacketBytes: 1000 })
    decoder.push(hex`30`)
    expect(reasonOf(() => decoder.push(hex`e6 07`))).toBe(0x95)
    expect(decoder.bufferedBytes).toBe(0)
  })

  it("is one byte more than the limit, fixed header included", () => {
    const fits = publishOf(500)
    const { decoder, seen } = recordingDecoder({ maximumPacketBytes: fits.length })
    decoder.push(fits)
    expect(seen).toHaveLength(1)
    expect(reasonOf(() => decoder.push(publishOf(501)))).toBe(0x95)
  })
})

describe("partial packets", () => {
  it("are refused for their first byte before the rest arrives", () => {
    const { decoder } = recordingDecoder()
    expect(reasonOf(() => decoder.push(hex`36`))).toBe(0x81)
  })

  it("claim memory by what has arrived, not by what their length promises", () => {
    const { decoder } = recordingDecoder({ maximumPacketBytes: 268_435_455 })
    decoder.push(hex`30 ff ff ff 7e`)
    expect(decoder.bufferedBytes).toBeLessThanOrEqual(4096)
    decoder.push(hex`00 01 "a"`)
    decoder.push(new Uint8Array(100_000))
    expect(decoder.bufferedBytes).toBeLessThanOrEqual(2 * 100_008)
  })

  it("give their memory back when they are whole", () => {
    const { decoder, seen } = recordingDecoder({ maximumPacketBytes: 1_000_000 })
    const bytes = publishOf(300_000)
    for (let at = 0; at < bytes.length; at += 1000) decoder.push(bytes.subarray(at, at + 1000))
    expect(seen.map((one) => one.bytes)).toEqual([bytes.length])
    expect(decoder.bufferedBytes).toBe(0)
  })

  it("are followed by what the same chunk holds after them", () => {
    const { decoder, seen } = recordingDecoder()
    decoder.push(hex`c0 00 40`)
    decoder.push(hex`02 00 01 d0 00 30 04 00`)
    decoder.push(hex`01 "a" "x" c0 00`)
    expect(seen.map(({ packet }) => packet.type)).toEqual(["pingreq", "puback", "pingresp", "publish", "pingreq"])
  })

  it("wait through empty chunks", () => {
    const { decoder, seen } = recordingDecoder()
    for (const chunk of [hex``, hex`40`, hex``, hex`02 00`, hex``, hex`01`]) decoder.push(chunk)
    expect(seen).toHaveLength(1)
  })
})

describe("stopping", () => {
  it("from within onPacket delivers nothing more of that chunk, nor of later ones", () => {
    const seen: Packet[] = []
    const decoder = new Decoder({
      version: 4,
      maximumPacketBytes: 100,
      onPacket: (packet) => {
        seen.push(packet)
        decoder.stop()
      },
    })
    decoder.push(hex`c0 00 c0 00 40`)
    decoder.push(hex`02 00 01 c0 00`)
    expect(seen).toEqual([{ type: "pingreq" }])
    expect(decoder.bufferedBytes).toBe(0)
  })

  it("from within onPacket of a partial packet delivers nothing more either", () => {
    let seen = 0
    const decoder = new Decoder({
      version: 4,
      maximumPacketBytes: 100,
      onPacket: () => {
        seen++
        decoder.stop()
      },
    })
    decoder.push(hex`c0`)
    decoder.push(hex`00 c0 00 40`)
    expect([seen, decoder.bufferedBytes]).toEqual([1, 0])
  })

  it("is what an error does: later bytes are ignored", () => {
    const { decoder, seen } = recordingDecoder()
    expect(reasonOf(() => decoder.push(hex`c0 00  00 00  c0 00`))).toBe(0x81)
    decoder.push(hex`c0 00`)
    decoder.push(hex`00 00`)
    expect(seen).toHaveLength(1)
  })

  it("is what an error in onPacket does, and the error comes out of push", () => {
    const crash = new Error("crash")
    let seen = 0
    const decoder = new Decoder({
      version: 4,
      maximumPacketBytes: 100,
      onPacket: () => {
        seen++
        throw crash
      },
    })
    expect(() => decoder.push(hex`c0 00 c0 00`)).toThrow(crash)
    decoder.push(hex`c0 00`)
    expect(seen).toBe(1)
  })
})

describe("while a CONNACK of 5 is awaited", () => {
  it.each([1, 2, 3, 4, 5])("takes 3.1.1's refusal %i, whole and byte by byte", (returnCode) => {
    const bytes = Uint8Array.of(0x20, 2, 0, returnCode)
    for (const chunks of [[bytes], Array.from(bytes, (byte) => Uint8Array.of(byte))]) {
      const { decoder, seen } = recordingDecoder({ version: 5 })
      decoder.awaitConnack()
      for (const chunk of chunks) decoder.push(chunk)
      expect(seen).toEqual([
        { packet: { type: "connack", sessionPresent: false, reasonCode: returnCode, properties: {} }, bytes: 4 },
      ])
    }
  })

  it.each([
    ["an acceptance in the words of 3.1.1", hex`20 02 00 00`],
    ["a session in a refusal", hex`20 02 01 01`],
    ["an unknown return code", hex`20 02 00 06`],
  ])("refuses %s", (_what, bytes) => {
    const { decoder } = recordingDecoder({ version: 5 })
    decoder.awaitConnack()
    expect(reasonOf(() => decoder.push(bytes))).toBe(0x82)
  })

  it("takes a CONNACK of 5 as well", () => {
    const { decoder, seen } = recordingDecoder({ version: 5 })
    decoder.awaitConnack()
    decoder.push(hex`20 03 00 84 00`)
    expect(seen).toMatchObject([{ packet: { reasonCode: 0x84 } }])
  })

  it("takes the older form for the first packet only", () => {
    const { decoder } = recordingDecoder({ version: 5 })
    decoder.awaitConnack()
    decoder.push(hex`20 03 00 00 00`)
    expect(reasonOf(() => decoder.push(hex`20 02 00 01`))).toBe(0x82)
  })
})

function recordingDecoder(options: { version?: 3 | 4 | 5; maximumPacketBytes?: number } = {}) {
  const seen: { packet: Packet; bytes: number }[] = []
  const onPacket = (packet: Packet, bytes: number) => seen.push({ packet, bytes })
  const decoder = new Decoder({ version: 4, maximumPacketBytes: 1000, ...options, onPacket })
  return { decoder, seen }
}

function reasonOf(act: () => void): number | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof MalformedPacketError) return error.reasonCode
    throw error
  }
}
