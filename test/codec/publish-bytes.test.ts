/**
 * PUBLISH byte by byte, annotated: what is on the left of a `#` is on the wire, in both directions.
 */
import { describe, expect, it } from "vitest"
import { decodePacket, encode, NO_PROPERTIES, type Packet, type ProtocolVersion } from "../../src/codec/index.js"
import { hex, toHex } from "../support/hex.js"

interface Case {
  readonly what: string
  readonly version: ProtocolVersion
  readonly bytes: Uint8Array
  readonly packet: Packet
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

const publishes: readonly Case[] = [
  {
    what: "PUBLISH of QoS 0, which has no packet identifier",
    version: 4,
    bytes: hex`30 06  00 03 "a/b"  "!"`,
    packet: {
      type: "publish",
      topic: "a/b",
      payload: text("!"),
      qos: 0,
      retain: false,
      dup: false,
      packetId: 0,
      properties: NO_PROPERTIES,
    },
  },
  {
    what: "PUBLISH of QoS 2, sent again, retained, without payload",
    version: 4,
    bytes: hex`3d 06  00 02 c3 a9  12 34   # topic "é", packet id 0x1234`,
    packet: {
      type: "publish",
      topic: "é",
      payload: new Uint8Array(0),
      qos: 2,
      retain: true,
      dup: true,
      packetId: 0x1234,
      properties: NO_PROPERTIES,
    },
  },
  {
    what: "PUBLISH of 5 with every property",
    version: 5,
    bytes: hex`
      32 31
      00 01 "t"
      00 0a
      2a                   # 42 bytes of properties
      01 01                # payload format: UTF-8
      02 00 00 00 3c       # message expiry 60 s
      23 00 05             # topic alias 5
      08 00 03 "r/s"       # response topic
      09 00 02 de ad       # correlation data
      26 00 02 "un" 00 02 "uv"
      0b 01                # subscription identifier 1
      0b ff ff ff 7f       # and 268 435 455
      03 00 02 "ct"        # content type
      "x"
    `,
    packet: {
      type: "publish",
      topic: "t",
      payload: text("x"),
      qos: 1,
      retain: false,
      dup: false,
      packetId: 10,
      properties: {
        payloadFormatIndicator: 1,
        messageExpiryInterval: 60,
        topicAlias: 5,
        responseTopic: "r/s",
        correlationData: Uint8Array.of(0xde, 0xad),
        userProperties: [["un", "uv"]],
        subscriptionIdentifiers: [1, 268_435_455],
        contentType: "ct",
      },
    },
  },
  {
    what: "PUBLISH of 5 whose alias stands for its topic",
    version: 5,
    bytes: hex`30 07  00 00  03  23 00 01  "y"`,
    packet: {
      type: "publish",
      topic: "",
      payload: text("y"),
      qos: 0,
      retain: false,
      dup: false,
      packetId: 0,
      properties: { topicAlias: 1 },
    },
  },
]

describe("PUBLISH byte by byte", () => {
  it.each(publishes)("writes a $what", ({ packet, version, bytes }) => {
    expect(toHex(encode(packet, version))).toBe(toHex(bytes))
  })

  it.each(publishes)("reads a $what", ({ packet, version, bytes }) => {
    expect(decodePacket(bytes, version)).toEqual(packet)
  })
})
