/** A subscription as an async iterator: what one reader gets, when it is acknowledged, and how it ends. */
import { type Client, InvalidOptionError, type Message, RejectedError, type Subscription } from "terrapin"
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import type { ScriptedLink } from "../support/scripted-link.js"
import { clientWorld, eventsOf, grant, outcomeOf, publishPacket } from "./client-world.js"

describe("subscribe() for one reader", () => {
  it("gives typed params of named wildcards, text and json, destructured too", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const subscribing = client.subscribe("tower/+floor/#rest", { qos: 1 })
    expect((await link.receive("subscribe")).subscriptions).toMatchObject([{ topicFilter: "tower/+/#", qos: 1 }])
    link.send({ type: "suback", packetId: 1, reasonCodes: [1], properties: {} })
    const readings = await subscribing
    expect(readings).toMatchObject({ topicFilter: "tower/+floor/#rest", reasonCode: 1, grantedQos: 1 })
    link.send(publishPacket("tower/3/a/b", '{"celsius":21}'))
    for await (const { params, text, json, levels } of readings) {
      expect(params).toEqual({ floor: "3", rest: "a/b" })
      expect([text(), json(), levels]).toEqual(['{"celsius":21}', { celsius: 21 }, ["tower", "3", "a", "b"]])
      break
    }
  })

  it("rejects rejected when the server refuses the filter, and wants it no more", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const refused = client.subscribe("a").catch((error: unknown) => error)
    await grant(link, [0x87])
    expect(await refused).toBeInstanceOf(RejectedError)
    expect(await refused).toMatchObject({ code: "rejected", packet: "suback", reasonCode: 0x87 })
    link.reset()
    await at.clock.advance(250)
    const again = await at.accept()
    await again.link.idle()
  })

  it("hides the identifiers that are ours", async () => {
    const at = clientWorld()
    const { link, messages, identifier } = await reading("a")
    link.send(publishPacket("a", "", { properties: { contentType: "x", subscriptionIdentifiers: [identifier] } }))
    const { value } = await messages.next()
    expect(value?.properties).toEqual({ contentType: "x" })
    void at
  })

  it("has one reader: a second iterator throws", async () => {
    const { subscription } = await reading("a")
    expect(() => subscription[Symbol.asyncIterator]()).toThrow(InvalidOptionError)
  })
})

describe("a message for a reader", () => {
  it.each([1, 2] as const)("of QoS %i is acknowledged when the reader asks for the next one", async (qos) => {
    const { link, messages } = await reading("a")
    const type = qos === 1 ? "puback" : "pubrec"
    for (const packetId of [1, 2]) link.send(publishPacket("a", `m${packetId}`, { qos, packetId }))
    expect((await messages.next()).value?.text()).toBe("m1")
    await link.idle()
    expect((await messages.next()).value?.text()).toBe("m2")
    expect(await link.receive(type)).toMatchObject({ packetId: 1, reasonCode: 0 })
    await link.idle()
  })

  it("is acknowledged when it is buffered while nobody reads yet: a subscription nobody reads wedges nothing", async () => {
    const at = clientWorld()
    const { client, link, events } = await at.up()
    const subscription = await open(client, link, "a", { maxQueued: 3 })
    for (let packetId = 1; packetId <= 5; packetId++)
      link.send(publishPacket("a", `m${packetId}`, { qos: 1, packetId }))
    for (let packetId = 1; packetId <= 5; packetId++) expect(await link.receive("puback")).toMatchObject({ packetId })
    expect(eventsOf(events, "dropped")).toMatchObject([
      { direction: "in", topic: "a" },
      { direction: "in", topic: "a" },
    ])
    const texts: string[] = []
    for await (const message of subscription) {
      texts.push(message.text())
      if (texts.length === 3) break
    }
    expect(texts).toEqual(["m3", "m4", "m5"])
  })

  it("of QoS 0 that a slow reader has no room for is dropped, the oldest first; QoS 1 is held back by its acknowledgement", async () => {
    const at = clientWorld()
    const { client, link, events } = await at.up()
    const subscription = await open(client, link, "a", { maxQueued: 3 })
    const messages = subscription[Symbol.asyncIterator]()
    link.send(publishPacket("a", "in hand"))
    await messages.next()
    link.send(publishPacket("a", "kept 1", { qos: 1, packetId: 1 }))
    for (let count = 1; count <= 10; count++) link.send(publishPacket("a", `m${count}`))
    link.send(publishPacket("a", "kept 2", { qos: 1, packetId: 2 }))
    await link.idle()
    expect(eventsOf(events, "dropped")).toHaveLength(9)
    const texts: (string | undefined)[] = []
    for (let count = 0; count < 3; count++) texts.push((await messages.next()).value?.text())
    expect(texts).toEqual(["kept 1", "m10", "kept 2"])
    expect(await link.receive("puback")).toMatchObject({ packetId: 1 })
    await link.idle()
    void messages.next()
    expect(await link.receive("puback")).toMatchObject({ packetId: 2 })
  })

  it("wakes a reader that waits", async () => {
    const { link, messages } = await reading("a")
    const next = messages.next()
    expect(await outcomeOf(next)).toBe("pending")
    link.send(publishPacket("a", "now"))
    expect((await next).value?.text()).toBe("now")
  })

  it("keeps its order for a reader that asks ahead", async () => {
    const { link, messages } = await reading("a")
    const asked = [messages.next(), messages.next(), messages.next()]
    for (const text of ["1", "2", "3"]) link.send(publishPacket("a", text))
    const texts = (await Promise.all(asked)).map(({ value }) => value?.text())
    expect(texts).toEqual(["1", "2", "3"])
  })
})

describe("leaving", () => {
  it("by break acknowledges what is in hand, leaves the rest unacknowledged, and unsubscribes", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const subscription = await open(client, link, "a")
    const reader = (async () => {
      for await (const _message of subscription) break
    })()
    await settle()
    link.send(publishPacket("a", "1", { qos: 1, packetId: 1 }), publishPacket("a", "2", { qos: 1, packetId: 2 }))
    await reader
    await settle()
    expect(link.receiveRest()).toMatchObject([
      { type: "puback", packetId: 1 },
      { type: "unsubscribe", topicFilters: ["a"] },
    ])
  })

  it("by throw is the same", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const subscription = await open(client, link, "a")
    const reader = (async () => {
      for await (const _message of subscription) throw new Error("the reader's own")
    })()
    link.send(publishPacket("a", "1", { qos: 1, packetId: 1 }))
    await expect(reader).rejects.toThrow("the reader's own")
    await settle()
    expect(link.receiveRest()).toMatchObject([{ type: "puback" }, { type: "unsubscribe" }])
  })

  it("by unsubscribe() resolves with the server's answer, and ends the reader", async () => {
    const { link, subscription, messages } = await reading("a")
    const next = messages.next()
    const left = subscription.unsubscribe()
    const { packetId } = await link.receive("unsubscribe")
    link.send({ type: "unsuback", packetId, reasonCodes: [0], properties: {} })
    expect(await left).toEqual({ topicFilter: "a", reasonCode: 0 })
    expect(await next).toEqual({ done: true, value: undefined })
    expect(await messages.next()).toEqual({ done: true, value: undefined })
  })

  it("by `await using` and by close() resolves even when nobody answers, and twice", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    {
      await using subscription = await open(client, link, "a")
      expect(subscription.topicFilter).toBe("a")
      void client.disconnect({ drainMs: 0 })
      await at.clock.advance(0)
    }
    expect(client.status).toBe("stopped")
  })

  it("ends the reader when the client is stopped", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const subscription = await open(client, link, "a")
    const texts: string[] = []
    const reader = (async () => {
      for await (const message of subscription) texts.push(message.text())
      return "ended"
    })()
    link.send(publishPacket("a", "last"))
    await settle()
    await client.disconnect()
    expect(await reader).toBe("ended")
    expect(texts).toEqual(["last"])
    await at.expectNothingLeft()
  })

  it("goes on over a lost link, a lost session and a restarted client", async () => {
    const at = clientWorld()
    const { app, client, link } = await at.supervised()
    const subscription = await open(client, link, "a")
    const messages = subscription[Symbol.asyncIterator]()
    link.reset()
    await at.clock.advance(250)
    const second = await at.accept()
    await grant(second.link)
    second.link.send(publishPacket("a", "second link"))
    expect((await messages.next()).value?.text()).toBe("second link")
    await at.killActor(app, "client toes")
    const third = await at.accept()
    await grant(third.link)
    third.link.send(publishPacket("a", "second life"))
    expect((await messages.next()).value?.text()).toBe("second life")
  })
})

/** One client with one subscription that is being read. */
async function reading(topicFilter: string): Promise<{
  readonly client: Client
  readonly link: ScriptedLink
  readonly subscription: Subscription
  readonly messages: AsyncIterator<Message>
  readonly identifier: number
}> {
  const { client, link } = await clientWorld().up()
  const subscribing = client.subscribe(topicFilter, { qos: 2 })
  const { packetId, properties } = await link.receive("subscribe")
  link.send({ type: "suback", packetId, reasonCodes: [2], properties: {} })
  const subscription = await subscribing
  const [identifier = 0] = properties.subscriptionIdentifier === undefined ? [] : [properties.subscriptionIdentifier]
  return { client, link, subscription, messages: subscription[Symbol.asyncIterator](), identifier }
}

async function open(
  client: Client,
  link: ScriptedLink,
  topicFilter: string,
  options: { readonly maxQueued?: number } = {},
): Promise<Subscription> {
  const subscribing = client.subscribe(topicFilter, { qos: 2, ...options })
  await grant(link)
  return subscribing
}
