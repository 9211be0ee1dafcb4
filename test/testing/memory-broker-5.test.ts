/** What the in-memory broker does in MQTT 5 only. */
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { type ManualClock, type MemoryBroker, manualClock, memoryBroker, settle } from "../../src/testing/index.js"
import { scriptedClient } from "../support/scripted-client.js"
import { ack, brief, connectOf, expiring, open, publish, subscribe, subscribing } from "./by-hand.js"

let clock: ManualClock
let broker: MemoryBroker
beforeEach(async () => {
  clock = manualClock()
  broker = await memoryBroker({ clock })
})
afterEach(() => broker[Symbol.asyncDispose]())

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
    const client = await open(broker, 5, { properties: { receiveMaximum: 2, maximumPacketSize: 50 } })
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
    const client = await open(broker, 5)
    await subscribe(client, "a/+", 0, 7)
    await subscribe(client, "a/#", 1, 8)
    await subscribe(client, "b", 2, 9)
    await broker.publish("a/b", "x", { qos: 2 })
    expect(await client.receive("publish")).toMatchObject({ qos: 1, properties: { subscriptionIdentifiers: [7, 8] } })
    await client.idle()
  })

  it("keeps a message from its own publisher where that asked for it", async () => {
    const client = await open(broker, 5)
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
    const watcher = await open(broker, 5, { clientId: "watcher" })
    await subscribe(watcher, "will", 0)
    const properties = { willDelayInterval: 5 }
    const will = { topic: "will", payload: Buffer.from("gone"), qos: 0 as const, retain: false, properties }
    const kept = { clientId: "kept", cleanStart: false, ...expiring(5, 30), will }
    const first = await open(broker, 5, kept)
    await subscribe(first, "t", 1)
    first.end()
    await settle()
    await broker.publish("t", "short", { qos: 1, properties: { messageExpiryInterval: 4 } })
    await broker.publish("t", "long", { qos: 1, properties: { messageExpiryInterval: 10 } })
    await clock.advance(4_999)
    const second = await open(broker, 5, kept, { sessionPresent: true })
    expect(await second.receive("publish")).toMatchObject({ properties: { messageExpiryInterval: 6 } })
    await clock.advance(60_000)
    await watcher.idle()
    second.end()
    await clock.advance(5_000)
    expect(await watcher.receive("publish")).toHaveProperty("topic", "will")
    await clock.advance(25_000)
    await open(broker, 5, kept, { sessionPresent: false })
  })

  it("answers acknowledgements of nothing with 0x92", async () => {
    const client = await open(broker, 5)
    client.send(ack("pubrel", 77), ack("pubrec", 78))
    expect(await client.receive("pubcomp")).toMatchObject({ packetId: 77, reasonCode: 0x92 })
    expect(await client.receive("pubrel")).toMatchObject({ packetId: 78, reasonCode: 0x92 })
  })

  it("enforces what its owner made it offer", async () => {
    await using strict = await memoryBroker({ clock, connack: { receiveMaximum: 1, maximumPacketSize: 100 } })
    broker = strict
    const greedy = await open(broker, 5, { clientId: "greedy" })
    greedy.send(publish("t", "x", 2), { ...publish("t", "x", 2), packetId: 10 })
    await greedy.receive("pubrec")
    expect(await greedy.receive("disconnect")).toHaveProperty("reasonCode", 0x93)
    const large = await open(broker, 5, { clientId: "large" })
    large.send(publish("t", "x".repeat(100), 0))
    expect(await large.receive("disconnect")).toHaveProperty("reasonCode", 0x95)
  })

  it("leaves no timer when it is disposed", async () => {
    await open(broker, 5, { keepAliveSeconds: 10, ...expiring(5, 100) })
    broker.cutLinks()
    await open(broker, 5, { keepAliveSeconds: 10, clientId: "other" })
    await broker[Symbol.asyncDispose]()
    expect(clock.pending).toBe(0)
  })
})
