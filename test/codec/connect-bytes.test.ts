/**
 * CONNECT and CONNACK byte by byte, annotated: what is on the left of a `#` is on the wire, in both directions.
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

const connects: readonly Case[] = [
  {
    what: "CONNECT of 3.1 by its old protocol name",
    version: 3,
    bytes: hex`
      10 11                # CONNECT, 17 bytes follow
      00 06 "MQIsdp" 03    # protocol name, level
      02                   # clean session
      00 3c                # keep alive 60 s
      00 03 "abc"          # client id
    `,
    packet: {
      type: "connect",
      version: 3,
      clientId: "abc",
      cleanStart: true,
      keepAliveSeconds: 60,
      properties: NO_PROPERTIES,
    },
  },
  {
    what: "CONNECT of 3.1.1 with everything",
    version: 4,
    bytes: hex`
      10 1c
      00 04 "MQTT" 04
      ee                   # user name, password, will retain, will QoS 1, will, clean session
      00 0a                # keep alive 10 s
      00 01 "c"            # client id
      00 01 "w"            # will topic
      00 02 "by"           # will payload
      00 01 "u"            # user name
      00 03 00 ff 01       # password
    `,
    packet: {
      type: "connect",
      version: 4,
      clientId: "c",
      cleanStart: true,
      keepAliveSeconds: 10,
      username: "u",
      password: Uint8Array.of(0, 0xff, 1),
      will: { topic: "w", payload: text("by"), qos: 1, retain: true, properties: NO_PROPERTIES },
      properties: NO_PROPERTIES,
    },
  },
  {
    what: "CONNECT of 5 with properties of its own and of its will",
    version: 5,
    bytes: hex`
      10 39
      00 04 "MQTT" 05
      14                   # will QoS 2, will
      ff ff                # keep alive 65 535 s
      1b                   # 27 bytes of properties
      11 00 00 01 2c       # session expiry interval 300 s
      21 00 0a             # receive maximum 10
      27 00 10 00 00       # maximum packet size 1 MiB
      22 00 00             # topic alias maximum 0
      19 01                # request response information
      17 00                # no problem information
      26 00 01 "k" 00 01 "v"
      00 00                # client id: the server's choice
      0b                   # 11 bytes of will properties
      18 00 00 00 05       # will delay interval 5 s
      01 01                # payload is UTF-8
      03 00 01 "t"         # content type
      00 01 "w"
      00 00
    `,
    packet: {
      type: "connect",
      version: 5,
      clientId: "",
      cleanStart: false,
      keepAliveSeconds: 65_535,
      will: {
        topic: "w",
        payload: new Uint8Array(0),
        qos: 2,
        retain: false,
        properties: { willDelayInterval: 5, payloadFormatIndicator: 1, contentType: "t" },
      },
      properties: {
        sessionExpiryInterval: 300,
        receiveMaximum: 10,
        maximumPacketSize: 1_048_576,
        topicAliasMaximum: 0,
        requestResponseInformation: true,
        requestProblemInformation: false,
        userProperties: [["k", "v"]],
      },
    },
  },
  {
    what: "CONNECT of 5 with a password but no user name",
    version: 5,
    bytes: hex`10 13  00 04 "MQTT" 05  40  00 00  00  00 00  00 04 "pass"`,
    packet: {
      type: "connect",
      version: 5,
      clientId: "",
      cleanStart: false,
      keepAliveSeconds: 0,
      password: text("pass"),
      properties: NO_PROPERTIES,
    },
  },
]

const connacks: readonly Case[] = [
  {
    what: "CONNACK of 3.1.1",
    version: 4,
    bytes: hex`20 02  01  00   # session present, accepted`,
    packet: { type: "connack", sessionPresent: true, reasonCode: 0, properties: NO_PROPERTIES },
  },
  {
    what: "CONNACK of 3.1 that refuses",
    version: 3,
    bytes: hex`20 02  00  05   # not authorized`,
    packet: { type: "connack", sessionPresent: false, reasonCode: 5, properties: NO_PROPERTIES },
  },
  {
    what: "CONNACK of 5 with every property",
    version: 5,
    bytes: hex`
      20 4c
      01 00 49             # session present, success, 73 bytes of properties
      11 00 00 00 00       # session expiry interval
      21 ff ff             # receive maximum
      24 01                # maximum QoS
      25 00                # no retain
      27 ff ff ff ff       # maximum packet size
      12 00 02 "id"        # assigned client identifier
      22 00 08             # topic alias maximum
      1f 00 02 "ok"        # reason string
      26 00 01 "a" 00 01 "1"
      26 00 01 "a" 00 01 "2"
      28 01                # wildcard subscription
      29 00                # no subscription identifiers
      2a 01                # shared subscription
      13 00 3c             # server keep alive
      1a 00 02 "ri"        # response information
      1c 00 02 "sr"        # server reference
      15 00 02 "am"        # authentication method
      16 00 02 01 02       # authentication data
    `,
    packet: {
      type: "connack",
      sessionPresent: true,
      reasonCode: 0,
      properties: {
        sessionExpiryInterval: 0,
        receiveMaximum: 65_535,
        maximumQos: 1,
        retainAvailable: false,
        maximumPacketSize: 4_294_967_295,
        assignedClientIdentifier: "id",
        topicAliasMaximum: 8,
        reasonString: "ok",
        userProperties: [
          ["a", "1"],
          ["a", "2"],
        ],
        wildcardSubscriptionAvailable: true,
        subscriptionIdentifiersAvailable: false,
        sharedSubscriptionAvailable: true,
        serverKeepAlive: 60,
        responseInformation: "ri",
        serverReference: "sr",
        authenticationMethod: "am",
        authenticationData: Uint8Array.of(1, 2),
      },
    },
  },
]

describe.each([
  { name: "CONNECT", cases: connects },
  { name: "CONNACK", cases: connacks },
])("$name byte by byte", ({ cases }) => {
  it.each(cases)("writes a $what", ({ packet, version, bytes }) => {
    expect(toHex(encode(packet, version))).toBe(toHex(bytes))
  })

  it.each(cases)("reads a $what", ({ packet, version, bytes }) => {
    expect(decodePacket(bytes, version)).toEqual(packet)
  })
})
