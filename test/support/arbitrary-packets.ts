/**
 * Generators (fast-check) of packets that may be sent, for every packet and version. Properties come from the codec's
 * own table. What a version cannot say is not generated for it, so that a packet comes back as it went.
 * Length: one generator for each of fifteen packets, over the same few parts.
 */
import fc from "fast-check"
import {
  type AckType,
  NO_PROPERTIES,
  type Packet,
  type PacketType,
  PROPERTIES,
  type Properties,
  type PropertyOwner,
  type PropertySpec,
  type ProtocolVersion,
  type ReasonCodeOwner,
  reasonCodesOf,
  topicFilterProblem,
} from "../../src/codec/index.js"

export const VERSIONS: readonly ProtocolVersion[] = [3, 4, 5]

/** Any packet of that version. */
export function anyPacket(version: ProtocolVersion): fc.Arbitrary<Packet> {
  return fc.oneof(...packetTypes(version).map((type) => packetOf(type, version)))
}

/** Every packet type that the version has. */
export function packetTypes(version: ProtocolVersion): readonly PacketType[] {
  return (Object.keys(generators) as PacketType[]).filter((type) => type !== "auth" || version === 5)
}

export function packetOf(type: PacketType, version: ProtocolVersion): fc.Arbitrary<Packet> {
  return generators[type](version)
}

/** Mostly short ASCII as in real life, but any Unicode without U+0000 too. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "grapheme-ascii", maxLength: 24 }) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme-ascii", minLength: 30, maxLength: 400 }) },
  {
    weight: 2,
    arbitrary: fc.string({ unit: "binary", maxLength: 60 }).map((text) => text.replaceAll("\0", "\ufeff")),
  },
)

const anyLevel = anyText.map((text) => text.replaceAll(/[+#/]/g, "_"))

export const anyTopic: fc.Arbitrary<string> = fc
  .array(anyLevel, { minLength: 1, maxLength: 5 })
  .map((levels) => levels.join("/") || "/")

export const anyTopicFilter: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("", "$share/group/"),
    fc.array(fc.oneof(anyLevel, fc.constant("+")), { minLength: 1, maxLength: 5 }),
    fc.constantFrom("", "/#"),
  )
  .map(([share, levels, rest]) => `${share}${levels.join("/") || "+"}${rest}`)
  .filter((filter) => topicFilterProblem(filter) === undefined)

const anyBytes = fc.uint8Array({ maxLength: 300 })
const anyQos = fc.constantFrom(0, 1, 2)
const u16 = fc.integer({ min: 0, max: 0xffff })
const packetId = fc.integer({ min: 1, max: 0xffff })

function anyValue(spec: PropertySpec): fc.Arbitrary<unknown> {
  const least = spec.zero === undefined ? 0 : 1
  const varint = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 268_435_455 }))
  switch (spec.wire) {
    case "bit":
      return fc.constantFrom(0, 1)
    case "boolean":
      return fc.boolean()
    case "u16":
      return fc.integer({ min: least, max: 0xffff })
    case "u32":
      return fc.integer({ min: least, max: 0xffff_ffff })
    case "varint":
      return varint
    case "varints":
      return fc.array(varint, { minLength: 1, maxLength: 4 })
    case "text":
      return anyText
    case "topic":
      return anyTopic
    case "binary":
      return fc.uint8Array({ maxLength: 60 })
    case "pairs":
      return fc.array(fc.tuple(anyText, anyText), { minLength: 1, maxLength: 4 })
  }
}

/** Any properties that `owner` may carry; none before MQTT 5. */
export function anyProperties<T extends PropertyOwner>(
  owner: T,
  version: ProtocolVersion,
): fc.Arbitrary<Properties<T>> {
  const none = fc.constant(NO_PROPERTIES as Properties<T>)
  if (version < 5) return none
  const entries: [string, PropertySpec][] = Object.entries(PROPERTIES)
  const model = entries
    .filter(([, spec]) => spec.in.includes(owner))
    .map(([name, spec]): [string, fc.Arbitrary<unknown>] => [name, anyValue(spec)])
  const some = fc
    .record(Object.fromEntries(model), { requiredKeys: [] })
    .map(withMethod)
    .map((properties) => (Object.keys(properties).length === 0 ? NO_PROPERTIES : properties) as Properties<T>)
  return fc.oneof(none, some)
}

function withMethod(properties: Record<string, unknown>): Record<string, unknown> {
  if (!("authenticationData" in properties) || "authenticationMethod" in properties) return { ...properties }
  return { ...properties, authenticationMethod: "SCRAM-SHA-256" }
}

function reason(owner: ReasonCodeOwner, version: ProtocolVersion): fc.Arbitrary<number> {
  return fc.constantFrom(...reasonCodesOf(owner, version))
}

const ack =
  <T extends AckType>(type: T) =>
  (version: ProtocolVersion) =>
    fc.record({
      type: fc.constant(type),
      packetId,
      reasonCode: reason(type, version),
      properties: anyProperties(type, version),
    })

type Generators = {
  readonly [T in PacketType]: (version: ProtocolVersion) => fc.Arbitrary<Extract<Packet, { readonly type: T }>>
}

const generators: Generators = {
  connect: (version) =>
    fc
      .record({
        type: fc.constant("connect"),
        version: fc.constant(version),
        clientId: anyText,
        cleanStart: fc.boolean(),
        keepAliveSeconds: u16,
        username: fc.option(anyText, { nil: undefined }),
        password: fc.option(anyBytes, { nil: undefined }),
        will: fc.option(
          fc.record({
            topic: anyTopic,
            payload: anyBytes,
            qos: anyQos,
            retain: fc.boolean(),
            properties: anyProperties("will", version),
          }),
          { nil: undefined },
        ),
        properties: anyProperties("connect", version),
      })
      .map((packet) => ({
        ...packet,
        clientId: version < 5 && packet.clientId === "" ? "id" : packet.clientId,
        password: version < 5 && packet.username === undefined ? undefined : packet.password,
      })),
  connack: (version) =>
    fc
      .record({
        type: fc.constant("connack"),
        sessionPresent: fc.boolean(),
        reasonCode: fc.oneof(fc.constant(0), reason("connack", version)),
        properties: anyProperties("connack", version),
      })
      .map((packet) => ({
        ...packet,
        sessionPresent: packet.sessionPresent && version > 3 && packet.reasonCode === 0,
      })),
  publish: (version) =>
    fc
      .record({
        type: fc.constant("publish"),
        topic: fc.oneof({ weight: 9, arbitrary: anyTopic }, { weight: 1, arbitrary: fc.constant("") }),
        payload: anyBytes,
        qos: anyQos,
        retain: fc.boolean(),
        dup: fc.boolean(),
        packetId,
        properties: anyProperties("publish", version),
      })
      .map((packet) => ({
        ...packet,
        topic: packet.topic === "" && packet.properties.topicAlias === undefined ? "a" : packet.topic,
        dup: packet.dup && packet.qos > 0,
        packetId: packet.qos === 0 ? 0 : packet.packetId,
      })),
  puback: ack("puback"),
  pubrec: ack("pubrec"),
  pubrel: ack("pubrel"),
  pubcomp: ack("pubcomp"),
  subscribe: (version) =>
    fc.record({
      type: fc.constant("subscribe"),
      packetId,
      subscriptions: fc.array(anySubscription(version), { minLength: 1, maxLength: 4 }),
      properties: anyProperties("subscribe", version),
    }),
  suback: (version) =>
    fc.record({
      type: fc.constant("suback"),
      packetId,
      reasonCodes: fc.array(reason("suback", version), { minLength: 1, maxLength: 4 }),
      properties: anyProperties("suback", version),
    }),
  unsubscribe: (version) =>
    fc.record({
      type: fc.constant("unsubscribe"),
      packetId,
      topicFilters: fc.array(anyTopicFilter, { minLength: 1, maxLength: 4 }),
      properties: anyProperties("unsubscribe", version),
    }),
  unsuback: (version) =>
    fc.record({
      type: fc.constant("unsuback"),
      packetId,
      reasonCodes:
        version < 5 ? fc.constant([]) : fc.array(reason("unsuback", version), { minLength: 1, maxLength: 4 }),
      properties: anyProperties("unsuback", version),
    }),
  pingreq: () => fc.constant({ type: "pingreq" }),
  pingresp: () => fc.constant({ type: "pingresp" }),
  disconnect: (version) =>
    fc.record({
      type: fc.constant("disconnect"),
      reasonCode: version < 5 ? fc.constant(0) : reason("disconnect", version),
      properties: anyProperties("disconnect", version),
    }),
  auth: (version) =>
    fc
      .record({
        type: fc.constant("auth"),
        reasonCode: reason("auth", version),
        properties: anyProperties("auth", version),
      })
      .map((packet) => ({ ...packet, properties: { authenticationMethod: "PLAIN", ...packet.properties } })),
}

function anySubscription(version: ProtocolVersion) {
  return fc
    .record({
      topicFilter: anyTopicFilter,
      qos: anyQos,
      noLocal: fc.boolean(),
      retainAsPublished: fc.boolean(),
      retainHandling: fc.constantFrom(0, 1, 2),
    })
    .map((subscription) =>
      version < 5
        ? { ...subscription, noLocal: false, retainAsPublished: false, retainHandling: 0 as const }
        : { ...subscription, noLocal: subscription.noLocal && !subscription.topicFilter.startsWith("$share/") },
    )
}
