/**
 * Our packets in the words of the npm package mqtt-packet and back, for the differential test.
 */
import type { Packet, ProtocolVersion, UserProperties } from "../../src/codec/index.js"

/** Anything that mqtt-packet takes or gives: its own types are too loose to help. */
export type Theirs = Readonly<Record<string, unknown>>

/** What mqtt-packet keeps of user properties: values by name, the order between names is lost. */
export type GroupedProperties = Readonly<Record<string, readonly string[]>>

/** Booleans there, numbers here. */
const NUMBERED_FLAGS = ["payloadFormatIndicator"]

/** A packet as mqtt-packet's `generate` wants it. */
export function toTheirs(packet: Packet, version: ProtocolVersion): Theirs {
  const { type, properties: ours, ...fields } = { properties: {}, ...packet }
  const properties = theirProperties(ours)
  const common = { cmd: type, ...(version === 5 ? { properties } : {}) }
  switch (packet.type) {
    case "connect":
      return { ...common, ...theirConnect(packet) }
    case "connack":
      return {
        ...common,
        sessionPresent: packet.sessionPresent,
        [version === 5 ? "reasonCode" : "returnCode"]: packet.reasonCode,
      }
    case "publish":
      return { ...common, ...fields, messageId: packet.packetId, payload: Buffer.from(packet.payload) }
    case "subscribe":
      return {
        ...common,
        messageId: packet.packetId,
        subscriptions: packet.subscriptions.map((one) => ({
          topic: one.topicFilter,
          qos: one.qos,
          nl: one.noLocal,
          rap: one.retainAsPublished,
          rh: one.retainHandling,
        })),
      }
    case "suback":
    case "unsuback":
      return { ...common, messageId: packet.packetId, granted: packet.reasonCodes }
    case "unsubscribe":
      return { ...common, messageId: packet.packetId, unsubscriptions: packet.topicFilters }
    case "puback":
    case "pubrec":
    case "pubrel":
    case "pubcomp":
      return { ...common, messageId: packet.packetId, reasonCode: packet.reasonCode }
    case "disconnect":
    case "auth":
      return { ...common, reasonCode: packet.reasonCode }
    case "pingreq":
    case "pingresp":
      return common
  }
}

/** A packet that mqtt-packet's parser gave, in our words; user properties stay grouped. */
export function fromTheirs(theirs: Theirs, version: ProtocolVersion): unknown {
  const type = theirs["cmd"] as Packet["type"]
  const properties = ourProperties(theirs["properties"], type)
  const packetId = theirs["messageId"]
  switch (type) {
    case "connect":
      return { ...ourConnect(theirs), properties }
    case "connack": {
      const reasonCode = version === 5 ? theirs["reasonCode"] : theirs["returnCode"]
      return { type, sessionPresent: theirs["sessionPresent"], reasonCode, properties }
    }
    case "publish": {
      const { topic, qos, retain, dup } = theirs
      const payload = plainBytes(theirs["payload"])
      return { type, topic, payload, qos, retain, dup, packetId: packetId ?? 0, properties }
    }
    case "subscribe": {
      const subscriptions = (theirs["subscriptions"] as Theirs[]).map((one) => ({
        topicFilter: one["topic"],
        qos: one["qos"],
        noLocal: one["nl"] ?? false,
        retainAsPublished: one["rap"] ?? false,
        retainHandling: one["rh"] ?? 0,
      }))
      return { type, packetId, subscriptions, properties }
    }
    case "suback":
    case "unsuback":
      return { type, packetId, reasonCodes: theirs["granted"] ?? [], properties }
    case "unsubscribe":
      return { type, packetId, topicFilters: theirs["unsubscriptions"], properties }
    case "puback":
    case "pubrec":
    case "pubrel":
    case "pubcomp":
      return { type, packetId, reasonCode: theirs["reasonCode"] ?? 0, properties }
    case "disconnect":
    case "auth":
      return { type, reasonCode: theirs["reasonCode"] ?? 0, properties }
    case "pingreq":
    case "pingresp":
      return { type }
  }
}

/** Pairs as mqtt-packet's parser keeps them. It forgets an empty value when another of the same name follows. */
export function groupPairs(pairs: UserProperties): GroupedProperties {
  const groups: Record<string, string[]> = Object.create(null)
  for (const [name, value] of pairs) {
    const known = groups[name]
    if (known === undefined || (known.length === 1 && known[0] === "")) groups[name] = [value]
    else known.push(value)
  }
  return { ...groups }
}

function theirConnect(packet: Extract<Packet, { readonly type: "connect" }>): Theirs {
  const { will, password } = packet
  return {
    protocolId: packet.version === 3 ? "MQIsdp" : "MQTT",
    protocolVersion: packet.version,
    clientId: packet.clientId,
    clean: packet.cleanStart,
    keepalive: packet.keepAliveSeconds,
    username: packet.username,
    password: password === undefined ? undefined : Buffer.from(password),
    will:
      will === undefined
        ? undefined
        : { ...will, payload: Buffer.from(will.payload), properties: theirProperties(will.properties) },
  }
}

function ourConnect(theirs: Theirs): object {
  const will = theirs["will"] as Theirs | undefined
  return {
    type: "connect",
    version: theirs["protocolVersion"],
    clientId: theirs["clientId"],
    cleanStart: theirs["clean"],
    keepAliveSeconds: theirs["keepalive"],
    username: theirs["username"],
    password: theirs["password"] === undefined ? undefined : plainBytes(theirs["password"]),
    will: will && {
      topic: will["topic"],
      payload: plainBytes(will["payload"]),
      qos: will["qos"],
      retain: will["retain"],
      properties: ourProperties(will["properties"], "connect"),
    },
  }
}

function theirProperties(ours: object): Theirs {
  const theirs: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(ours)) {
    if (name === "userProperties") theirs[name] = theirPairs(value)
    else if (name === "subscriptionIdentifiers") theirs["subscriptionIdentifier"] = value
    else if (name === "maximumQos") theirs["maximumQoS"] = value
    else if (NUMBERED_FLAGS.includes(name)) theirs[name] = value === 1
    else theirs[name] = value instanceof Uint8Array ? Buffer.from(value) : value
  }
  return theirs
}

function theirPairs(pairs: UserProperties): Record<string, string[]> {
  const groups: Record<string, string[]> = Object.create(null)
  for (const [name, value] of pairs) {
    groups[name] ??= []
    groups[name].push(value)
  }
  return groups
}

function ourProperties(theirs: unknown, type: Packet["type"]): object {
  const ours: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(theirs ?? {})) {
    if (name === "userProperties") ours[name] = grouped(value)
    else if (name === "subscriptionIdentifier" && type === "publish") ours["subscriptionIdentifiers"] = [value].flat()
    else if (name === "maximumQoS") ours["maximumQos"] = value
    else if (NUMBERED_FLAGS.includes(name)) ours[name] = value ? 1 : 0
    else ours[name] = value instanceof Uint8Array ? plainBytes(value) : value
  }
  return ours
}

function grouped(pairs: Readonly<Record<string, string | string[]>>): GroupedProperties {
  return Object.fromEntries(Object.entries(pairs).map(([name, value]) => [name, [value].flat()]))
}

function plainBytes(bytes: unknown): Uint8Array {
  return Uint8Array.from(bytes as Uint8Array)
}
