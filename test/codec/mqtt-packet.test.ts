/**
 * The same packets through this codec and through mqtt-packet, the codec of MQTT.js, in both directions.
 *
 * Where the two differ:
 *
 * | mqtt-packet                                                        | here                                          |
 * |--------------------------------------------------------------------|-----------------------------------------------|
 * | groups user properties by name, the order between names is lost    | pairs in order; grouped to compare            |
 * | reading, forgets an empty value before another of its name         | kept; forgotten to compare                    |
 * | writes a property length after every reason code                   | leaves it out where allowed; both are read    |
 * | refuses a password without a user name in MQTT 5                   | allowed (§3.1.2.9); not given to its writer   |
 * | refuses an empty client id without clean start in MQTT 5           | allowed (§3.1.3.1); not given to its writer   |
 * | does not read the short form of AUTH                               | `f0 00` (§3.15.2.1); not given to its parser  |
 * | does not read DISCONNECT 0x8C                                      | allowed (table 2-6); not given to its parser  |
 */
import fc from "fast-check"
import { generate, type Packet as MqttPacket, parser } from "mqtt-packet"
import { describe, expect, it } from "vitest"
import { decodePacket, encode, type Packet, type ProtocolVersion } from "../../src/codec/index.js"
import { packetOf, packetTypes, VERSIONS } from "../support/arbitrary-packets.js"
import { fromTheirs, groupPairs, type Theirs, toTheirs } from "../support/mqtt-packet-words.js"

const RUNS = 250
const cases = VERSIONS.flatMap((version) => packetTypes(version).map((type) => ({ version, type })))

describe("beside mqtt-packet", () => {
  it.each(cases)("reads every $type of version $version that it writes", ({ type, version }) => {
    fc.assert(
      fc.property(packetOf(type, version).filter(isWrittenByBoth), (packet) => {
        const bytes = generate(toTheirs(packet, version) as unknown as MqttPacket, { protocolVersion: version })
        expect(inGroups(decodePacket(bytes, version), groupAll)).toEqual(inGroups(packet, groupAll))
      }),
      { numRuns: RUNS },
    )
  })

  it.each(cases)("writes every $type of version $version so that it reads the same", ({ type, version }) => {
    fc.assert(
      fc.property(packetOf(type, version).filter(isReadByBoth), (packet) => {
        const read = fromTheirs(parse(encode(packet, version), version), version)
        expect(read).toEqual(inGroups(packet, groupPairs))
      }),
      { numRuns: RUNS },
    )
  })
})

function isWrittenByBoth(packet: Packet): boolean {
  if (packet.type !== "connect") return true
  return (
    (packet.username !== undefined || packet.password === undefined) && (packet.clientId !== "" || packet.cleanStart)
  )
}

function isReadByBoth(packet: Packet): boolean {
  if (packet.type === "disconnect") return packet.reasonCode !== 0x8c
  return packet.type !== "auth" || packet.reasonCode !== 0 || Object.keys(packet.properties).length > 0
}

function parse(bytes: Uint8Array, version: ProtocolVersion): Theirs {
  const packets: unknown[] = []
  const reader = parser({ protocolVersion: version })
  reader.on("packet", (packet) => packets.push(packet))
  reader.on("error", (error) => {
    throw error
  })
  reader.parse(Buffer.from(bytes))
  expect(packets).toHaveLength(1)
  return packets[0] as Theirs
}

/** The packet with its user properties grouped, those of its will too. */
function inGroups(packet: Packet, group: (pairs: readonly (readonly [string, string])[]) => unknown): unknown {
  const grouped = (properties: object): object => {
    const { userProperties, ...others } = properties as { userProperties?: readonly (readonly [string, string])[] }
    return userProperties === undefined ? others : { ...others, userProperties: group(userProperties) }
  }
  if (!("properties" in packet)) return packet
  if (packet.type !== "connect" || packet.will === undefined) {
    return { ...packet, properties: grouped(packet.properties) }
  }
  const will = { ...packet.will, properties: grouped(packet.will.properties) }
  return { ...packet, will, properties: grouped(packet.properties) }
}

/** Values by name, nothing forgotten. */
function groupAll(pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value])
  return groups
}
