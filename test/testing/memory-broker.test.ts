/** The in-memory broker, spoken to packet by packet: it must be an honest server, or tests of the client mean nothing. */
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { Connect, Packet, ProtocolVersion, Publish, QoS } from "../../src/codec/index.js"
import { type ManualClock, type MemoryBroker, manualClock, memoryBroker, settle } from "../../src/testing/index.js"
import { scriptedClient } from "../support/scripted-client.js"
import type { ScriptedLink } from "../support/scripted-link.js"

let clock: ManualClock
let broker: MemoryBroker
beforeEach(async () => {
  clock = manualClock()
  broker = await memoryBroker({ clock })
})
afterEach(() => broker[Symbol.asyncDispose]())

describe.each([4, 5] as const)("the in-memory broker, version %d,", (version) => {
  const opened = (connect?: Partial<Connect>) => open(version, connect)

  it("answers CONNECT, PINGREQ and DISCONNECT", async () => {
    const client = await opened({ clientId: "a" })
    expect(broker.clients).toEqual(["a"])
    client.send({ type: "pingreq" })
    await client.receive("pingresp")
    client.send({ type: "disconnect", reasonCode: 0, properties: {} })
    await client.clientEnd()
    expect(broker.clients).toEqual([])
  })

  it.each([0, 1, 2] as const)("carries a message at QoS %d from one client to another", async (qos) => {
    const subscriber = await opened({ clientId: "subscriber" })
    await subscribe(subscriber, "floor/+", 2)
    const publisher = await opened({ clientId: "publisher" })
    publisher.send(publish("floor/1", "21", qos))
    if (qos === 1) expect(await publisher.receive("puback")).toMatchObject({ packetId: 9, reasonCode: 0 })
    if (qos === 2) {
      expect(await publisher.receive("pubrec")).toMatchObject({ packetId: 9, reasonCode: 0 })
      publisher.send(ack("pubrel", 9))
      await publisher.receive("pubcomp")
    }
    const got = await subscriber.receive("publish")
    expect(got).toMatchObject({ topic: "floor/1", qos, dup: false, retain: false, packetId: qos === 0 ? 0 : 1 })
    expect(Buffer.from(got.payload).toString()).toBe("21")
    if (qos === 1) subscriber.send(ack("puback", 1))
    if (qos === 2) {
      subscriber.send(ack("pubrec", 1))
      await subscriber.receive("pubrel")
      subscriber.send(ack("pubcomp", 1))
    }
    await subscriber.idle()
    expect(broker.published.map((message) => [message.topic, message.text()])).toEqual([["floor/1", "21"]])
  })

  it("routes a repeated QoS 2 message once, and again after its release", async () => {
    const client = await opened()
    await subscribe(client, "t", 0)
    client.send(publish("t", "1", 2), { ...publish("t", "1", 2), dup: true }, ack("pubrel", 9), publish("t", "2", 2))
    await settle()
    expect(client.receiveRest().filter(({ type }) => type === "publish")).toHaveLength(2)
    expect(broker.published.map((message) => message.text())).toEqual(["1", "2"])
  })

  it("keeps a session over a cut: resends what was not answered, in order, and what came meanwhile", async () => {
    const connect = { clientId: "kept", cleanStart: false, ...expiring(version, 60) }
    const first = await opened(connect)
    await subscribe(first, "t", 2)
    for (const text of ["one", "two", "three", "four"]) await broker.publish("t", text, { qos: 2 })
    for (let count = 0; count < 4; count++) await first.receive("publish")
    first.send(ack("pubrec", 4), ack("pubrec", 2))
    await first.receive("pubrel")
    await first.receive("pubrel")
    broker.cutLinks()
    expect(first.ended).toBe(false)
    await first.clientEnd()
    await broker.publish("t", "lost", { qos: 0 })
    await broker.publish("t", "five", { qos: 1 })
    const second = await open(version, connect, { sessionPresent: true })
    await settle()
    expect(second.receiveRest().map(brief)).toEqual([
      "pubrel 4",
      "pubrel 2",
      "publish 1 dup one",
      "publish 3 dup three",
      "publish 5 five",
    ])
  })

  it("forgets a session that was to end with its link, or was started clean", async () => {
    await subscribe(await opened({ clientId: "clean", cleanStart: true }), "t", 1)
    broker.cutLinks()
    await open(version, { clientId: "clean", cleanStart: false, ...expiring(version, 60) }, { sessionPresent: false })
    broker.cutLinks()
    await open(version, { clientId: "clean", cleanStart: true }, { sessionPresent: false })
  })

  it("ends the old link when the client connects again", async () => {
    const old = await opened({ clientId: "same" })
    await opened({ clientId: "same" })
    if (version === 5) expect(await old.receive("disconnect")).toHaveProperty("reasonCode", 0x8e)
    await old.clientEnd()
    expect(broker.clients).toEqual(["same"])
  })

  it("publishes the will when the link is cut, and not after a DISCONNECT", async () => {
    const watcher = await opened({ clientId: "watcher" })
    await subscribe(watcher, "will/#", 1)
    const will = (topic: string) => ({
      will: { topic, payload: Buffer.from("gone"), qos: 0 as const, retain: false, properties: {} },
    })
    const polite = await opened({ clientId: "polite", ...will("will/polite") })
    const lost = await opened({ clientId: "lost", ...will("will/lost") })
    polite.send({ type: "disconnect", reasonCode: 0, properties: {} })
    lost.end()
    expect(await watcher.receive("publish")).toHaveProperty("topic", "will/lost")
    await watcher.idle()
  })

  it("ends a link that is silent for one and a half times its keep alive, not one that speaks", async () => {
    const silent = await opened({ clientId: "silent", keepAliveSeconds: 10 })
    const speaking = await opened({ clientId: "speaking", keepAliveSeconds: 10 })
    await clock.advance(14_000)
    speaking.send({ type: "pingreq" })
    await clock.advance(999)
    expect(broker.clients).toEqual(["silent", "speaking"])
    await clock.advance(1)
    expect(broker.clients).toEqual(["speaking"])
    if (version === 5) expect(await silent.receive("disconnect")).toHaveProperty("reasonCode", 0x8d)
  })

  it("gives retained messages to new subscriptions, and forgets them on an empty one", async () => {
    await broker.publish("r/1", "kept", { retain: true })
    await broker.publish("r/2", "kept", { retain: true })
    await broker.publish("r/2", "", { retain: true })
    const client = await opened()
    await subscribe(client, "r/#", 1)
    expect(await client.receive("publish")).toMatchObject({ topic: "r/1", retain: true })
    await client.idle()
  })

  it("stops sending to a filter that was given up", async () => {
    const client = await opened()
    await subscribe(client, "t", 1)
    client.send({ type: "unsubscribe", packetId: 8, topicFilters: ["t", "u"], properties: {} })
    expect(await client.receive("unsuback")).toHaveProperty("reasonCodes", version === 5 ? [0, 0x11] : [])
    await broker.publish("t", "unheard")
    await client.idle()
  })

  it("ends a link that breaks the protocol, and one whose first packet is no CONNECT", async () => {
    const client = await opened()
    client.sendBytes(Uint8Array.of(0xff, 0xff))
    if (version === 5) await client.receive("disconnect")
    await client.clientEnd()
    const rude = await scriptedClient(broker.transport, version)
    rude.send({ type: "pingreq" })
    await rude.clientEnd()
  })

  it("refuses as often as it was told, in the words of the version", async () => {
    broker.refuse(0x87, 2)
    for (let count = 0; count < 2; count++) {
      await open(version, {}, { reasonCode: version === 5 ? 0x87 : 5 })
    }
    await opened()
  })
})

describe("the in-memory broker, version 5,", () => {
  it("assigns a client identifier, and says that it knows no shared subscriptions", async () => {
    const client = await scriptedClient(broker.transport)
    client.send(connectOf(5, { clientId: "" }))
    const connack = await client.receive("connack")
    expect(connack.properties).toEqual({ assignedClientIdentifier: "assigned-1", sharedSubscriptionAvailable: false })
    client.send(subscribing("$share/group/t", 1))
    expect(await client.receive("suback")).toHaveProperty("reasonCodes", [0x9e])
  })

  it("obeys the client's Receive Maximum and Maximum Packet Size", async () => {
    const client = await open(5, { properties: { receiveMaximum: 2, maximumPacketSize: 50 } })
    await subscribe(client, "t", 2)
    await broker.publish("t", "x".repeat(50), { qos: 1 })
    for (const text of ["1", "2", "3"]) await broker.publish("t", text, { qos: 2 })
    await settle()
    expect(client.receiveRest().map(brief)).toEqual(["publish 2 1", "publish 3 2"])
    client.send(ack("pubrec", 2))
    await settle()
    expect(client.receiveRest().map(brief)).toEqual(["pubrel 2"])
    client.send(ack("pubcomp", 2), { ...ack("pubrec", 3), reasonCode: 0x80 })
    await settle()
    expect(client.receiveRest().map(brief)).toEqual(["publish 4 3"])
  })

  it("sends overlapping subscriptions one copy, with every identifier, at the highest QoS", async () => {
    const client = await open(5)
    await subscribe(client, "a/+", 0, 7)
    await subscribe(client, "a/#", 1, 8)
    await subscribe(client, "b", 2, 9)
    await broker.publish("a/b", "x", { qos: 2 })
    expect(await client.receive("publish")).toMatchObject({ qos: 1, properties: { subscriptionIdentifiers: [7, 8] } })
    await client.idle()
  })

  it("keeps a message from its own publisher where that asked for it", async () => {
    const client = await open(5)
    const wish = {
      topicFilter: "t",
      qos: 1 as const,
      noLocal: true,
      retainAsPublished: false,
      retainHandling: 0 as const,
    }
    client.send({ type: "subscribe", packetId: 3, subscriptions: [wish], properties: {} })
    await client.receive("suback")
    client.send(publish("t", "x", 1))
    expect(await client.receive("puback")).toHaveProperty("reasonCode", 0x10)
    await client.idle()
  })

  it("lets sessions, wills and messages expire by its clock", async () => {
    const watcher = await open(5, { clientId: "watcher" })
    await subscribe(watcher, "will", 0)
    const properties = { willDelayInterval: 5 }
    const will = { topic: "will", payload: Buffer.from("gone"), qos: 0 as const, retain: false, properties }
    const kept = { clientId: "kept", cleanStart: false, ...expiring(5, 30), will }
    const first = await open(5, kept)
    await subscribe(first, "t", 1)
    first.end()
    await settle()
    await broker.publish("t", "short", { qos: 1, properties: { messageExpiryInterval: 4 } })
    await broker.publish("t", "long", { qos: 1, properties: { messageExpiryInterval: 10 } })
    await clock.advance(4_999)
    const second = await open(5, kept, { sessionPresent: true })
    expect(await second.receive("publish")).toMatchObject({ properties: { messageExpiryInterval: 6 } })
    await clock.advance(60_000)
    await watcher.idle()
    second.end()
    await clock.advance(5_000)
    expect(await watcher.receive("publish")).toHaveProperty("topic", "will")
    await clock.advance(25_000)
    await open(5, kept, { sessionPresent: false })
  })

  it("answers acknowledgements of nothing with 0x92", async () => {
    const client = await open(5)
    client.send(ack("pubrel", 77), ack("pubrec", 78))
    expect(await client.receive("pubcomp")).toMatchObject({ packetId: 77, reasonCode: 0x92 })
    expect(await client.receive("pubrel")).toMatchObject({ packetId: 78, reasonCode: 0x92 })
  })

  it("enforces what its owner made it offer", async () => {
    await using strict = await memoryBroker({ clock, connack: { receiveMaximum: 1, maximumPacketSize: 100 } })
    broker = strict
    const greedy = await open(5, { clientId: "greedy" })
    greedy.send(publish("t", "x", 2), { ...publish("t", "x", 2), packetId: 10 })
    await greedy.receive("pubrec")
    expect(await greedy.receive("disconnect")).toHaveProperty("reasonCode", 0x93)
    const large = await open(5, { clientId: "large" })
    large.send(publish("t", "x".repeat(100), 0))
    expect(await large.receive("disconnect")).toHaveProperty("reasonCode", 0x95)
  })

  it("leaves no timer when it is disposed", async () => {
    await open(5, { keepAliveSeconds: 10, ...expiring(5, 100) })
    broker.cutLinks()
    await open(5, { keepAliveSeconds: 10, clientId: "other" })
    await broker[Symbol.asyncDispose]()
    expect(clock.pending).toBe(0)
  })
})

/** A client after CONNACK, which must be as expected. */
async function open(
  version: ProtocolVersion,
  connect: Partial<Connect> = {},
  expected: { sessionPresent?: boolean; reasonCode?: number } = {},
): Promise<ScriptedLink> {
  const client = await scriptedClient(broker.transport, version)
  client.send(connectOf(version, connect))
  expect(await client.receive("connack")).toMatchObject({ reasonCode: 0, sessionPresent: false, ...expected })
  return client
}

function connectOf(version: ProtocolVersion, connect: Partial<Connect>): Connect {
  const plain = { clientId: "client", cleanStart: true, keepAliveSeconds: 0, properties: {} }
  return { type: "connect", version, ...plain, ...connect }
}

/** A session that lives for some seconds: 3.1.1 cannot say how many. */
function expiring(version: ProtocolVersion, seconds: number): Partial<Connect> {
  return version === 5 ? { properties: { sessionExpiryInterval: seconds } } : {}
}

async function subscribe(client: ScriptedLink, topicFilter: string, qos: QoS, identifier?: number): Promise<void> {
  client.send(subscribing(topicFilter, qos, identifier))
  expect(await client.receive("suback")).toHaveProperty("reasonCodes", [qos])
}

function subscribing(topicFilter: string, qos: QoS, subscriptionIdentifier?: number): Packet {
  const subscription = { topicFilter, qos, noLocal: false, retainAsPublished: false, retainHandling: 0 as const }
  return { type: "subscribe", packetId: 3, subscriptions: [subscription], properties: { subscriptionIdentifier } }
}

function publish(topic: string, text: string, qos: QoS): Publish {
  const packetId = qos === 0 ? 0 : 9
  const payload = new TextEncoder().encode(text)
  return { type: "publish", topic, payload, qos, retain: false, dup: false, packetId, properties: {} }
}

function ack<T extends "puback" | "pubrec" | "pubrel" | "pubcomp">(type: T, packetId: number) {
  return { type, packetId, reasonCode: 0, properties: {} }
}

/** A packet in one line. */
function brief(packet: Packet): string {
  if (packet.type !== "publish") return `${packet.type} ${"packetId" in packet ? packet.packetId : ""}`
  return `publish ${packet.packetId} ${packet.dup ? "dup " : ""}${new TextDecoder().decode(packet.payload)}`
}
