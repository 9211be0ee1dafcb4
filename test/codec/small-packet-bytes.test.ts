/**
 * The smaller packets byte by byte, annotated: acknowledgements, subscriptions, pings, DISCONNECT and AUTH.
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

const ack = <T extends "puback" | "pubrec" | "pubrel" | "pubcomp">(type: T, packetId: number, reasonCode = 0) => ({
  type,
  packetId,
  reasonCode,
  properties: NO_PROPERTIES,
})

const cases: readonly Case[] = [
  { what: "PUBACK of 3.1.1", version: 4, bytes: hex`40 02 ff fe`, packet: ack("puback", 65_534) },
  { what: "PUBREC of 3.1", version: 3, bytes: hex`50 02 00 01`, packet: ack("pubrec", 1) },
  { what: "PUBREL, flags 2", version: 5, bytes: hex`62 02 00 01`, packet: ack("pubrel", 1) },
  { what: "PUBCOMP in its short form", version: 5, bytes: hex`70 02 01 00`, packet: ack("pubcomp", 256) },
  { what: "PUBACK with a reason alone", version: 5, bytes: hex`40 03 00 07 10`, packet: ack("puback", 7, 0x10) },
  { what: "PUBCOMP for an unknown id", version: 5, bytes: hex`70 03 00 07 92`, packet: ack("pubcomp", 7, 0x92) },
  {
    what: "PUBREC with properties",
    version: 5,
    bytes: hex`
      50 12  00 07  97     # packet id 7, quota exceeded
      0e                   # 14 bytes of properties
      1f 00 04 "full"
      26 00 01 "n" 00 01 "v"
    `,
    packet: {
      type: "pubrec",
      packetId: 7,
      reasonCode: 0x97,
      properties: { reasonString: "full", userProperties: [["n", "v"]] },
    },
  },
  {
    what: "SUBSCRIBE of 3.1.1 to two filters",
    version: 4,
    bytes: hex`82 0d  00 0a  00 03 "a/b" 01  00 02 "c/" 00`,
    packet: {
      type: "subscribe",
      packetId: 10,
      subscriptions: [
        { topicFilter: "a/b", qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 },
        { topicFilter: "c/", qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 },
      ],
      properties: NO_PROPERTIES,
    },
  },
  {
    what: "SUBSCRIBE of 5 with options",
    version: 5,
    bytes: hex`
      82 10  00 01
      03 0b 80 01          # subscription identifier 128
      00 03 "+/#"  2e      # retain handling 2, retain as published, no local, QoS 2
      00 01 "x"    10      # retain handling 1, QoS 0
    `,
    packet: {
      type: "subscribe",
      packetId: 1,
      subscriptions: [
        { topicFilter: "+/#", qos: 2, noLocal: true, retainAsPublished: true, retainHandling: 2 },
        { topicFilter: "x", qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 1 },
      ],
      properties: { subscriptionIdentifier: 128 },
    },
  },
  {
    what: "SUBACK of 3.1.1 with a refusal",
    version: 4,
    bytes: hex`90 05  00 0a  01 02 80`,
    packet: { type: "suback", packetId: 10, reasonCodes: [1, 2, 0x80], properties: NO_PROPERTIES },
  },
  {
    what: "SUBACK of 5",
    version: 5,
    bytes: hex`90 0a  00 0a  05 1f 00 02 "ok"  00 87`,
    packet: { type: "suback", packetId: 10, reasonCodes: [0, 0x87], properties: { reasonString: "ok" } },
  },
  {
    what: "UNSUBSCRIBE of 3.1.1",
    version: 4,
    bytes: hex`a2 08  00 02  00 01 "a"  00 01 "b"`,
    packet: { type: "unsubscribe", packetId: 2, topicFilters: ["a", "b"], properties: NO_PROPERTIES },
  },
  {
    what: "UNSUBSCRIBE of 5",
    version: 5,
    bytes: hex`a2 0d  00 02  07 26 00 01 "k" 00 01 "v"  00 01 "a"`,
    packet: { type: "unsubscribe", packetId: 2, topicFilters: ["a"], properties: { userProperties: [["k", "v"]] } },
  },
  {
    what: "UNSUBACK of 3.1.1, which has no codes",
    version: 4,
    bytes: hex`b0 02  00 02`,
    packet: { type: "unsuback", packetId: 2, reasonCodes: [], properties: NO_PROPERTIES },
  },
  {
    what: "UNSUBACK of 5",
    version: 5,
    bytes: hex`b0 05  00 02  00  00 11`,
    packet: { type: "unsuback", packetId: 2, reasonCodes: [0, 0x11], properties: NO_PROPERTIES },
  },
  { what: "PINGREQ", version: 4, bytes: hex`c0 00`, packet: { type: "pingreq" } },
  { what: "PINGRESP", version: 5, bytes: hex`d0 00`, packet: { type: "pingresp" } },
  {
    what: "DISCONNECT of 3.1.1",
    version: 4,
    bytes: hex`e0 00`,
    packet: { type: "disconnect", reasonCode: 0, properties: NO_PROPERTIES },
  },
  {
    what: "DISCONNECT of 5 with a reason alone",
    version: 5,
    bytes: hex`e0 01 04`,
    packet: { type: "disconnect", reasonCode: 4, properties: NO_PROPERTIES },
  },
  {
    what: "DISCONNECT of 5 with success and properties",
    version: 5,
    bytes: hex`e0 07  00  05 11 00 00 00 00   # session expiry interval 0`,
    packet: { type: "disconnect", reasonCode: 0, properties: { sessionExpiryInterval: 0 } },
  },
  {
    what: "DISCONNECT that sends the client elsewhere",
    version: 5,
    bytes: hex`e0 0c  9d  0a 1c 00 07 "other:1"`,
    packet: { type: "disconnect", reasonCode: 0x9d, properties: { serverReference: "other:1" } },
  },
  {
    what: "AUTH in its short form of success",
    version: 5,
    bytes: hex`f0 00`,
    packet: { type: "auth", reasonCode: 0, properties: NO_PROPERTIES },
  },
  {
    what: "AUTH that goes on",
    version: 5,
    bytes: hex`f0 0c  18  0a  15 00 02 "SC"  16 00 02 01 02`,
    packet: {
      type: "auth",
      reasonCode: 0x18,
      properties: { authenticationMethod: "SC", authenticationData: Uint8Array.of(1, 2) },
    },
  },
]

describe("the smaller packets byte by byte", () => {
  it.each(cases)("writes a $what (version $version)", ({ packet, version, bytes }) => {
    expect(toHex(encode(packet, version))).toBe(toHex(bytes))
  })

  it.each(cases)("reads a $what (version $version)", ({ packet, version, bytes }) => {
    expect(decodePacket(bytes, version)).toEqual(packet)
  })
})

describe("forms that are read but not written", () => {
  const readOnly: readonly Case[] = [
    { what: "PUBACK with a needless code", version: 5, bytes: hex`40 03 00 07 00`, packet: ack("puback", 7) },
    { what: "PUBACK with needless properties", version: 5, bytes: hex`40 04 00 07 00 00`, packet: ack("puback", 7) },
    { what: "PUBREL of 3.1 sent again, with DUP", version: 3, bytes: hex`6a 02 00 07`, packet: ack("pubrel", 7) },
    {
      what: "PUBACK of 3.1.1 with a remaining length of two bytes where one would do",
      version: 4,
      bytes: hex`40 82 00 00 07`,
      packet: ack("puback", 7),
    },
    {
      what: "DISCONNECT with needless code and properties",
      version: 5,
      bytes: hex`e0 02 00 00`,
      packet: { type: "disconnect", reasonCode: 0, properties: NO_PROPERTIES },
    },
    {
      what: "CONNACK of 3.1 whose reserved byte is not 0",
      version: 3,
      bytes: hex`20 02 01 00`,
      packet: { type: "connack", sessionPresent: false, reasonCode: 0, properties: NO_PROPERTIES },
    },
    {
      what: "CONNECT of 3.1 that announces a user name and password that are not there",
      version: 3,
      bytes: hex`10 11  00 06 "MQIsdp" 03  c2  00 00  00 03 "abc"`,
      packet: {
        type: "connect",
        version: 3,
        clientId: "abc",
        cleanStart: true,
        keepAliveSeconds: 0,
        properties: NO_PROPERTIES,
      },
    },
  ]

  it.each(readOnly)("reads a $what", ({ packet, version, bytes }) => {
    expect(decodePacket(bytes, version)).toEqual(packet)
  })

  it("reads a CONNECT of any version, whatever the link spoke so far", () => {
    const packet = decodePacket(hex`10 0d  00 04 "MQTT" 05  02  00 00  00  00 00`, 4)
    expect(packet).toMatchObject({ type: "connect", version: 5 })
  })
})

describe("what a version cannot say", () => {
  it("is not written before MQTT 5: reason codes, properties, subscription options", () => {
    const properties = { reasonString: "full" }
    expect(encode({ type: "puback", packetId: 7, reasonCode: 0x97, properties }, 4)).toEqual(hex`40 02 00 07`)
    expect(encode({ type: "disconnect", reasonCode: 0x81, properties }, 4)).toEqual(hex`e0 00`)
    const subscriptions = [
      { topicFilter: "a", qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 },
    ] as const
    expect(
      encode({ type: "subscribe", packetId: 1, subscriptions, properties: { subscriptionIdentifier: 9 } }, 4),
    ).toEqual(hex`82 06  00 01  00 01 "a" 01`)
  })
})
