/** How long the client waits before the next attempt, by what went wrong, and when it gives up. */
import { describe, expect, it } from "vitest"
import type { Packet } from "../../src/codec/index.js"
import { settle } from "../../src/testing/index.js"
import { clientWorld, eventsOf, stateOf } from "./client-world.js"

const STOP = undefined
const disconnectPacket = (reasonCode: number): Packet => ({ type: "disconnect", reasonCode, properties: {} })

describe("back-off", () => {
  it("grows by the factor up to maxMs, jitter at its most", async () => {
    const at = clientWorld(1)
    at.broker.refuse(new Error("down"), 6)
    const { events } = at.start({ backoff: { minMs: 100, maxMs: 1_500, factor: 3 } })
    await at.clock.advance(10_000)
    expect(eventsOf(events, "connect_failed").map(({ retryInMs }) => retryInMs)).toEqual([
      100, 300, 900, 1_500, 1_500, 1_500,
    ])
  })

  it.each([
    { random: 0, first: [0, 0, 0] },
    { random: 0.5, first: [125, 250, 500] },
    { random: 1, first: [250, 500, 1_000] },
  ])("is spread over the whole window from 0: $first with the dice at $random", async ({ random, first }) => {
    const at = clientWorld(random)
    at.broker.refuse(new Error("down"), 3)
    const { events } = at.start()
    await at.clock.advance(2_000)
    expect(eventsOf(events, "connect_failed").map(({ retryInMs }) => retryInMs)).toEqual(first)
  })

  it("of minMs 0 is none, however many attempts there were", async () => {
    const at = clientWorld(1)
    at.broker.refuse(new Error("down"), 5)
    const { events } = at.start({ backoff: { minMs: 0, factor: 1e200 } })
    await at.clock.advance(0)
    expect(eventsOf(events, "connect_failed").map(({ retryInMs }) => retryInMs)).toEqual([0, 0, 0, 0, 0])
  })

  it.each([
    { backoff: { minMs: 60_000 }, first: 60_000 },
    { backoff: { maxMs: 100 }, first: 100 },
  ])("takes one bound alone, whatever the other's default: $backoff", async ({ backoff, first }) => {
    const at = clientWorld(1)
    at.broker.refuse(new Error("down"))
    const { events } = at.start({ backoff })
    await settle()
    expect(eventsOf(events, "connect_failed")).toMatchObject([{ retryInMs: first }])
  })

  it("[case 5] keeps growing over 20 links that are accepted and closed at once", async () => {
    const at = clientWorld(1)
    at.start({ backoff: { minMs: 100, maxMs: 3_000 } })
    const waits: number[] = []
    for (let round = 0; round < 20; round++) {
      const { link } = await at.accept()
      link.end()
      await settle()
      const links = at.broker.links.length
      let waited = 0
      for (; at.broker.links.length === links; waited += 100) await at.clock.advance(100)
      waits.push(waited)
    }
    expect(waits).toEqual([100, 200, 400, 800, 1_600, ...Array.from({ length: 15 }, () => 3_000)])
  })

  it("starts anew when the link was up for stableAfterMs, and not before", async () => {
    const at = clientWorld(1)
    at.broker.refuse(new Error("down"), 2)
    const { client } = at.start({ backoff: { minMs: 100, stableAfterMs: 2_000 } })
    await at.clock.advance(300)
    const third = await at.accept()
    await at.clock.advance(1_999)
    third.link.reset()
    await settle()
    expect(client.info.attempts).toBe(3)
    await at.clock.advance(399)
    expect(at.broker.links).toHaveLength(1)
    await at.clock.advance(1)
    const fourth = await at.accept()
    await at.clock.advance(2_000)
    expect(client.info.attempts).toBe(0)
    fourth.link.reset()
    await at.clock.advance(100)
    expect(at.broker.links).toHaveLength(3)
  })

  it("is cut short by reconnect()", async () => {
    const at = clientWorld()
    at.broker.refuse(new Error("down"))
    const { client } = at.start({ backoff: { minMs: 60_000, maxMs: 60_000 } })
    await at.clock.advance(5)
    client.reconnect()
    await at.accept()
    await settle()
    expect(client.status).toBe("up")
  })

  it("is not for reconnect() while a link is up: nothing happens", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    client.reconnect()
    await link.idle()
    expect(link.ended).toBe(false)
  })
})

describe("a refused CONNECT of version 5", () => {
  it.each([
    [0x80, 250],
    [0x81, 2_000],
    [0x82, 2_000],
    [0x83, 250],
    [0x84, STOP],
    [0x85, STOP],
    [0x86, 30_000],
    [0x87, 30_000],
    [0x88, 250],
    [0x89, 2_000],
    [0x8a, 30_000],
    [0x8c, 30_000],
    [0x90, 250],
    [0x95, 250],
    [0x97, 2_000],
    [0x99, 250],
    [0x9a, 250],
    [0x9b, 250],
    [0x9c, 250],
    [0x9d, 250],
    [0x9f, 2_000],
  ])("with %i is retried in %s ms", async (reasonCode, retryInMs) => {
    const at = clientWorld(1)
    const { client, events } = at.start({ protocolVersion: 5 })
    await at.accept({ reasonCode })
    await settle()
    expect(eventsOf(events, "connect_failed")).toMatchObject([{ retryInMs, cause: { kind: "refused", reasonCode } }])
    expect(client.status).toBe(retryInMs === STOP ? "stopped" : "down")
  })
})

describe("a refused CONNECT of version 4", () => {
  it.each([
    [1, STOP],
    [2, STOP],
    [3, 2_000],
    [4, 30_000],
    [5, 30_000],
  ])("with %i is retried in %s ms", async (reasonCode, retryInMs) => {
    const at = clientWorld(1)
    const { events } = at.start({ protocolVersion: 4 })
    await at.accept({ reasonCode })
    await settle()
    expect(eventsOf(events, "connect_failed")).toMatchObject([{ retryInMs, cause: { kind: "refused", reasonCode } }])
  })
})

describe("a DISCONNECT from the server", () => {
  it.each([
    [0x00, 250],
    [0x82, 2_000],
    [0x87, 30_000],
    [0x89, 2_000],
    [0x8b, 250],
    [0x8d, 250],
    [0x93, 250],
    [0x96, 2_000],
    [0x97, 2_000],
    [0x98, 250],
    [0x9c, 250],
    [0x9f, 2_000],
  ])("with %i is followed by an attempt in %i ms", async (reasonCode, retryInMs) => {
    const at = clientWorld(1)
    const { link, client, events } = await at.up()
    link.send(disconnectPacket(reasonCode))
    await link.clientEnd()
    expect(eventsOf(events, "down")).toMatchObject([{ cause: { kind: "server_disconnect", reasonCode } }])
    expect(client.info.lastCause).toMatchObject({ packet: { reasonCode } })
    await at.clock.advance(retryInMs - 1)
    expect(at.broker.links).toHaveLength(1)
    await at.clock.advance(1)
    expect(at.broker.links).toHaveLength(2)
  })

  it("[case 6] with 0x8E stops the client: a twin took the session over, and there is no war for it", async () => {
    const at = clientWorld(1)
    const { app, link, client, events } = await at.supervised()
    link.send(disconnectPacket(0x8e))
    await link.clientEnd()
    expect(client.status).toBe("stopped")
    expect(events.slice(1)).toMatchObject([
      { kind: "down", cause: { kind: "server_disconnect", reasonCode: 0x8e } },
      { kind: "stopped", reason: { kind: "server_disconnect", reasonCode: 0x8e } },
    ])
    await at.clock.advance(1_000_000)
    expect(at.broker.links).toHaveLength(1)
    expect(app.whichChildren()).toMatchObject([{ status: "stopped", restarts: 0 }])
  })

  it("[case 6] of a silent takeover in 3.1.1 makes the attempts slower and slower", async () => {
    const at = clientWorld(1)
    at.start({ protocolVersion: 4 })
    for (let round = 0; round < 6; round++) {
      const { link } = await at.accept()
      await at.clock.advance(100)
      link.end() // the twin came back
      await at.clock.advance(250 * 2 ** round)
    }
    expect(at.broker.links).toHaveLength(7)
  })
})

describe("a link that is recycled", () => {
  it("is left by DISCONNECT 0x00 and followed by a new one at once, without back-off", async () => {
    const at = clientWorld(1)
    const { app, link, events } = await at.supervised()
    at.sendTo(app, "connection", { type: "recycle" })
    expect(await link.receive("disconnect")).toMatchObject({ reasonCode: 0, properties: {} })
    await link.clientEnd()
    await at.accept({ sessionPresent: true })
    await settle()
    expect(stateOf(app, "connection")).toBe("connected.open.quiet")
    expect(events.slice(1)).toMatchObject([{ kind: "down", cause: { kind: "recycle" } }, { kind: "up" }])
  })
})
