/** What waited is held to the limits of the link that it leaves on, not to those of the link before. */
import { defineHandler } from "terrapin"
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { ack, outcomeOf, publishPacket } from "../client/client-world.js"
import { arrived, linked } from "./delivery-world.js"

const code = (what: string) => ({ error: { code: what } })

describe("a publication that waited", () => {
  it.each([
    { what: "above Maximum QoS [MQTT-3.2.2-11]", options: { qos: 2 }, properties: { maximumQos: 1 } },
    { what: "retained [MQTT-3.2.2-14]", options: { qos: 1, retain: true }, properties: { retainAvailable: false } },
    { what: "retained, QoS 0", options: { retain: true }, properties: { retainAvailable: false } },
  ] as const)("[case 70] and is $what is rejected, and those behind it leave", async ({ options, properties }) => {
    const { client, link, relink } = await linked(5)
    link.reset()
    await settle()
    const forbidden = client.publish("t", "forbidden", options)
    void client.publish("t", "allowed", { qos: 1 })
    const next = await relink({ properties })
    expect(await outcomeOf(forbidden)).toMatchObject(code("not_supported"))
    expect(await arrived(next)).toEqual(['publish 1 "allowed"'])
  })

  it("[case 70] and was in flight above Maximum QoS is rejected, its PUBREL is not held up", async () => {
    const { client, link, cut } = await linked(5)
    const released = client.publish("t", "a", { qos: 2 })
    const inflight = client.publish("t", "b", { qos: 2 })
    await arrived(link)
    link.send(ack("pubrec", 1))
    await settle()
    const next = await cut(link, { properties: { maximumQos: 0 } })
    expect(await outcomeOf(inflight)).toMatchObject(code("not_supported"))
    expect(await arrived(next)).toEqual(["pubrel 1"])
    next.send(ack("pubcomp", 1))
    expect(await released).toMatchObject({ qos: 2 })
  })

  it.each([
    { what: "its properties", topic: "t", userProperties: [["k", "v".repeat(200)]] as [string, string][] },
    { what: "its topic of three bytes a letter", topic: "\u20ac".repeat(70), userProperties: [] },
  ])("and is too large by $what is rejected [MQTT-3.2.2-15]", async ({ topic, userProperties }) => {
    const { client, link, relink } = await linked(5)
    link.reset()
    await settle()
    const large = client.publish(topic, "", { qos: 1, properties: { userProperties } })
    const next = await relink({ properties: { maximumPacketSize: 200 } })
    expect(await outcomeOf(large)).toMatchObject(code("packet_too_large"))
    await next.idle()
  })

  it("leaves when it is exactly as large as it may be", async () => {
    const { client, link, relink } = await linked(5)
    link.reset()
    await settle()
    // 2 fixed header, 3 topic, 2 identifier, 1 properties' length
    void client.publish("t", "x".repeat(92), { qos: 1 })
    const large = client.publish("t", "x".repeat(93), { qos: 1 })
    const next = await relink({ properties: { maximumPacketSize: 100 } })
    expect(await outcomeOf(large)).toMatchObject(code("packet_too_large"))
    expect(await arrived(next)).toHaveLength(1)
  })
})

describe("Reason String and User Properties are left out where the server takes no packet of that size:", () => {
  const properties = { maximumPacketSize: 100 }
  const excess = { reasonString: "r".repeat(50), userProperties: [["k", "v".repeat(50)]] as [string, string][] }

  it.each([
    { qos: 1, type: "puback" },
    { qos: 2, type: "pubrec" },
  ] as const)("$type [MQTT-3.4.2-2, 3.5.2-2]", async ({ qos, type }) => {
    const handler = defineHandler({ handlePublish: () => ({ reply: { reasonCode: 0x87, properties: excess } }) })
    const { link } = await linked(5, { handler }, { properties })
    link.send(publishPacket("t", "a", { qos, packetId: 9 }))
    expect(await link.receive(type)).toEqual({ type, packetId: 9, reasonCode: 0x87, properties: {} })
  })

  it("DISCONNECT, which keeps what it needs [MQTT-3.14.2-3]", async () => {
    const { client, link } = await linked(5, {}, { properties })
    void client.disconnect({ properties: { ...excess, sessionExpiryInterval: 7 } })
    expect((await link.receive("disconnect")).properties).toEqual({ sessionExpiryInterval: 7 })
  })
})

describe("a request", () => {
  const properties = { maximumPacketSize: 100 }
  const long = "f".repeat(100)

  it("that is too large is rejected at the caller, and nothing is left of it [MQTT-3.2.2-15]", async () => {
    const { client, link, cut } = await linked(5, {}, { properties })
    expect(await outcomeOf(client.subscribe([{ topicFilter: long }]))).toMatchObject(code("packet_too_large"))
    expect(await outcomeOf(client.subscribe(long))).toMatchObject(code("packet_too_large"))
    expect(await outcomeOf(client.unsubscribe(long))).toMatchObject(code("packet_too_large"))
    await link.idle()
    const next = await cut(link, { sessionPresent: false })
    await next.idle()
  })

  it("that waited and is too large is rejected, and those behind it leave", async () => {
    const { client, link, relink } = await linked(5)
    link.reset()
    await settle()
    const subscribed = client.subscribe([{ topicFilter: long }])
    const unsubscribed = client.unsubscribe(long.slice(1))
    void client.subscribe([{ topicFilter: "a" }])
    const next = await relink({ properties })
    expect(await outcomeOf(subscribed)).toMatchObject(code("packet_too_large"))
    expect(await outcomeOf(unsubscribed)).toMatchObject(code("packet_too_large"))
    expect(await arrived(next)).toEqual(["subscribe 1"])
  })

  it("that was asked on an earlier link, and is too large for this one, is rejected", async () => {
    const { client, link, cut } = await linked(5)
    const subscribed = client.subscribe([{ topicFilter: long }])
    expect(await arrived(link)).toEqual(["subscribe 1"])
    const next = await cut(link, { properties })
    expect(await outcomeOf(subscribed)).toMatchObject(code("packet_too_large"))
    await next.idle()
    expect(client.status).toBe("up")
  })

  it("for filters that a new session lacks is split so that each packet fits", async () => {
    const filters = Array.from({ length: 10 }, (_, index) => `${index}`.repeat(40))
    const subscriptions = filters.map((topicFilter) => ({ topicFilter }))
    const { events, link } = await linked(5, { subscriptions }, { properties })
    await settle()
    const asked = link.receiveRest().flatMap((packet) => (packet.type === "subscribe" ? [packet] : []))
    expect(asked.flatMap((one) => one.subscriptions.map(({ topicFilter }) => topicFilter))).toEqual(filters)
    for (const one of asked) expect(one.subscriptions.length).toBeLessThanOrEqual(2)
    expect(events.filter(({ kind }) => kind === "subscription_down")).toEqual([])
  })

  it("for one filter that is too large tells so, and the others are asked for", async () => {
    const subscriptions = [{ topicFilter: long }, { topicFilter: "a" }]
    const { events, link } = await linked(5, { subscriptions }, { properties })
    expect(await arrived(link)).toEqual(["subscribe 1"])
    expect(events).toContainEqual({ kind: "subscription_down", topicFilter: long, reasonCode: 0x95 })
  })

  it.each([
    { what: "a wildcard", topicFilter: "a/+", properties: { wildcardSubscriptionAvailable: false } },
    { what: "a share", topicFilter: "$share/g/a", properties: { sharedSubscriptionAvailable: false } },
  ])("that waited, with $what that this server does not offer, is rejected", async ({ topicFilter, properties }) => {
    const { client, link, relink } = await linked(5)
    link.reset()
    await settle()
    const subscribed = client.subscribe([{ topicFilter }])
    const next = await relink({ properties })
    expect(await outcomeOf(subscribed)).toMatchObject(code("not_supported"))
    await next.idle()
  })

  it.each([
    { before: true, after: false },
    { before: false, after: true },
  ])("bears an identifier where this link's server has them: $before, then $after", async ({ before, after }) => {
    const limits = (subscriptionIdentifiersAvailable: boolean) => ({ properties: { subscriptionIdentifiersAvailable } })
    const { client, link, cut } = await linked(5, {}, limits(before))
    void client.subscribe([{ topicFilter: "a" }])
    const first = await link.receive("subscribe")
    expect(first.properties.subscriptionIdentifier !== undefined).toBe(before)
    void client.subscribe([{ topicFilter: "b" }])
    await settle()
    const next = await cut(link, limits(after))
    for (const again of [await next.receive("subscribe"), await next.receive("subscribe")])
      expect(again.properties.subscriptionIdentifier !== undefined).toBe(after)
  })
})
