/** The in-memory broker, spoken to packet by packet: it must be an honest server, or tests of the client mean nothing. */
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { Connect } from "../../src/codec/index.js"
import { type ManualClock, type MemoryBroker, manualClock, memoryBroker, settle } from "../../src/testing/index.js"
import { scriptedClient } from "../support/scripted-client.js"
import { ack, brief, expiring, open, publish, subscribe } from "./by-hand.js"

let clock: ManualClock
let broker: MemoryBroker
beforeEach(async () => {
  clock = manualClock()
  broker = await memoryBroker({ clock })
})
afterEach(() => broker[Symbol.asyncDispose]())

describe.each([4, 5] as const)("the in-memory broker, version %d,", (version) => {
  const opened = (connect?: Partial<Connect>) => open(broker, version, connect)

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
    const second = await open(broker, version, connect, { sessionPresent: true })
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
    await open(
      broker,
      version,
      { clientId: "clean", cleanStart: false, ...expiring(version, 60) },
      { sessionPresent: false },
    )
    broker.cutLinks()
    await open(broker, version, { clientId: "clean", cleanStart: true }, { sessionPresent: false })
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
      await open(broker, version, {}, { reasonCode: version === 5 ? 0x87 : 5 })
    }
    await opened()
  })
})
