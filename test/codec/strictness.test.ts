/**
 * What the decoder refuses, and the reason code it would answer with. Each row is fed whole, byte by byte and as one
 * packet: the judgement is the same on every way.
 */
import { describe, expect, it } from "vitest"
import { Decoder, decodePacket, MalformedPacketError, type ProtocolVersion } from "../../src/codec/index.js"
import { hex } from "../support/hex.js"

type Row = readonly [what: string, version: ProtocolVersion, bytes: Uint8Array, reasonCode: number]

const header: readonly Row[] = [
  ["packet type 0", 5, hex`00 00`, 0x81],
  ["AUTH before MQTT 5 [3.1.1: MQTT-2.2.2-1]", 4, hex`f0 00`, 0x81],
  ["CONNECT with flags [MQTT-2.1.3-1]", 5, hex`11 0d 00 04 "MQTT" 05 02 00 00 00 00 00`, 0x81],
  ["CONNACK with flags", 5, hex`21 03 00 00 00`, 0x81],
  ["PUBACK with flags", 4, hex`41 02 00 01`, 0x81],
  ["PUBREL without its flags", 4, hex`60 02 00 01`, 0x81],
  ["PUBREL with DUP in 3.1.1", 4, hex`6a 02 00 01`, 0x81],
  ["SUBSCRIBE without its flags [MQTT-3.8.1-1]", 4, hex`80 06 00 01 00 01 "a" 00`, 0x81],
  ["UNSUBSCRIBE without its flags [MQTT-3.10.1-1]", 4, hex`a0 05 00 01 00 01 "a"`, 0x81],
  ["PINGREQ with flags", 4, hex`c1 00`, 0x81],
  ["DISCONNECT with flags [MQTT-3.14.1-1]", 5, hex`e1 00`, 0x81],
  ["PUBLISH with QoS 3 [MQTT-3.3.1-4]", 5, hex`36 06 00 01 "a" 00 01 00`, 0x81],
  ["PUBLISH with QoS 0 and DUP [MQTT-3.3.1-2]", 5, hex`38 04 00 01 "a" 00`, 0x81],
  ["a remaining length of five bytes", 4, hex`30 80 80 80 80 01`, 0x81],
  ["a remaining length longer than needed [MQTT-1.5.5-1]", 5, hex`40 82 00 00 01`, 0x81],
]

const bodies: readonly Row[] = [
  ["PINGRESP with a body", 4, hex`d0 01 00`, 0x81],
  ["DISCONNECT of 3.1.1 with a body", 4, hex`e0 01 00`, 0x81],
  ["PUBACK of one byte", 4, hex`40 01 00`, 0x81],
  ["PUBACK without anything", 5, hex`40 00`, 0x81],
  ["PUBACK of 3.1.1 with more than an id", 4, hex`40 03 00 01 00`, 0x81],
  ["PUBACK with id 0 [MQTT-2.2.1-3]", 5, hex`40 02 00 00`, 0x82],
  ["PUBACK with a code of SUBACK [MQTT-3.4.2-1]", 5, hex`40 03 00 01 01`, 0x82],
  ["PUBREL with a code of PUBREC [MQTT-3.6.2-1]", 5, hex`62 03 00 01 10`, 0x82],
  ["PUBREC with a code that nobody has", 5, hex`50 03 00 01 7f`, 0x82],
  ["PUBACK with bytes after its properties", 5, hex`40 05 00 01 00 00 00`, 0x81],
  ["PUBLISH without a topic", 4, hex`30 00`, 0x81],
  ["PUBLISH whose topic is cut off", 4, hex`30 04 00 05 "ab"`, 0x81],
  ["PUBLISH with an empty topic [MQTT-4.7.3-1]", 4, hex`30 02 00 00`, 0x81],
  ["PUBLISH with an empty topic and no alias (§3.3.2.1)", 5, hex`30 03 00 00 00`, 0x82],
  ["PUBLISH with + in its topic [MQTT-3.3.2-2]", 4, hex`30 05 00 03 "a/+"`, 0x81],
  ["PUBLISH with # in its topic [MQTT-3.3.2-2]", 5, hex`30 04 00 01 "#" 00`, 0x81],
  ["PUBLISH with id 0 [MQTT-2.2.1-3]", 4, hex`32 05 00 01 "a" 00 00`, 0x82],
  ["PUBLISH without its id", 4, hex`32 03 00 01 "a"`, 0x81],
  ["PUBLISH without its property length", 5, hex`30 03 00 01 "a"`, 0x81],
  ["PUBLISH whose properties are cut off", 5, hex`30 06 00 01 "a" 05 01 01`, 0x81],
  ["SUBSCRIBE without a filter [MQTT-3.8.3-2]", 4, hex`82 02 00 01`, 0x82],
  ["SUBSCRIBE with id 0", 4, hex`82 06 00 00 00 01 "a" 00`, 0x82],
  ["SUBSCRIBE without options", 4, hex`82 05 00 01 00 01 "a"`, 0x81],
  ["SUBSCRIBE with QoS 3", 4, hex`82 06 00 01 00 01 "a" 03`, 0x82],
  ["SUBSCRIBE with reserved options [3.1.1: MQTT-3-8.3-4]", 4, hex`82 06 00 01 00 01 "a" 04`, 0x81],
  ["SUBSCRIBE with reserved options [MQTT-3.8.3-5]", 5, hex`82 07 00 01 00 00 01 "a" 40`, 0x81],
  ["SUBSCRIBE with retain handling 3", 5, hex`82 07 00 01 00 00 01 "a" 30`, 0x82],
  ["SUBSCRIBE, shared and no local [MQTT-3.8.3-4]", 5, hex`82 10 00 01 00 00 0a "$share/g/a" 04`, 0x82],
  ["SUBSCRIBE with an empty filter [MQTT-4.7.3-1]", 4, hex`82 05 00 01 00 00 00`, 0x81],
  ["SUBSCRIBE with a misplaced # [MQTT-4.7.1-1]", 4, hex`82 08 00 01 00 03 "#/a" 00`, 0x81],
  ["SUBACK without a code", 4, hex`90 02 00 01`, 0x82],
  ["SUBACK with code 3 [3.1.1: MQTT-3.9.3-2]", 4, hex`90 03 00 01 03`, 0x82],
  ["SUBACK with code 3 [MQTT-3.9.3-2]", 5, hex`90 04 00 01 00 03`, 0x82],
  ["UNSUBSCRIBE without a filter [MQTT-3.10.3-2]", 5, hex`a2 03 00 01 00`, 0x82],
  ["UNSUBACK of 3.1.1 with codes", 4, hex`b0 03 00 01 00`, 0x81],
  ["UNSUBACK of 5 without codes", 5, hex`b0 03 00 01 00`, 0x82],
  ["UNSUBACK with a code of SUBACK", 5, hex`b0 04 00 01 00 01`, 0x82],
  ["CONNACK of 3.1.1 without its code", 4, hex`20 01 00`, 0x81],
  ["CONNACK with reserved flags [MQTT-3.2.2-1]", 4, hex`20 02 02 00`, 0x81],
  ["CONNACK of 3.1.1 with code 6", 4, hex`20 02 00 06`, 0x82],
  ["CONNACK of 5 with code 1", 5, hex`20 03 00 01 00`, 0x82],
  ["CONNACK with session present in a refusal [MQTT-3.2.2-6]", 5, hex`20 03 01 87 00`, 0x82],
  ["CONNACK of 5 without properties", 5, hex`20 02 00 00`, 0x81],
  ["DISCONNECT with a code of CONNACK [MQTT-3.14.2-1]", 5, hex`e0 01 84`, 0x82],
  ["AUTH without its method (§3.15.2.2.2)", 5, hex`f0 02 18 00`, 0x82],
  ["AUTH with an unknown code [MQTT-3.15.2-1]", 5, hex`f0 06 01 04 15 00 01 "m"`, 0x82],
  ["AUTH without its property length", 5, hex`f0 01 18`, 0x81],
]

const connects: readonly Row[] = [
  ["an unknown protocol name [MQTT-3.1.2-1]", 4, hex`10 0c 00 04 "HTTP" 04 02 00 00 00 00`, 0x84],
  ["an unknown protocol level [MQTT-3.1.2-2]", 4, hex`10 0c 00 04 "MQTT" 06 02 00 00 00 00`, 0x84],
  ["the old name with the new level", 4, hex`10 0e 00 06 "MQIsdp" 04 02 00 00 00 00`, 0x84],
  ["a reserved flag [MQTT-3.1.2-3]", 4, hex`10 0c 00 04 "MQTT" 04 03 00 00 00 00`, 0x81],
  ["will QoS without a will [MQTT-3.1.2-11]", 4, hex`10 0c 00 04 "MQTT" 04 0a 00 00 00 00`, 0x81],
  ["will retain without a will [MQTT-3.1.2-13]", 4, hex`10 0c 00 04 "MQTT" 04 22 00 00 00 00`, 0x81],
  ["will QoS 3 [MQTT-3.1.2-12]", 4, hex`10 11 00 04 "MQTT" 04 1e 00 00 00 00 00 01 "w" 00 00`, 0x81],
  ["a will topic with a wildcard", 4, hex`10 11 00 04 "MQTT" 04 06 00 00 00 00 00 01 "#" 00 00`, 0x81],
  ["a password without a name [3.1.1: MQTT-3.1.2-22]", 4, hex`10 0e 00 04 "MQTT" 04 42 00 00 00 00 00 00`, 0x81],
  ["a user name that is announced but missing", 4, hex`10 0c 00 04 "MQTT" 04 82 00 00 00 00`, 0x81],
  ["bytes left over", 4, hex`10 0d 00 04 "MQTT" 04 02 00 00 00 00 00`, 0x81],
]

const texts: readonly Row[] = [
  ["U+0000 [MQTT-1.5.4-2]", 4, hex`30 05 00 03 "a" 00 "b"`, 0x81],
  ["a lone continuation byte [MQTT-1.5.4-1]", 4, hex`30 03 00 01 80`, 0x81],
  ["a character cut off", 4, hex`30 03 00 01 c3`, 0x81],
  ["a character longer than needed", 4, hex`30 04 00 02 c0 80`, 0x81],
  ["a surrogate [MQTT-1.5.4-1]", 4, hex`30 05 00 03 ed a0 80`, 0x81],
  ["a character beyond U+10FFFF", 4, hex`30 06 00 04 f4 90 80 80`, 0x81],
]

/** PUBLISH of QoS 0 to "a" with these properties. */
const inPublish = (properties: Uint8Array): Uint8Array =>
  Uint8Array.of(0x30, 4 + properties.length, 0, 1, 0x61, properties.length, ...properties)
const inConnect = (properties: Uint8Array): Uint8Array =>
  Uint8Array.of(
    0x10,
    13 + properties.length,
    0,
    4,
    0x4d,
    0x51,
    0x54,
    0x54,
    5,
    2,
    0,
    0,
    properties.length,
    ...properties,
    0,
    0,
  )
const inConnack = (properties: Uint8Array): Uint8Array =>
  Uint8Array.of(0x20, 3 + properties.length, 0, 0, properties.length, ...properties)

const properties: readonly Row[] = [
  ["an identifier that nobody has (§2.2.2.2)", 5, inPublish(hex`7e 00`), 0x81],
  ["an identifier of two bytes", 5, inPublish(hex`81 00 01`), 0x81],
  ["an identifier of another packet (§2.2.2.2)", 5, inPublish(hex`21 00 01`), 0x81],
  ["a property twice", 5, inPublish(hex`01 01 01 01`), 0x82],
  ["a property whose value is cut off by the section's end", 5, inPublish(hex`02 00 00`), 0x81],
  ["payload format 2", 5, inPublish(hex`01 02`), 0x82],
  ["topic alias 0 [MQTT-3.3.2-8]", 5, inPublish(hex`23 00 00`), 0x94],
  ["subscription identifier 0", 5, inPublish(hex`0b 00`), 0x82],
  ["a subscription identifier longer than needed", 5, inPublish(hex`0b 81 00`), 0x81],
  ["a subscription identifier of five bytes", 5, inPublish(hex`0b 80 80 80 80 01`), 0x81],
  ["a response topic with a wildcard [MQTT-3.3.2-14]", 5, inPublish(hex`08 00 01 "+"`), 0x81],
  ["an empty response topic [MQTT-4.7.3-1]", 5, inPublish(hex`08 00 00`), 0x81],
  ["U+0000 in a user property [MQTT-1.5.4-2]", 5, inPublish(hex`26 00 01 "a" 00 01 00`), 0x81],
  ["receive maximum 0", 5, inConnect(hex`21 00 00`), 0x82],
  ["maximum packet size 0", 5, inConnect(hex`27 00 00 00 00`), 0x82],
  ["request problem information 2", 5, inConnect(hex`17 02`), 0x82],
  ["authentication data without a method", 5, inConnect(hex`16 00 01 00`), 0x82],
  ["maximum QoS 2", 5, inConnack(hex`24 02`), 0x82],
  ["retain available 2", 5, inConnack(hex`25 02`), 0x82],
  ["a will's property in CONNECT itself", 5, inConnect(hex`18 00 00 00 01`), 0x81],
]

describe.each([
  { part: "fixed header", rows: header },
  { part: "body", rows: bodies },
  { part: "CONNECT", rows: connects },
  { part: "text", rows: texts },
  { part: "properties", rows: properties },
])("strictness: $part", ({ rows }) => {
  it.each(rows)("refuses %s (version %i)", (_what, version, bytes, reasonCode) => {
    const asPacket = refusal(() => decodePacket(bytes, version))
    const whole = refusal(() => push([bytes], version))
    const byByte = refusal(() =>
      push(
        Array.from(bytes, (byte) => Uint8Array.of(byte)),
        version,
      ),
    )
    expect([asPacket, whole, byByte].map((error) => error?.reasonCode)).toEqual([reasonCode, reasonCode, reasonCode])
  })
})

describe("one packet alone", () => {
  it.each([
    ["nothing", hex``],
    ["half a header", hex`30 80`],
    ["less than a packet", hex`40 02 00`],
    ["more than a packet", hex`40 02 00 01 00`],
  ])("is not %s", (_what, bytes) => {
    expect(refusal(() => decodePacket(bytes, 4))?.reasonCode).toBe(0x81)
  })
})

function push(chunks: readonly Uint8Array[], version: ProtocolVersion): void {
  const decoder = new Decoder({ version, maximumPacketBytes: 1000, onPacket: () => {} })
  for (const chunk of chunks) decoder.push(chunk)
}

function refusal(act: () => unknown): MalformedPacketError | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof MalformedPacketError) return error
    throw error
  }
}
