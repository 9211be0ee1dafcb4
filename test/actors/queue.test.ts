/** The queue of what waits: its order, its bounds, and who leaves it. */
import { isTerrapinError } from "terrapin"
import { describe, expect, it, vi } from "vitest"
import { TooManyCallsError } from "../../src/runtime/index.js"
import { settle } from "../../src/testing/index.js"
import { ack, outcomeOf } from "../client/client-world.js"
import { scopeOf } from "./crash-world.js"
import { arrived, linked } from "./delivery-world.js"

const MEBIBYTE = 1_048_576

describe("a caller that leaves in the instant in which its QoS 0 message leaves", () => {
  it("takes nobody else along", async () => {
    const { client, link, relink, cut } = await linked(5)
    link.reset()
    await settle()
    const leaving = new AbortController()
    const first = client.publish("a", "1", { signal: leaving.signal })
    const others = [
      client.publish("b", "2"),
      client.publish("c", "3", { qos: 1 }),
      client.publish("d", "4", { qos: 1 }),
    ]
    client.on("packet_sent", ({ packet }) => {
      if (JSON.stringify(packet).includes('"topic":"a"')) leaving.abort()
    })
    const next = await relink()
    expect(await arrived(next)).toEqual(['publish "1"', 'publish "2"', 'publish 1 "3"', 'publish 2 "4"'])
    expect(await outcomeOf(first)).toMatchObject({ error: { code: "aborted" } })
    const last = await cut(next)
    expect(await arrived(last)).toEqual(['publish 1 "3" DUP', 'publish 2 "4" DUP'])
    last.send(ack("puback", 1), ack("puback", 2))
    expect(await Promise.all(others)).toMatchObject([{ qos: 0 }, { packetId: 1 }, { packetId: 2 }])
    expect(await outcomeOf(client.publish("e", "5"))).toEqual({ value: { qos: 0 } })
  })
})

describe("send() on a link that takes nothing any more", () => {
  it("takes 64 MiB, then drops and tells", async () => {
    const { client, link } = await linked(5)
    const told: string[] = []
    client.on("dropped", ({ direction, topic, reason }) => told.push(`${direction} ${topic} ${reason}`))
    link.stopReading()
    const payload = new Uint8Array(MEBIBYTE)
    let taken = 0
    while (taken < 80 && client.send("t", payload)) {
      taken++
      await settle()
    }
    expect(taken).toBeGreaterThanOrEqual(64)
    expect(taken).toBeLessThan(70)
    expect(told).toEqual(["out t queue_full"])
  })
})

describe("while all 65,535 identifiers are in use", () => {
  it("SUBSCRIBE gets the first that is free, before publications that wait", async () => {
    const { client, link } = await linked(5)
    for (let count = 0; count < 65_540; count++) void client.publish("t", "", { qos: 1 })
    void client.subscribe([{ topicFilter: "f" }])
    expect(await arrived(link)).toHaveLength(65_535)
    link.send(ack("puback", 7))
    expect(await arrived(link)).toEqual(["subscribe 7"])
    link.send(ack("puback", 8))
    expect(await arrived(link)).toEqual(['publish 8 ""'])
  })

  it("a publication gets the one that SUBACK gives back", async () => {
    const { client, link } = await linked(5)
    void client.subscribe([{ topicFilter: "f" }])
    for (let count = 0; count < 65_535; count++) void client.publish("t", "", { qos: 1 })
    expect(await arrived(link)).toHaveLength(65_535)
    link.send({ type: "suback", packetId: 1, reasonCodes: [0], properties: {} })
    expect(await arrived(link)).toEqual(['publish 1 ""'])
  })
})

describe("the bound of what waits", () => {
  it("is 10,000 messages, whatever else has an identifier", async () => {
    const { client, link } = await linked(5)
    for (let count = 0; count < 20; count++) void client.subscribe([{ topicFilter: `f/${count}` }])
    expect(await arrived(link)).toHaveLength(20)
    link.reset()
    await settle()
    for (let count = 0; count < 10_000; count++) void client.publish("t", "", { qos: 1 })
    expect(await outcomeOf(client.publish("t", "", { qos: 1 }))).toMatchObject({ error: { code: "queue_full" } })
  })

  it("is 64 MiB, in which what is in flight does not count", async () => {
    const { client, link, relink } = await linked(5)
    const payload = new Uint8Array(40 * MEBIBYTE)
    void client.publish("t", payload, { qos: 1 })
    expect(await link.receive("publish")).toMatchObject({ packetId: 1 })
    link.reset()
    await settle()
    const waiting = [client.publish("t", payload, { qos: 1 }), client.publish("t", payload, { qos: 1 })]
    expect(await outcomeOf(Promise.race(waiting))).toBe("pending")
    expect(await outcomeOf(client.publish("t", "", { qos: 1 }))).toMatchObject({ error: { code: "queue_full" } })
    await relink({ sessionPresent: false }) // all three are new publications now, and leave
    expect(await outcomeOf(Promise.race([...waiting, client.publish("t", "", { qos: 1 })]))).toBe("pending")
  })
})

describe("more calls than refs can tell apart", () => {
  it.each(["publish", "subscribe", "unsubscribe", "ping"] as const)("are refused as queue_full: %s", async (what) => {
    const { client, link, cut } = await linked(5)
    void client.publish("t", "", { qos: 1 })
    const { calls } = scopeOf(client)
    const full = vi.spyOn(calls, "open").mockImplementation(() => {
      throw new TooManyCallsError("full")
    })
    const call = {
      publish: () => client.publish("t", "", { qos: 1 }),
      subscribe: () => client.subscribe("a"),
      unsubscribe: () => client.unsubscribe("a"),
      ping: () => client.ping(),
    }[what]
    const outcome = await outcomeOf<unknown>(call())
    expect(outcome).toMatchObject({ error: { code: "queue_full" } })
    expect("error" in (outcome as object) && isTerrapinError((outcome as { error: unknown }).error)).toBe(true)
    full.mockRestore()
    const next = await cut(link, { sessionPresent: false })
    expect(await arrived(next)).toEqual(['publish 2 ""'])
  })
})
