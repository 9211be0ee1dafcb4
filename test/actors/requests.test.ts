/** SUBSCRIBE and UNSUBSCRIBE over lost links and lost sessions: what is asked again, and what nobody has to ask. */
import { describe, expect, it } from "vitest"
import type { Subscribe } from "../../src/codec/index.js"
import { settle } from "../../src/testing/index.js"
import { eventsOf, grant, outcomeOf, publishPacket } from "../client/client-world.js"
import type { ScriptedLink } from "../support/scripted-link.js"
import { arrived, linked, VERSIONS } from "./delivery-world.js"

describe.each(VERSIONS)("version $version", ({ version }) => {
  it.each([{ sessionPresent: true }, { sessionPresent: false }])(
    "[case 59] asks again, once, when the link is lost before SUBACK, and settles once (Session Present $sessionPresent)",
    async ({ sessionPresent }) => {
      const { client, link, cut } = await linked(version)
      const asked = client.subscribe([{ topicFilter: "f", qos: 1 }])
      expect((await link.receive("subscribe")).packetId).toBe(1)
      const next = await cut(link, { sessionPresent })
      expect(await outcomeOf(asked)).toBe("pending")
      await grant(next)
      expect(await asked).toEqual([{ topicFilter: "f", reasonCode: 1, grantedQos: 1 }])
      await next.idle()
      const last = await cut(next)
      await last.idle()
    },
  )

  it("asks UNSUBSCRIBE again when the link is lost before UNSUBACK, and settles once", async () => {
    const { client, link, cut } = await linked(version)
    const subscribed = client.subscribe([{ topicFilter: "f" }])
    await grant(link)
    await subscribed
    const asked = client.unsubscribe("f")
    expect(await arrived(link)).toEqual(["unsubscribe 2"])
    const next = await cut(link)
    const { packetId } = await next.receive("unsubscribe")
    expect(await outcomeOf(asked)).toBe("pending")
    next.send({ type: "unsuback", packetId, reasonCodes: version === 5 ? [0x11] : [], properties: {} })
    expect(await asked).toEqual([{ topicFilter: "f", reasonCode: version === 5 ? 0x11 : 0 }])
    await next.idle()
  })

  it("[case 60] asks for all that is wanted, as it was asked for, when the session is gone, and for nothing when it is there", async () => {
    const { client, link, cut } = await linked(version, {
      subscriptions: [{ topicFilter: "from/options", qos: 2, noLocal: true, retainAsPublished: true }],
    })
    await grant(link)
    const subscribed = client.subscribe("a/+room", { qos: 1, retainHandling: 2 })
    await grant(link)
    await subscribed
    const gone = client.subscribe([{ topicFilter: "gone" }])
    await grant(link)
    await gone
    const leaving = client.unsubscribe("gone")
    const { packetId } = await link.receive("unsubscribe")
    link.send({ type: "unsuback", packetId, reasonCodes: version === 5 ? [0] : [], properties: {} })
    await leaving

    const present = await cut(link)
    await present.idle()
    const fresh = await cut(present, { sessionPresent: false })
    const asked = await subscribes(fresh)
    const five = version === 5
    expect(asked.flatMap(({ subscriptions }) => subscriptions)).toEqual([
      { topicFilter: "from/options", qos: 2, noLocal: five, retainAsPublished: five, retainHandling: 0 },
      { topicFilter: "a/+", qos: 1, noLocal: false, retainAsPublished: false, retainHandling: five ? 2 : 0 },
    ])
    for (const { packetId: id, subscriptions } of asked) {
      const reasonCodes = subscriptions.map(({ qos }) => qos)
      fresh.send({ type: "suback", packetId: id, reasonCodes, properties: {} })
    }
    await settle()
    const last = await cut(fresh)
    await last.idle()
  })

  it("[case 60] asks before anything that waited is published, so that its answers find their readers", async () => {
    const { client, link, relink } = await linked(version, { subscriptions: [{ topicFilter: "answers" }] })
    await grant(link)
    link.reset()
    await settle()
    void client.publish("question", "?", { qos: 1 })
    const next = await relink({ sessionPresent: false })
    expect((await arrived(next)).map((line) => line.split(" ")[0])).toEqual(["subscribe", "publish"])
  })

  it("takes back what was asked for a caller that left, also over a lost link", async () => {
    const { client, link, cut } = await linked(version)
    const leaving = new AbortController()
    const asked = client.subscribe([{ topicFilter: "f" }], { signal: leaving.signal })
    await link.receive("subscribe")
    leaving.abort()
    await expect(asked).rejects.toMatchObject({ code: "aborted" })
    const next = await cut(link)
    await grant(next)
    expect(await arrived(next)).toEqual(["unsubscribe 2"])
  })

  it("never sends a request that its caller left before there was a link", async () => {
    const { at, client, link, relink } = await linked(version)
    link.reset()
    await settle()
    const asked = client.subscribe([{ topicFilter: "f" }], { timeoutMs: 100 })
    await at.clock.advance(100)
    await expect(asked).rejects.toMatchObject({ code: "timed_out" })
    const next = await relink()
    await next.idle()
  })

  it("[case 62] tells the caller, and those who listen, of a lower QoS than asked for", async () => {
    const { client, link, events } = await linked(version)
    const single = client.subscribe("one", { qos: 2 })
    await grant(link, [1])
    expect((await single).grantedQos).toBe(1)
    const several = client.subscribe([
      { topicFilter: "two", qos: 1 },
      { topicFilter: "three", qos: 2 },
    ])
    await grant(link, [0, 2])
    expect(await several).toMatchObject([
      { topicFilter: "two", grantedQos: 0 },
      { topicFilter: "three", grantedQos: 2 },
    ])
    expect(eventsOf(events, "subscription_warn")).toMatchObject([
      { topicFilter: "one", requested: 2, granted: 1 },
      { topicFilter: "two", requested: 1, granted: 0 },
    ])
  })

  it("gives a message to a reader whose filter was restored", async () => {
    const { client, link, cut } = await linked(version)
    const subscribing = client.subscribe("f/+", { qos: 1 })
    await grant(link)
    const subscription = await subscribing
    const next = await cut(link, { sessionPresent: false })
    await grant(next)
    next.send(publishPacket("f/1", "a", { qos: 1, packetId: 1 }))
    for await (const message of subscription) {
      expect(message.text()).toBe("a")
      break
    }
  })
})

async function subscribes(link: ScriptedLink): Promise<Subscribe[]> {
  await settle()
  return link.receiveRest().filter((packet): packet is Subscribe => packet.type === "subscribe")
}
