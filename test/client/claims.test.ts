/** What several wishes for one filter do to each other, and how a message of several recipients is done. */
import { defineHandler } from "terrapin"
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { clientWorld, grant, publishPacket } from "./client-world.js"

describe("a subscribe that fails", () => {
  it("takes nothing away from an owner that had the filter before: aborted", async () => {
    const at = clientWorld()
    const { client, link } = await at.up({ subscriptions: [{ topicFilter: "a/#", qos: 1 }] })
    await grant(link)
    const abort = new AbortController()
    const again = client.subscribe([{ topicFilter: "a/#", qos: 2 }], { signal: abort.signal })
    const { packetId } = await link.receive("subscribe")
    abort.abort()
    await expect(again).rejects.toMatchObject({ code: "aborted" })
    link.send({ type: "suback", packetId, reasonCodes: [2], properties: {} })
    await link.idle() // no UNSUBSCRIBE
  })

  it("takes nothing away from an owner that had the filter before: refused, and the session lost after that", async () => {
    const at = clientWorld()
    const { client, link } = await at.up({ subscriptions: [{ topicFilter: "a/#", qos: 1 }] })
    await grant(link)
    const again = client.subscribe([{ topicFilter: "a/#", qos: 2 }])
    const { packetId } = await link.receive("subscribe")
    link.send({ type: "suback", packetId, reasonCodes: [0x97], properties: {} })
    await expect(again).resolves.toMatchObject([{ reasonCode: 0x97 }])
    link.reset()
    await at.clock.advance(250)
    const next = await at.accept()
    expect(await next.link.receive("subscribe")).toMatchObject({ subscriptions: [{ topicFilter: "a/#", qos: 1 }] })
  })
})

describe("a subscribe that is under way", () => {
  it("does not keep a message from the owner that had the filter before, whichever identifier it comes with", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const one = client.subscribe("a/+", { qos: 0 })
    await grant(link)
    const other = client.subscribe("a/#", { qos: 0 })
    await grant(link)
    void client.subscribe([{ topicFilter: "a/+" }])
    const again = await link.receive("subscribe")
    const first = (await one)[Symbol.asyncIterator]().next()
    const second = (await other)[Symbol.asyncIterator]().next()
    const known = again.properties.subscriptionIdentifier ?? 0
    link.send({ ...publishPacket("a/1", "x"), properties: { subscriptionIdentifiers: [known - 2, known - 1] } })
    expect((await first).value?.text()).toBe("x")
    expect((await second).value?.text()).toBe("x")
  })

  it("that is refused leaves the wishes of the others as they are, whatever the order of the answers", async () => {
    const at = clientWorld()
    const { client, link } = await at.up({ subscriptions: [{ topicFilter: "f" }] })
    await grant(link)
    const refused = client.subscribe([{ topicFilter: "f", qos: 1 }])
    const one = await link.receive("subscribe")
    void client.subscribe("f", { qos: 2 })
    const two = await link.receive("subscribe")
    link.send({ type: "suback", packetId: one.packetId, reasonCodes: [0x97], properties: {} })
    link.send({ type: "suback", packetId: two.packetId, reasonCodes: [2], properties: {} })
    await refused
    link.reset()
    await at.clock.advance(250)
    const next = await at.accept()
    expect(await next.link.receive("subscribe")).toMatchObject({ subscriptions: [{ topicFilter: "f", qos: 2 }] })
  })
})

describe("a filter of two owners", () => {
  it("keeps the options of the first and the highest QoS", async () => {
    const at = clientWorld()
    const { client, link } = await at.up({ subscriptions: [{ topicFilter: "a", qos: 1, noLocal: true }] })
    await grant(link)
    void client.subscribe("a", { qos: 2 })
    expect(await link.receive("subscribe")).toMatchObject({
      subscriptions: [{ topicFilter: "a", qos: 2, noLocal: true }],
    })
  })

  it("is known by the identifier that it was asked with last", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const one = client.subscribe("a/+", { qos: 0 })
    await grant(link)
    const other = client.subscribe("a/#", { qos: 0 })
    await grant(link)
    const both = client.subscribe([{ topicFilter: "b" }, { topicFilter: "a/#" }])
    const asked = await link.receive("subscribe")
    link.send({ type: "suback", packetId: asked.packetId, reasonCodes: [0, 0], properties: {} })
    await both
    const reader = (await one)[Symbol.asyncIterator]()
    void (await other)
    const identifier = asked.properties.subscriptionIdentifier ?? 0
    const tagged = { ...publishPacket("a/1", "x"), properties: { subscriptionIdentifiers: [identifier] } }
    link.send(tagged)
    await settle()
    let got = 0
    void reader.next().then(() => got++)
    await settle()
    expect(got).toBe(0) // it was the copy of a/#
  })
})

describe("a message for the handler and for a reader that does not read yet", () => {
  const slow = () => {
    let finish: () => void = () => undefined
    const got: string[] = []
    const handler = defineHandler({
      async handlePublish(_levels, message) {
        got.push(message.text())
        await new Promise<void>((resolve) => {
          finish = resolve
        })
      },
    })
    return { handler, got, finish: () => finish() }
  }

  it.each([1, 2] as const)(
    "of QoS %i is not acknowledged before the handler is done, whatever the reader does",
    async (qos) => {
      const at = clientWorld()
      const { handler, got, finish } = slow()
      const { client, link } = await at.up({ handler, subscriptions: [{ topicFilter: "a", qos }] })
      await grant(link)
      const opened = client.subscribe("a", { qos })
      await grant(link)
      const reader = await opened
      link.send(publishPacket("a", "m", { qos, packetId: 9 }))
      await settle()
      const iterator = reader[Symbol.asyncIterator]()
      await iterator.next()
      await iterator.return?.()
      expect(got).toEqual(["m"])
      await link.idle()
      finish()
      expect(await link.receive(qos === 1 ? "puback" : "pubrec")).toMatchObject({ packetId: 9 })
    },
  )
})

describe("an unsubscribe that the server's limits forbid", () => {
  it("changes nothing: the filter is wanted still, and restored when the session is lost", async () => {
    const at = clientWorld()
    const properties = { maximumPacketSize: 60 }
    const { client, link } = await at.up({ subscriptions: [{ topicFilter: "a" }] }, { properties })
    await grant(link)
    const userProperties = [["k", "x".repeat(80)]] as const
    await expect(client.unsubscribe("a", { userProperties })).rejects.toMatchObject({ code: "packet_too_large" })
    await link.idle()
    link.reset()
    await at.clock.advance(250)
    const next = await at.accept({ properties })
    expect(await next.link.receive("subscribe")).toMatchObject({ subscriptions: [{ topicFilter: "a" }] })
  })
})

describe("an unsubscribe whose caller gave up while there was no link", () => {
  it("reaches the server all the same: the last wish counts [case 63]", async () => {
    const at = clientWorld()
    const { client, link } = await at.up({ subscriptions: [{ topicFilter: "a", qos: 1 }] })
    await grant(link)
    link.reset()
    await settle()
    const left = client.unsubscribe("a", { timeoutMs: 10 })
    await at.clock.advance(20)
    await expect(left).rejects.toMatchObject({ code: "timed_out" })
    await at.clock.advance(250)
    const next = await at.accept({ sessionPresent: true })
    expect(await next.link.receive("unsubscribe")).toMatchObject({ topicFilters: ["a"] })
  })
})
