/** What brokers do besides passing messages on: wills, retained messages, large payloads, keep alive. */
import { type Client, type ClientOptions, connect, type Message, type Subscription, stop } from "terrapin"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { chaosProxy } from "../support/chaos-proxy.js"
import { peer } from "../support/peer.js"
import { seeded } from "../support/seeded.js"
import { describeServers, resources, type TestServer } from "../support/servers.js"

const MEBIBYTE = 1_048_576
const QOS = [0, 1, 2] as const
const WILL = { topic: "will", payload: "gone", qos: 1 } as const

describeServers("against a real broker", ({ version, start }) => {
  let nothingLeft: () => Promise<void>
  beforeEach(() => {
    nothingLeft = resources()
  })
  afterEach(() => nothingLeft())

  const connected = (server: { readonly port: number }, options: ClientOptions = {}): Promise<Client> =>
    connect(`mqtt://127.0.0.1:${server.port}`, { protocolVersion: version, ...options })

  describe("the will", () => {
    it("is published when the client is killed", async () => {
      await using server = await start()
      await using there = await listening(server)
      const client = await connected(server, { will: WILL })
      await stop(client.ref, { kind: "kill" })
      await there.until((received) => received.length === 1)
      expect(there.received[0]).toMatchObject({ topic: "will", text: "gone" })
    })

    it("is published when the link is cut; the client comes back", async () => {
      await using server = await start()
      await using proxy = await chaosProxy({ brokerPort: server.port, random: seeded(1) })
      await using there = await listening(server)
      await using client = await connected(proxy, { will: WILL, backoff: { minMs: 1, maxMs: 1 } })
      proxy.cutAll()
      await there.until((received) => received.length === 1)
      await client.publish("will", "back", { qos: 1 })
      await there.until((received) => received.length === 2)
      expect(there.received.map(({ text }) => text)).toEqual(["gone", "back"])
    })

    it("is not published after disconnect()", async () => {
      await using server = await start()
      await using there = await listening(server)
      const client = await connected(server, { will: WILL })
      await client.disconnect()
      await there.publish("will", "marker", { qos: 1 })
      await there.until((received) => received.length === 1)
      expect(there.received[0]).toHaveProperty("text", "marker")
    })

    it("is published after disconnect() when the client asks for it", async () => {
      await using server = await start()
      await using there = await listening(server)
      const client = await connected(server, { will: WILL })
      await client.disconnect({ reasonCode: 0x04 })
      await there.until((received) => received.length === 1)
      expect(there.received[0]).toHaveProperty("text", "gone")
    })

    async function listening(server: TestServer) {
      const there = await peer(server.port, version)
      await there.subscribe("will", 1)
      return there
    }
  })

  it("a retained message is for those who come later, until it is cleared", async () => {
    await using server = await start()
    await using client = await connected(server)
    const live = take(await client.subscribe("state", { qos: 1 }))
    await client.publish("state", "on", { qos: 1, retain: true })
    expect(seen(await live())).toEqual({ text: "on", retain: false })
    await using later = await connected(server)
    expect(seen(await take(await later.subscribe("state", { qos: 1 }))())).toEqual({ text: "on", retain: true })
    await client.publish("state", null, { qos: 1, retain: true })
    expect(seen(await live())).toEqual({ text: "", retain: false })
    await using last = await connected(server)
    const nothing = take(await last.subscribe("state", { qos: 1 }))
    await client.publish("state", "live", { qos: 1 })
    expect(seen(await nothing())).toEqual({ text: "live", retain: false })
  })

  it.each(QOS)("a payload of 1 MiB goes each way with QoS %d", async (qos) => {
    await using server = await start()
    await using there = await peer(server.port, version)
    await there.subscribe("up", qos)
    await using client = await connected(server)
    const next = take(await client.subscribe("down", { qos }))
    const payload = randomBytes(MEBIBYTE)
    await client.publish("up", payload, { qos })
    await there.until((received) => received.length === 1)
    expect(Buffer.compare(there.received[0]?.payload ?? NOTHING, payload)).toBe(0)
    await there.publish("down", payload, { qos })
    const message = await next()
    expect(Buffer.compare(message.payload, payload)).toBe(0)
    expect(server.faults()).toBe(0)
  })

  it.each(QOS)("MQTT 3.1 is spoken too, with QoS %d", async (qos) => {
    await using server = await start()
    await using client = await connected(server, { protocolVersion: 3 })
    const next = take(await client.subscribe("old", { qos }))
    await client.publish("old", "words", { qos })
    expect(seen(await next())).toEqual({ text: "words", retain: false })
    expect(client.info.protocolVersion).toBe(3)
    expect(server.faults()).toBe(0)
  })

  it("an idle link is kept alive, and the broker sees no reason to end it", async () => {
    await using server = await start()
    await using client = await connected(server, { keepAliveSeconds: 1 })
    const news: string[] = []
    for (const kind of ["ping", "down"] as const) client.on(kind, () => news.push(kind))
    // The one test that waits in real time: a broker ends a link that was silent for one and a half times the keep alive.
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(new Set(news)).toEqual(new Set(["ping"]))
    expect(client.status).toBe("up")
    expect(await client.ping()).toBeGreaterThan(0)
    expect(server.faults()).toBe(0)
  })
})

const NOTHING = new Uint8Array(0)

/** Reads one message after another. */
function take<F extends string>(subscription: Subscription<F>): () => Promise<Message<F>> {
  const iterator = subscription[Symbol.asyncIterator]()
  return async () => {
    const { value } = await iterator.next()
    if (value === undefined) throw new Error("the subscription has ended")
    return value
  }
}

function seen(message: Pick<Message, "text" | "retain">): { text: string; retain: boolean } {
  return { text: message.text(), retain: message.retain }
}

function randomBytes(length: number): Uint8Array {
  const random = seeded(length)
  return Uint8Array.from({ length }, () => random() * 256)
}
