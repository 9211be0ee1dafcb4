/** What a handler asks for: next actions as data, and calls of its own, awaited inside. */
import { type Client, defineHandler, type NextAction } from "terrapin"
import { describe, expect, it } from "vitest"
import type { Packet } from "../../src/codec/index.js"
import { settle } from "../../src/testing/index.js"
import { deferred } from "../runtime/world.js"
import { ack, clientWorld, eventsOf, grant, publishPacket } from "./client-world.js"

describe("next actions", () => {
  const acting = (actions: readonly NextAction[]) => defineHandler({ connection: () => ({ actions }) })

  it("publish, subscribe and unsubscribe leave in the order asked, after the state was taken", async () => {
    const at = clientWorld()
    const { link } = await at.up({
      handler: acting([
        { type: "publish", topic: "a", payload: "1" },
        { type: "subscribe", topicFilter: "b/+name", qos: 1, noLocal: true },
        { type: "unsubscribe", topicFilter: "c" },
        { type: "publish", topic: "d", payload: "2", qos: 2, retain: true, properties: { contentType: "x" } },
      ]),
    })
    expect(await link.receive("publish")).toMatchObject({ topic: "a", qos: 0 })
    const subscribe = await link.receive("subscribe")
    expect(subscribe.subscriptions).toMatchObject([{ topicFilter: "b/+", qos: 1, noLocal: true }])
    expect(await link.receive("unsubscribe")).toMatchObject({ topicFilters: ["c"] })
    expect(await link.receive("publish")).toMatchObject({
      topic: "d",
      qos: 2,
      retain: true,
      properties: { contentType: "x" },
    })
  })

  it("subscribe makes the handler the owner: what comes is its own", async () => {
    const at = clientWorld()
    const got: string[] = []
    const handler = defineHandler({
      connection: () => ({ actions: [{ type: "subscribe", topicFilter: "b" }] }),
      handlePublish: (_levels, message) => void got.push(message.text()),
    })
    const { link } = await at.up({ handler })
    await grant(link)
    link.send(publishPacket("b", "mine"))
    await settle()
    expect(got).toEqual(["mine"])
  })

  it("disconnect ends the client as disconnect() does", async () => {
    const at = clientWorld()
    const { link, events } = await at.up({ handler: acting([{ type: "disconnect", options: { reasonCode: 0x04 } }]) })
    expect(await link.receive("disconnect")).toMatchObject({ reasonCode: 0x04 })
    await link.clientEnd()
    expect(events.at(-1)).toEqual({ kind: "stopped", reason: undefined })
    await at.expectNothingLeft()
  })

  it("stop ends the client at once: nothing is waited for", async () => {
    const at = clientWorld()
    const stopping = defineHandler({ handlePublish: () => ({ actions: [{ type: "stop" }] }) })
    const { client, link } = await at.up({ handler: stopping })
    const published = client.publish("t", "", { qos: 1 })
    await link.receive("publish")
    link.send(publishPacket("t", ""))
    await at.clock.advance(0)
    await link.receive("disconnect")
    await expect(published).rejects.toMatchObject({ code: "stopped", maybeDelivered: true })
    await at.expectNothingLeft()
  })

  it.each<readonly [string, unknown, string]>([
    ["an unknown type", { type: "explode" }, "invalid_option"],
    ["a publish with QoS 3", { type: "publish", topic: "a", qos: 3 }, "invalid_option"],
    ["a publish to a wildcard", { type: "publish", topic: "a/#" }, "invalid_topic"],
    ["a subscribe to a bad filter", { type: "subscribe", topicFilter: "a/#/b" }, "invalid_topic"],
    ["an unsubscribe from a bad filter", { type: "unsubscribe", topicFilter: "" }, "invalid_topic"],
    ["a disconnect with a bad reason code", { type: "disconnect", options: { reasonCode: 0x8e } }, "invalid_option"],
    ["a null", null, "invalid_option"],
  ])("that cannot be are the handler's crash, and none of them is performed: %s", async (_what, action, code) => {
    const at = clientWorld()
    const good: NextAction = { type: "publish", topic: "good" }
    let asked = false
    const handler = defineHandler({
      handlePublish() {
        if (asked) return
        asked = true
        return { actions: [good, action as NextAction] }
      },
    })
    const { link, events } = await at.up({ handler })
    link.send(publishPacket("t", ""))
    await link.idle()
    expect(eventsOf(events, "handler_crash")).toMatchObject([{ error: { code } }])
  })

  it("that the server refuses are logged, and harm nobody", async () => {
    const at = clientWorld()
    const handler = acting([{ type: "publish", topic: "a", qos: 1 }])
    const { client, link } = await at.up({ handler })
    await link.receive("publish")
    link.send(ack("puback", 1, 0x87))
    await settle()
    expect(at.logged.filter((line) => line.startsWith("warn"))).toHaveLength(1)
    expect(client.status).toBe("up")
  })
})

describe("[case 56] inside a handler, with windows of 1", () => {
  const windows = { inflightWindow: 1, properties: { receiveMaximum: 1 } }
  const work: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
    "publish with QoS 1": (client) => client.publish("a", "", { qos: 1 }),
    "publish with QoS 2": (client) => client.publish("a", "", { qos: 2 }),
    "two publishes at once": (client) =>
      Promise.all([client.publish("a", "", { qos: 1 }), client.publish("a", "", { qos: 2 })]),
    subscribe: (client) => client.subscribe([{ topicFilter: "b" }]),
    unsubscribe: (client) => client.unsubscribe("b"),
    ping: (client) => client.ping(),
    connected: (client) => client.connected(),
  }

  it.each(Object.keys(work).flatMap((name) => ([1, 2] as const).map((qos) => ({ name, qos }))))(
    "an awaited $name never deadlocks, while a message of QoS $qos is in hand",
    async ({ name, qos }) => {
      const at = clientWorld()
      const handler = defineHandler({
        async handlePublish(_levels, _message, _state, { client }) {
          await work[name]?.(client)
        },
      })
      const { client, link } = await at.up({ handler, ...windows })
      const outside = client.publish("z", "", { qos: 1 })
      link.send(publishPacket("t", "", { qos, packetId: 9 }))
      await settle()
      let acknowledged = false
      for (let turn = 0; turn < 10 && !acknowledged; turn++) {
        for (const packet of link.receiveRest()) {
          acknowledged ||= packet.type === (qos === 1 ? "puback" : "pubrec")
          const answer = answerTo(packet)
          if (answer !== undefined) link.send(answer)
        }
        await settle()
      }
      expect(acknowledged).toBe(true)
      await expect(outside).resolves.toMatchObject({ qos: 1 })
    },
  )

  it("an awaited disconnect() resolves", async () => {
    const at = clientWorld()
    const ended = deferred<string>()
    const handler = defineHandler({
      async handlePublish(_levels, _message, _state, { client }) {
        await client.disconnect()
        ended.resolve(client.status)
      },
    })
    const { link } = await at.up({ handler, ...windows })
    link.send(publishPacket("t", "", { qos: 1, packetId: 9 }))
    expect(await ended.promise).toBe("stopped")
    await at.expectNothingLeft()
  })
})

/** What a server that agrees to everything says. */
function answerTo(packet: Packet): Packet | undefined {
  switch (packet.type) {
    case "publish":
      return packet.qos === 0 ? undefined : ack(packet.qos === 1 ? "puback" : "pubrec", packet.packetId)
    case "pubrel":
      return ack("pubcomp", packet.packetId)
    case "subscribe":
      return { type: "suback", packetId: packet.packetId, reasonCodes: [0], properties: {} }
    case "unsubscribe":
      return { type: "unsuback", packetId: packet.packetId, reasonCodes: [0], properties: {} }
    case "pingreq":
      return { type: "pingresp" }
    default:
      return undefined
  }
}
