/**
 * What may not be sent throws a typed error that names the field, on every way to bytes, whether or not there is room.
 */
import { describe, expect, it } from "vitest"
import {
  encode,
  encodeAckInto,
  encodeInto,
  encodePublishHead,
  InvalidPacketError,
  NO_PROPERTIES,
  type Packet,
  type ProtocolVersion,
  publishSize,
} from "../../src/codec/index.js"

const connect = {
  type: "connect",
  version: 5,
  clientId: "c",
  cleanStart: true,
  keepAliveSeconds: 60,
  properties: NO_PROPERTIES,
} as const
const will = { topic: "w", payload: new Uint8Array(0), qos: 0, retain: false, properties: NO_PROPERTIES } as const
const publish = {
  type: "publish",
  topic: "a",
  payload: new Uint8Array(0),
  qos: 1,
  retain: false,
  dup: false,
  packetId: 1,
  properties: NO_PROPERTIES,
} as const
const puback = { type: "puback", packetId: 1, reasonCode: 0, properties: NO_PROPERTIES } as const
const subscription = { topicFilter: "a", qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const
const subscribe = { type: "subscribe", packetId: 1, subscriptions: [subscription], properties: NO_PROPERTIES } as const
const connack = { type: "connack", sessionPresent: false, reasonCode: 0, properties: NO_PROPERTIES } as const
const long = "x".repeat(65_536)

const rows: readonly (readonly [what: string, version: ProtocolVersion, packet: object, field: string])[] = [
  ["another version's CONNECT", 4, connect, "version"],
  [
    "an empty client id in 3.1.1 without a clean session",
    4,
    { ...connect, version: 4, clientId: "", cleanStart: false },
    "clientId",
  ],
  ["an empty client id in 3.1", 3, { ...connect, version: 3, clientId: "" }, "clientId"],
  ["a client id with U+0000 [MQTT-1.5.4-2]", 5, { ...connect, clientId: "a\0b" }, "clientId"],
  ["a long client id with U+0000", 5, { ...connect, clientId: `${"x".repeat(100)}\0` }, "clientId"],
  [
    "a user name with half a surrogate pair [MQTT-1.5.4-1]",
    4,
    { ...connect, version: 4, username: "\udc22" },
    "username",
  ],
  ["a client id that is too long", 5, { ...connect, clientId: long }, "clientId"],
  ["a password alone in 3.1.1", 4, { ...connect, version: 4, password: new Uint8Array(1) }, "password"],
  ["a keep alive that is too long", 5, { ...connect, keepAliveSeconds: 65_536 }, "keepAliveSeconds"],
  ["a will with QoS 3", 5, { ...connect, will: { ...will, qos: 3 } }, "will.qos"],
  ["a will topic with a wildcard", 5, { ...connect, will: { ...will, topic: "a/#" } }, "will.topic"],
  ["a will that is too large", 5, { ...connect, will: { ...will, payload: new Uint8Array(65_536) } }, "will.payload"],
  ["receive maximum 0", 5, { ...connect, properties: { receiveMaximum: 0 } }, "properties.receiveMaximum"],
  [
    "a boolean that is a number",
    5,
    { ...connect, properties: { requestProblemInformation: 1 } },
    "properties.requestProblemInformation",
  ],
  [
    "authentication data alone",
    5,
    { ...connect, properties: { authenticationData: new Uint8Array(1) } },
    "properties.authenticationData",
  ],
  ["session present in a refusal", 5, { ...connack, sessionPresent: true, reasonCode: 0x87 }, "sessionPresent"],
  ["a 3.1.1 return code in 5", 5, { ...connack, reasonCode: 5 }, "reasonCode"],
  ["a reason code in 3.1.1", 4, { ...connack, reasonCode: 0x87 }, "reasonCode"],
  ["a maximum QoS of 2", 5, { ...connack, properties: { maximumQos: 2 } }, "properties.maximumQos"],
  ["QoS 3", 5, { ...publish, qos: 3 }, "qos"],
  ["DUP with QoS 0 [MQTT-3.3.1-2]", 5, { ...publish, qos: 0, dup: true }, "dup"],
  ["id 0 with QoS 1 [MQTT-2.2.1-3]", 5, { ...publish, packetId: 0 }, "packetId"],
  ["id 65 536", 5, { ...publish, packetId: 65_536 }, "packetId"],
  ["a broken id", 4, { ...publish, packetId: 1.5 }, "packetId"],
  ["an empty topic without an alias", 5, { ...publish, topic: "" }, "topic"],
  ["an empty topic in 3.1.1, whatever the alias", 4, { ...publish, topic: "", properties: { topicAlias: 1 } }, "topic"],
  ["a topic with + [MQTT-3.3.2-2]", 4, { ...publish, topic: "a/+" }, "topic"],
  ["a topic with # [MQTT-3.3.2-2]", 5, { ...publish, topic: "#", properties: { topicAlias: 1 } }, "topic"],
  ["a topic with U+0000 [MQTT-4.7.3-2]", 4, { ...publish, topic: "a\0b" }, "topic"],
  ["a topic with half a surrogate pair [MQTT-1.5.4-1]", 4, { ...publish, topic: "a\ud800b" }, "topic"],
  ["a topic that is too long [MQTT-4.7.3-3]", 4, { ...publish, topic: long }, "topic"],
  ["a topic that is too long in bytes", 4, { ...publish, topic: "é".repeat(32_768) }, "topic"],
  ["topic alias 0 [MQTT-3.3.2-8]", 5, { ...publish, properties: { topicAlias: 0 } }, "properties.topicAlias"],
  [
    "an expiry beyond four bytes",
    5,
    { ...publish, properties: { messageExpiryInterval: 2 ** 32 } },
    "properties.messageExpiryInterval",
  ],
  [
    "a response topic with a wildcard",
    5,
    { ...publish, properties: { responseTopic: "+" } },
    "properties.responseTopic",
  ],
  [
    "payload format 2",
    5,
    { ...publish, properties: { payloadFormatIndicator: 2 } },
    "properties.payloadFormatIndicator",
  ],
  ["another packet's property", 5, { ...publish, properties: { receiveMaximum: 5 } }, "properties.receiveMaximum"],
  ["a property that nobody has", 5, { ...publish, properties: { colour: "red" } }, "properties.colour"],
  [
    "user properties as an object",
    5,
    { ...publish, properties: { userProperties: { a: "b" } } },
    "properties.userProperties",
  ],
  [
    "a user property of three",
    5,
    { ...publish, properties: { userProperties: [["a", "b", "c"]] } },
    "properties.userProperties",
  ],
  [
    "a user property that is a number",
    5,
    { ...publish, properties: { userProperties: [["a", 1]] } },
    "properties.userProperties",
  ],
  [
    "subscription identifier 0",
    5,
    { ...publish, properties: { subscriptionIdentifiers: [0] } },
    "properties.subscriptionIdentifiers",
  ],
  [
    "correlation data that are a text",
    5,
    { ...publish, properties: { correlationData: "x" } },
    "properties.correlationData",
  ],
  [
    "correlation data that are too long",
    5,
    { ...publish, properties: { correlationData: new Uint8Array(65_536) } },
    "properties.correlationData",
  ],
  ["an acknowledgement with id 0", 5, { ...puback, packetId: 0 }, "packetId"],
  ["an acknowledgement of 3.1.1 with id 0", 4, { ...puback, packetId: 0 }, "packetId"],
  ["a PUBACK with a code of PUBCOMP", 5, { ...puback, reasonCode: 0x92 }, "reasonCode"],
  ["a PUBCOMP with a code of PUBACK", 5, { ...puback, type: "pubcomp", reasonCode: 0x97 }, "reasonCode"],
  ["a SUBSCRIBE to nothing", 5, { ...subscribe, subscriptions: [] }, "subscriptions"],
  [
    "a SUBSCRIBE with a misplaced #",
    5,
    { ...subscribe, subscriptions: [{ ...subscription, topicFilter: "a#" }] },
    "topicFilter",
  ],
  ["a SUBSCRIBE with QoS 3", 4, { ...subscribe, subscriptions: [{ ...subscription, qos: 3 }] }, "qos"],
  ["retain handling 3", 5, { ...subscribe, subscriptions: [{ ...subscription, retainHandling: 3 }] }, "retainHandling"],
  [
    "no local on a shared subscription",
    5,
    { ...subscribe, subscriptions: [{ ...subscription, topicFilter: "$share/g/a", noLocal: true }] },
    "noLocal",
  ],
  [
    "a SUBACK without codes",
    5,
    { type: "suback", packetId: 1, reasonCodes: [], properties: NO_PROPERTIES },
    "reasonCodes",
  ],
  [
    "a SUBACK with code 3",
    4,
    { type: "suback", packetId: 1, reasonCodes: [3], properties: NO_PROPERTIES },
    "reasonCode",
  ],
  [
    "an UNSUBSCRIBE from nothing",
    4,
    { type: "unsubscribe", packetId: 1, topicFilters: [], properties: NO_PROPERTIES },
    "topicFilters",
  ],
  [
    "a DISCONNECT with a code of CONNACK",
    5,
    { type: "disconnect", reasonCode: 0x84, properties: NO_PROPERTIES },
    "reasonCode",
  ],
  ["an AUTH before MQTT 5", 4, { type: "auth", reasonCode: 0, properties: NO_PROPERTIES }, "type"],
  [
    "an AUTH without its method",
    5,
    { type: "auth", reasonCode: 0x18, properties: NO_PROPERTIES },
    "properties.authenticationMethod",
  ],
  ["a packet that is none", 5, { type: "hello" }, "type"],
]

describe("what may not be encoded", () => {
  it.each(rows)("%s (version %i)", (_what, version, packet, field) => {
    // As plain JavaScript could give it: the types exclude many of these.
    const wrong = packet as unknown as Packet
    expect(refusedField(() => encode(wrong, version))).toBe(field)
    expect(refusedField(() => encodeInto(wrong, version, new Uint8Array(300_000), 7))).toBe(field)
    expect(refusedField(() => encodeInto(wrong, version, new Uint8Array(0), 0))).toBe(field)
  })

  it("a PUBLISH beyond the greatest remaining length", () => {
    const head = (payloadLength: number) =>
      encodePublishHead(new Uint8Array(100), 0, publish, payloadLength, 1, false, 4)
    expect(refusedField(() => head(268_435_456))).toBe("payload.length")
    expect(refusedField(() => head(268_435_455))).toBe("packet")
    expect(head(268_435_450)).toBe(10)
    expect(publishSize(publish, 268_435_450, 4)).toBe(268_435_460)
  })
})

describe("room", () => {
  it("is asked for by -1 and not by an error, and an offset beyond the end is no room", () => {
    expect(encodeAckInto(new Uint8Array(3), 0, "puback", 1, 0, NO_PROPERTIES, 5)).toBe(-1)
    expect(encodeAckInto(new Uint8Array(4), 0, "puback", 1, 0x10, NO_PROPERTIES, 5)).toBe(-1)
    expect(encodePublishHead(new Uint8Array(5), 5, publish, 0, 1, false, 5)).toBe(-1)
  })

  it("for the payload is the caller's matter in a PUBLISH's head", () => {
    expect(encodePublishHead(new Uint8Array(8), 0, publish, 100, 1, false, 5)).toBe(8)
  })
})

function refusedField(act: () => unknown): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof InvalidPacketError && error.code === "invalid_packet") return error.field
    throw error
  }
}
