/** Packets and steps by hand, for the tests of the in-memory broker. */
import { expect } from "vitest"
import type { Connect, Packet, ProtocolVersion, Publish, QoS } from "../../src/codec/index.js"
import type { MemoryBroker } from "../../src/testing/index.js"
import { scriptedClient } from "../support/scripted-client.js"
import type { ScriptedLink } from "../support/scripted-link.js"

/** A client of the broker after CONNACK, which must be as expected. */
export async function open(
  broker: MemoryBroker,
  version: ProtocolVersion,
  connect: Partial<Connect> = {},
  expected: { sessionPresent?: boolean; reasonCode?: number } = {},
): Promise<ScriptedLink> {
  const client = await scriptedClient(broker.transport, version)
  client.send(connectOf(version, connect))
  expect(await client.receive("connack")).toMatchObject({ reasonCode: 0, sessionPresent: false, ...expected })
  return client
}

export function connectOf(version: ProtocolVersion, connect: Partial<Connect>): Connect {
  const plain = { clientId: "client", cleanStart: true, keepAliveSeconds: 0, properties: {} }
  return { type: "connect", version, ...plain, ...connect }
}

/** A session that lives for some seconds: 3.1.1 cannot say how many. */
export function expiring(version: ProtocolVersion, seconds: number): Partial<Connect> {
  return version === 5 ? { properties: { sessionExpiryInterval: seconds } } : {}
}

export async function subscribe(
  client: ScriptedLink,
  topicFilter: string,
  qos: QoS,
  identifier?: number,
): Promise<void> {
  client.send(subscribing(topicFilter, qos, identifier))
  expect(await client.receive("suback")).toHaveProperty("reasonCodes", [qos])
}

export function subscribing(topicFilter: string, qos: QoS, subscriptionIdentifier?: number): Packet {
  const subscription = { topicFilter, qos, noLocal: false, retainAsPublished: false, retainHandling: 0 as const }
  return { type: "subscribe", packetId: 3, subscriptions: [subscription], properties: { subscriptionIdentifier } }
}

export function publish(topic: string, text: string, qos: QoS): Publish {
  const packetId = qos === 0 ? 0 : 9
  const payload = new TextEncoder().encode(text)
  return { type: "publish", topic, payload, qos, retain: false, dup: false, packetId, properties: {} }
}

export function ack<T extends "puback" | "pubrec" | "pubrel" | "pubcomp">(type: T, packetId: number) {
  return { type, packetId, reasonCode: 0, properties: {} }
}

/** A packet in one line. */
export function brief(packet: Packet): string {
  if (packet.type !== "publish") return `${packet.type} ${"packetId" in packet ? packet.packetId : ""}`
  return `publish ${packet.packetId} ${packet.dup ? "dup " : ""}${new TextDecoder().decode(packet.payload)}`
}
