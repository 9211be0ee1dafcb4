import { describe, expect, it } from "vitest"
import { ack, clientWorld, grant, outcomeOf } from "./client-world.js"

describe("a call without an answer", () => {
  it("of subscribe and unsubscribe rejects timed_out after 30 s, also while there is no link", async () => {
    const at = clientWorld()
    at.broker.refuse(new Error("down"), 1_000)
    const { client } = at.start()
    const calls = [client.subscribe("a"), client.subscribe([{ topicFilter: "b" }]), client.unsubscribe("c")]
    await at.clock.advance(29_999)
    for (const call of calls) expect(await outcomeOf<unknown>(call)).toBe("pending")
    await at.clock.advance(1)
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: "timed_out", timeoutMs: 30_000 })
  })

  it("waits as long as timeoutMs says, and for ever with 0", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const short = client.subscribe("a", { timeoutMs: 70 })
    const endless = client.unsubscribe("b", { timeoutMs: 0 })
    await at.clock.advance(70)
    await expect(short).rejects.toMatchObject({ code: "timed_out", timeoutMs: 70 })
    await at.clock.advance(40_000)
    expect(await outcomeOf(endless)).toBe("pending")
    expect(link.receiveRest().map(({ type }) => type)).toEqual(["subscribe", "unsubscribe"])
  })

  it("of publish waits for ever by default: it survives outages", async () => {
    const at = clientWorld()
    const { client, link } = await at.up({ keepAliveSeconds: 0 })
    const published = client.publish("t", "", { qos: 1 })
    await link.receive("publish")
    await at.clock.advance(10_000_000)
    expect(await outcomeOf(published)).toBe("pending")
  })
})

describe("a caller that leaves, by timeout or abort", () => {
  const leave = {
    timeout: { options: () => ({ timeoutMs: 100 }), code: "timed_out" },
    abort: { options: (signal: AbortSignal) => ({ signal }), code: "aborted" },
  }
  it.each(["timeout", "abort"] as const)("takes back what was not sent: %s", async (how) => {
    const at = clientWorld()
    const { client } = at.start()
    const abort = new AbortController()
    const published = client.publish("t", "never", { qos: 1, ...leave[how].options(abort.signal) })
    const subscribed = client.subscribe("a", leave[how].options(abort.signal))
    await at.clock.advance(100)
    abort.abort()
    await expect(published).rejects.toMatchObject({ code: leave[how].code })
    await expect(subscribed).rejects.toMatchObject({ code: leave[how].code })
    const { link } = await at.accept()
    await link.idle()
  })

  it.each(["timeout", "abort"] as const)(
    "lets what was sent finish in the background, and its id is not reused early: %s",
    async (how) => {
      const at = clientWorld()
      const { client, link } = await at.up()
      const abort = new AbortController()
      const published = client.publish("t", "sent", { qos: 2, ...leave[how].options(abort.signal) })
      await link.receive("publish")
      await at.clock.advance(100)
      abort.abort()
      await expect(published).rejects.toMatchObject({ code: leave[how].code })
      const next = client.publish("t", "next", { qos: 1 })
      expect(await link.receive("publish")).toMatchObject({ packetId: 2 })
      link.send(ack("pubrec", 1))
      expect(await link.receive("pubrel")).toMatchObject({ packetId: 1 })
      link.send(ack("pubcomp", 1), ack("puback", 2))
      await expect(next).resolves.toMatchObject({ packetId: 2 })
      await link.idle()
    },
  )

  it("of a subscribe that was sent is unsubscribed by what follows: its messages go to nobody", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const abort = new AbortController()
    const subscribed = client.subscribe("a", { signal: abort.signal })
    const { packetId } = await link.receive("subscribe")
    abort.abort()
    await expect(subscribed).rejects.toMatchObject({ code: "aborted" })
    link.send({ type: "suback", packetId, reasonCodes: [0], properties: {} })
    expect(await link.receive("unsubscribe")).toMatchObject({ topicFilters: ["a"] })
  })

  it("before the call is never on the wire", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const signal = AbortSignal.abort("changed my mind")
    const calls = [
      client.publish("t", "", { signal }),
      client.publish("t", "", { qos: 1, signal }),
      client.subscribe("a", { signal }),
      client.subscribe([{ topicFilter: "a" }], { signal }),
      client.unsubscribe("a", { signal }),
      client.ping({ signal }),
      client.connected({ signal }),
    ]
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: "aborted", cause: "changed my mind" })
    await link.idle()
  })

  it("leaves no listener on its signal", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const listening = new Set<unknown>()
    const { signal } = new AbortController()
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listening.add(args[1])
      add(...args)
    }
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listening.delete(args[1])
      remove(...args)
    }
    const published = client.publish("t", "", { qos: 1, signal })
    await link.receive("publish")
    expect(listening.size).toBe(1)
    link.send(ack("puback", 1))
    await published
    expect(listening.size).toBe(0)
  })
})

describe("subscribe and unsubscribe", () => {
  it("in the array form resolve with each filter's reason code, refusals included", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const subscribed = client.subscribe([
      { topicFilter: "a", qos: 2 },
      { topicFilter: "b", qos: 1 },
      { topicFilter: "c" },
    ])
    await grant(link, [1, 0x87, 0])
    expect(await subscribed).toEqual([
      { topicFilter: "a", reasonCode: 1, grantedQos: 1 },
      { topicFilter: "b", reasonCode: 0x87, grantedQos: undefined },
      { topicFilter: "c", reasonCode: 0, grantedQos: 0 },
    ])
    const left = client.unsubscribe(["a", "c", "unknown"])
    const { packetId, topicFilters } = await link.receive("unsubscribe")
    expect(topicFilters).toEqual(["a", "c", "unknown"])
    link.send({ type: "unsuback", packetId, reasonCodes: [0, 0x80, 0x11], properties: {} })
    expect(await left).toEqual([
      { topicFilter: "a", reasonCode: 0 },
      { topicFilter: "c", reasonCode: 0x80 },
      { topicFilter: "unknown", reasonCode: 0x11 },
    ])
  })

  it("tell what became of each filter as events", async () => {
    const at = clientWorld()
    const { client, link, events } = await at.up()
    void client.subscribe([{ topicFilter: "a", qos: 2 }, { topicFilter: "b", qos: 2 }, { topicFilter: "c" }])
    await grant(link, [1, 0x80, 0])
    expect(events.slice(1)).toEqual([
      { kind: "subscription_warn", topicFilter: "a", requested: 2, granted: 1 },
      { kind: "subscription_down", topicFilter: "b", reasonCode: 0x80 },
      { kind: "subscription_up", topicFilter: "c", reasonCode: 0 },
    ])
  })

  it("carry user properties in MQTT 5", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const userProperties = [["a", "b"]] as const
    void client.subscribe("x", { userProperties })
    expect((await link.receive("subscribe")).properties.userProperties).toEqual(userProperties)
    void client.unsubscribe("y", { userProperties })
    expect((await link.receive("unsubscribe")).properties.userProperties).toEqual(userProperties)
  })

  it("send named wildcards as plain filters", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const subscribed = client.subscribe([{ topicFilter: "tower/+floor/#rest" }])
    await grant(link)
    expect(await subscribed).toMatchObject([{ topicFilter: "tower/+/#" }])
    void client.unsubscribe("tower/+floor/#rest")
    expect((await link.receive("unsubscribe")).topicFilters).toEqual(["tower/+/#"])
  })
})

describe("the credit of QoS 0", () => {
  it("keeps `while (true) await publish()` from starving timers and sockets", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    let stop = false
    let sent = 0
    link.send({ type: "pingresp" })
    const endless = (async () => {
      while (!stop) {
        await client.publish("t", "x")
        sent++
      }
    })()
    await new Promise<void>((resolve) => setImmediate(resolve))
    await new Promise<void>((resolve) => setImmediate(resolve))
    stop = true
    await endless
    expect(sent).toBeGreaterThan(500)
    expect(sent).toBeLessThan(5_000)
  })
})
