/** Who owns a subscription, and who gets a message: every owner of a matching filter once, else the handler. */
import { type Client, defineHandler, type HandlerDefinition, type Subscription } from "terrapin"
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import type { ScriptedLink } from "../support/scripted-link.js"
import { clientWorld, grant, publishPacket } from "./client-world.js"

describe("equal filters", () => {
  it("share one subscription on the server with the highest QoS asked; UNSUBSCRIBE leaves with the last owner", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const first = await open(client, link, "a/+", 1)
    const second = await open(client, link, "a/+name", 2)
    expect(second.grantedQos).toBe(2)
    const third = await open(client, link, "a/+other", 0)
    await first.close()
    await second.close()
    await link.idle()
    void third.close()
    expect(await link.receive("unsubscribe")).toMatchObject({ topicFilters: ["a/+"] })
  })

  it("are asked for once when the session is lost", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    await open(client, link, "a", 1)
    await open(client, link, "a", 2)
    link.reset()
    await at.clock.advance(250)
    const again = await at.accept()
    const { subscriptions } = await again.link.receive("subscribe")
    expect(subscriptions).toMatchObject([{ topicFilter: "a", qos: 2 }])
    await again.link.idle()
  })

  it("of the handler and a reader are two owners: both get the message, and it is done when both are", async () => {
    const at = clientWorld()
    const { handler, got } = collecting()
    const { client, link } = await at.up({ handler, subscriptions: [{ topicFilter: "a", qos: 1 }] })
    await grant(link)
    const messages = (await open(client, link, "a", 1))[Symbol.asyncIterator]()
    const next = messages.next()
    link.send(publishPacket("a", "both", { qos: 1, packetId: 1 }))
    expect((await next).value?.text()).toBe("both")
    expect(got).toEqual(["both"])
    await link.idle()
    void messages.next()
    expect(await link.receive("puback")).toMatchObject({ packetId: 1 })
  })

  it("unsubscribe() of the client ends the handler's interest only", async () => {
    const at = clientWorld()
    const { handler, got } = collecting()
    const { client, link } = await at.up({ handler, subscriptions: [{ topicFilter: "a" }] })
    await grant(link)
    const messages = (await open(client, link, "a", 0))[Symbol.asyncIterator]()
    await expect(client.unsubscribe("a")).resolves.toEqual([{ topicFilter: "a", reasonCode: 0 }])
    await link.idle()
    link.send(publishPacket("a", "reader's"))
    expect((await messages.next()).value?.text()).toBe("reader's")
    expect(got).toEqual([])
  })
})

describe("overlapping filters", () => {
  it("in MQTT 5 are told apart by our identifiers: one message each, hidden from users", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const [wide, wideId] = await identified(client, link, "a/#")
    const [narrow, narrowId] = await identified(client, link, "a/b")
    expect(wideId).not.toBe(narrowId)
    // This server sends a copy for each subscription (§3.3.4).
    link.send(publishPacket("a/b", "for wide", { properties: { subscriptionIdentifiers: [wideId] } }))
    link.send(publishPacket("a/b", "for narrow", { properties: { subscriptionIdentifiers: [narrowId] } }))
    // This one sends one copy that bears both.
    link.send(publishPacket("a/b", "for both", { properties: { subscriptionIdentifiers: [narrowId, wideId] } }))
    await settle()
    expect(await texts(wide, 2)).toEqual(["for wide", "for both"])
    expect(await texts(narrow, 2)).toEqual(["for narrow", "for both"])
  })

  it("in 3.1.1 are told apart by matching: every owner of a matching filter gets the message once", async () => {
    const at = clientWorld()
    const { client, link } = await at.up({ protocolVersion: 4 })
    const wide = await open(client, link, "a/#", 0)
    const narrow = await open(client, link, "a/b", 0)
    link.send(publishPacket("a/b", "one"), publishPacket("a/c", "two"))
    await settle()
    expect(await texts(wide, 2)).toEqual(["one", "two"])
    link.send(publishPacket("a/b", "three"))
    expect(await texts(narrow, 2)).toEqual(["one", "three"])
  })

  it("where the server has no identifiers are told apart by matching, and SUBSCRIBE carries none", async () => {
    const at = clientWorld()
    const { client, link } = await at.up({}, { properties: { subscriptionIdentifiersAvailable: false } })
    const subscribing = client.subscribe("a/#")
    const { packetId, properties } = await link.receive("subscribe")
    expect(properties).toEqual({})
    link.send({ type: "suback", packetId, reasonCodes: [0], properties: {} })
    link.send(publishPacket("a/b", "one"))
    expect(await texts(await subscribing, 1)).toEqual(["one"])
  })

  it("of shared subscriptions match without $share and the name", async () => {
    const at = clientWorld()
    const { client, link } = await at.up({ protocolVersion: 4 })
    const shared = await open(client, link, "$share/group/a/+x", 0)
    link.send(publishPacket("a/7", "one"))
    for await (const message of shared) {
      expect(message.params).toEqual({ x: "7" })
      break
    }
  })
})

describe("a message that nobody's filter matches", () => {
  it("goes to the handler", async () => {
    const at = clientWorld()
    const { handler, got } = collecting()
    const { client, link } = await at.up({ handler })
    const reader = await open(client, link, "a", 0)
    link.send(publishPacket("somewhere/else", "lost"), publishPacket("a", "found"))
    expect(await texts(reader, 1)).toEqual(["found"])
    expect(got).toEqual(["lost"])
  })

  it("by an identifier of an earlier life of the session goes by matching", async () => {
    const at = clientWorld()
    const { client, link } = await at.up({ cleanStart: false }, { sessionPresent: true })
    const reader = await open(client, link, "a", 0)
    link.send(publishPacket("a", "old identifier", { properties: { subscriptionIdentifiers: [77_777] } }))
    expect(await texts(reader, 1)).toEqual(["old identifier"])
  })
})

function collecting(): { readonly handler: HandlerDefinition; readonly got: string[] } {
  const got: string[] = []
  return { handler: defineHandler({ handlePublish: (_levels, message) => void got.push(message.text()) }), got }
}

async function open(client: Client, link: ScriptedLink, topicFilter: string, qos: 0 | 1 | 2): Promise<Subscription> {
  const subscribing = client.subscribe(topicFilter, { qos })
  await settle()
  // Equal filters may need no question of their own; a server answers each that comes.
  for (const packet of link.receiveRest())
    if (packet.type === "subscribe")
      link.send({
        type: "suback",
        packetId: packet.packetId,
        reasonCodes: packet.subscriptions.map((asked) => asked.qos),
        properties: {},
      })
  return subscribing
}

async function identified(
  client: Client,
  link: ScriptedLink,
  topicFilter: string,
): Promise<readonly [Subscription, number]> {
  const subscribing = client.subscribe(topicFilter)
  const { packetId, properties } = await link.receive("subscribe")
  link.send({ type: "suback", packetId, reasonCodes: [0], properties: {} })
  return [await subscribing, properties.subscriptionIdentifier ?? 0]
}

/** The next `count` messages; the reader stays. */
async function texts<F extends string>(subscription: Subscription<F>, count: number): Promise<string[]> {
  const found: string[] = []
  const messages = subscription[Symbol.asyncIterator]()
  while (found.length < count) found.push((await messages.next()).value?.text() ?? "")
  return found
}
