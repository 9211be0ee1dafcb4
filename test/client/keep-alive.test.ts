/** Keep alive and ping: when PINGREQ leaves, what its silence means, and that a slow user is no dead peer. */
import { defineHandler } from "terrapin"
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { clientWorld, eventsOf, outcomeOf, publishPacket } from "./client-world.js"

describe("keep alive", () => {
  it("sends PINGREQ when nothing was sent or received for keepAliveSeconds, again and again", async () => {
    const at = clientWorld()
    const { client, link, connect, events } = await at.up({ keepAliveSeconds: 10 })
    expect(connect.keepAliveSeconds).toBe(10)
    for (let round = 0; round < 3; round++) {
      await at.clock.advance(9_999)
      await link.idle()
      await at.clock.advance(1)
      await link.receive("pingreq")
      link.send({ type: "pingresp" })
      await settle()
    }
    expect(client.status).toBe("up")
    expect(eventsOf(events, "ping")).toEqual([
      { kind: "ping", roundTripMs: 0 },
      { kind: "ping", roundTripMs: 0 },
      { kind: "ping", roundTripMs: 0 },
    ])
  })

  it("[case 15] reports the link down keepAlive + pingTimeoutMs after the last traffic when PINGRESP never comes", async () => {
    const at = clientWorld()
    const { client, link, events } = await at.up({ keepAliveSeconds: 10, pingTimeoutMs: 3_000 })
    await at.clock.advance(10_000)
    await link.receive("pingreq")
    await at.clock.advance(2_999)
    expect(client.status).toBe("up")
    await at.clock.advance(1)
    expect(eventsOf(events, "down")).toEqual([{ kind: "down", cause: { kind: "ping_timeout" } }])
    await link.clientEnd()
    await at.clock.advance(250)
    await at.accept()
    await settle()
    expect(client.status).toBe("up")
  })

  it("[case 16] notices a black hole in time though QoS 0 is published all the while", async () => {
    const at = clientWorld()
    const { client, link, events } = await at.up({ keepAliveSeconds: 10, pingTimeoutMs: 3_000 })
    for (let second = 0; second < 13; second++) {
      expect(client.status).toBe("up")
      client.send("t", "into the void")
      await at.clock.advance(1_000)
    }
    expect(link.receiveRest().filter(({ type }) => type === "pingreq")).toHaveLength(1)
    expect(eventsOf(events, "down")).toEqual([{ kind: "down", cause: { kind: "ping_timeout" } }])
  })

  it("[case 17] sends PINGREQ each keep alive though messages arrive all the while", async () => {
    const at = clientWorld()
    const { link } = await at.up({ keepAliveSeconds: 10 })
    let pings = 0
    for (let second = 1; second <= 30; second++) {
      link.send(publishPacket("t", "news"))
      await at.clock.advance(1_000)
      const came = link.receiveRest()
      pings += came.length
      if (came.length > 0) link.send({ type: "pingresp" })
    }
    expect(pings).toBe(3)
  })

  it("sends no PINGREQ while traffic goes both ways", async () => {
    const at = clientWorld()
    const { client, link } = await at.up({ keepAliveSeconds: 10 })
    for (let second = 1; second <= 30; second++) {
      link.send(publishPacket("t", "news"))
      client.send("t", "more")
      await at.clock.advance(1_000)
    }
    expect(link.receiveRest().filter(({ type }) => type === "pingreq")).toEqual([])
  })

  it("[case 18] does not mind a handler that awaits for ten keep alives", async () => {
    const at = clientWorld()
    let finish = (): void => undefined
    const slow = defineHandler({
      handlePublish: () =>
        new Promise<void>((resolve) => {
          finish = resolve
        }),
    })
    const { client, link, events } = await at.up({ keepAliveSeconds: 10, handler: slow })
    link.send(publishPacket("t", "think", { qos: 1, packetId: 1 }))
    await settle()
    for (let round = 0; round < 10; round++) {
      await at.clock.advance(10_000)
      await link.receive("pingreq")
      link.send({ type: "pingresp" })
    }
    expect(client.status).toBe("up")
    finish()
    expect(await link.receive("puback")).toMatchObject({ packetId: 1 })
    expect(eventsOf(events, "down")).toEqual([])
  })

  it("[case 20] uses the server's for this link, and offers the user's value again on the next one", async () => {
    const at = clientWorld()
    const { client, link } = await at.up({ keepAliveSeconds: 60 }, { properties: { serverKeepAlive: 7 } })
    expect(client.info.limits.keepAliveSeconds).toBe(7)
    await at.clock.advance(7_000)
    await link.receive("pingreq")
    link.reset()
    await settle()
    await at.clock.advance(250)
    const again = await at.accept()
    await settle()
    expect(again.connect.keepAliveSeconds).toBe(60)
    await at.clock.advance(59_999)
    await again.link.idle()
    await at.clock.advance(1)
    await again.link.receive("pingreq")
  })

  it("[case 20] sends no PINGREQ when the server's is 0", async () => {
    const at = clientWorld()
    const { link } = await at.up({ keepAliveSeconds: 10 }, { properties: { serverKeepAlive: 0 } })
    await at.clock.advance(1_000_000)
    await link.idle()
  })

  it("[case 21] of 0 sends no PINGREQ; ping() finds out whether the link lives", async () => {
    const at = clientWorld()
    const { client, link, connect, events } = await at.up({ keepAliveSeconds: 0 })
    expect(connect.keepAliveSeconds).toBe(0)
    await at.clock.advance(1_000_000)
    await link.idle()
    void client.ping()
    await link.receive("pingreq")
    await at.clock.advance(10_000)
    expect(eventsOf(events, "down")).toEqual([{ kind: "down", cause: { kind: "ping_timeout" } }])
  })
})

describe("ping()", () => {
  it("resolves with the round trip in ms", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const pinged = client.ping()
    await link.receive("pingreq")
    await at.clock.advance(35)
    link.send({ type: "pingresp" })
    expect(await pinged).toBe(35)
  })

  it("shares one PINGREQ among those who ask meanwhile", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const first = client.ping()
    await link.receive("pingreq")
    await at.clock.advance(5)
    const second = client.ping()
    await at.clock.advance(5)
    link.send({ type: "pingresp" })
    expect([await first, await second]).toEqual([10, 10])
    await link.idle()
  })

  it("rejects not_connected without a link", async () => {
    const at = clientWorld()
    const { client } = at.start()
    await expect(client.ping()).rejects.toMatchObject({ code: "not_connected" })
  })

  it("whose link is lost is answered by the next link", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const pinged = client.ping()
    await link.receive("pingreq")
    link.reset()
    await settle()
    await at.clock.advance(250)
    const again = await at.accept()
    await at.clock.advance(0)
    await again.link.receive("pingreq")
    again.link.send({ type: "pingresp" })
    expect(await pinged).toBe(0)
  })

  it("rejects timed_out after 30 s without an answer, or after timeoutMs", async () => {
    const at = clientWorld()
    const { client } = await at.up({ pingTimeoutMs: 100_000 })
    const long = client.ping()
    const short = client.ping({ timeoutMs: 50 })
    await at.clock.advance(50)
    await expect(short).rejects.toMatchObject({ code: "timed_out", timeoutMs: 50 })
    await at.clock.advance(29_949)
    expect(await outcomeOf(long)).toBe("pending")
    await at.clock.advance(1)
    await expect(long).rejects.toMatchObject({ code: "timed_out", timeoutMs: 30_000 })
  })
})
