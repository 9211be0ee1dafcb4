/** A broker that goes away and comes again: with the session or without it, the client goes on where it can. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Client, type ClientOptions, connect, defineHandler, startClient } from "terrapin"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { startAedes } from "../support/aedes.js"
import { startMosquitto } from "../support/mosquitto.js"
import { peer } from "../support/peer.js"
import { describeMosquitto, faultsIn, resources } from "../support/servers.js"
import { Traffic, texts } from "./traffic.js"

const FILTERS = 500
const BACKOFF = { minMs: 1, maxMs: 50 }

let nothingLeft: () => Promise<void>
beforeEach(() => {
  nothingLeft = resources()
})
afterEach(() => nothingLeft())

describeMosquitto("a broker that forgets everything", ({ version }) => {
  it("gets all subscriptions again, and what was published meanwhile", async () => {
    const handled = new Traffic()
    const first = await startMosquitto()
    await using client = await connected(first, version, { handler: into(handled), session: { expirySeconds: 3_600 } })
    await client.subscribe(filters().map((topicFilter) => ({ topicFilter, qos: 1 })))
    await using reader = await client.subscribe("read/+name", { qos: 2 })
    await first.stop()
    const published = [
      client.publish("floor/7", "while down, QoS 0"),
      client.publish("floor/7", "while down, QoS 1", { qos: 1 }),
      client.publish("read/a", "while down, QoS 2", { qos: 2 }),
    ]
    const restored = upTo(client, "subscription_up", FILTERS + 1)
    await using second = await startMosquitto([], first.port)
    await Promise.all(published)
    await restored
    expect(client.info.sessionPresent).toBe(false)

    await using there = await peer(second.port, version)
    for (const topic of filters()) await there.publish(topic, `again ${topic}`, { qos: 1 })
    await there.publish("read/b", "again", { qos: 2 })
    await handled.until(() => handled.has(`again floor/${FILTERS - 1}`))
    for (const topic of filters()) expect(texts(handled.messages, topic)).toContain(`again ${topic}`)
    for await (const message of reader) if (message.text() === "again") break
    expect(faultsIn(second.log)).toBe(0)
  })

  it("fails what it had got with QoS 2, and gets again what it had got with QoS 1", async () => {
    const first = await startMosquitto()
    await using client = await connected(first, version, { session: { expirySeconds: 3_600 } })
    await client.publish("up", "before", { qos: 2 })
    process.kill(first.pid, "SIGSTOP") // it takes bytes and answers nothing
    const once = client.publish("up", "exactly once", { qos: 2 })
    const again = client.publish("up", "at least once", { qos: 1 })
    await client.publish("up", "its bytes leave after the others'")
    process.kill(first.pid, "SIGKILL")
    await first.stop()
    await using second = await startMosquitto([], first.port)
    await expect(again).resolves.toHaveProperty("qos", 1)
    await expect(once).rejects.toHaveProperty("code", "session_lost")
    expect(faultsIn(second.log)).toBe(0)
  })
})

describeMosquitto("a broker that keeps sessions on its disk", ({ version }) => {
  it("goes on with the flows it was stopped in, and has kept what came meanwhile", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mosquitto-store-"))
    const persistence = ["persistence true", `persistence_location ${folder}/`, "user root"] // root's own folder
    try {
      const handled = new Traffic()
      const first = await startMosquitto(persistence)
      await using client = await connected(first, version, {
        clientId: "kept",
        handler: into(handled),
        session: { expirySeconds: 3_600 },
        cleanStart: false, // mosquitto 2.0.11 keeps no session that began with Clean Start 1
      })
      await client.subscribe([{ topicFilter: "down/#", qos: 2 }])
      const messages = new Traffic()
      const published = messages.more("down", 200).map(({ topic, text, qos }) => client.publish(topic, text, { qos }))
      await Promise.race(published)
      await first.stop()
      await using second = await startMosquitto(persistence, first.port)
      await Promise.all(published)
      await handled.until(() => messages.messages.every(({ text }) => handled.has(text)))
      expect(client.info.sessionPresent).toBe(true)
      for (const topic of messages.topics)
        expect(texts(handled.messages, topic)).toEqual(texts(messages.messages, topic))
      expect(faultsIn(second.log)).toBe(0)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe("a broker that keeps sessions: aedes (3.1.1)", () => {
  it("is not asked for the subscriptions again, and has kept what came meanwhile", async () => {
    const handled = new Traffic()
    await using broker = await startAedes()
    await using client = await connected(broker, 4, { handler: into(handled), session: { expirySeconds: 3_600 } })
    await client.subscribe(filters().map((topicFilter) => ({ topicFilter, qos: 1 })))
    const sent: string[] = []
    client.on("packet_sent", ({ packet }) => sent.push((packet as { readonly type: string }).type))
    await broker.goDown()
    const published = client.publish("floor/7", "while down", { qos: 2 })
    await broker.comeUp()
    await published
    await handled.until(() => handled.has("while down"))
    expect(client.info.sessionPresent).toBe(true)
    expect(sent).not.toContain("subscribe")
    expect(broker.faults).toBe(0)
  })

  it("is asked for all of them again by a client of a clean session", async () => {
    const handled = new Traffic()
    await using broker = await startAedes()
    await using client = await connected(broker, 4, { handler: into(handled) })
    await client.subscribe(filters().map((topicFilter) => ({ topicFilter, qos: 1 })))
    await broker.goDown()
    const restored = upTo(client, "subscription_up", FILTERS)
    await broker.comeUp()
    await restored
    for (const topic of filters()) await client.publish(topic, `again ${topic}`, { qos: 1 })
    await handled.until(() => filters().every((topic) => handled.has(`again ${topic}`)))
    expect(client.info.sessionPresent).toBe(false)
    expect(broker.faults).toBe(0)
  })

  it("may come up after its client", async () => {
    await using broker = await startAedes()
    await broker.goDown()
    await using client = startClient({ server: `mqtt://127.0.0.1:${broker.port}`, backoff: BACKOFF })
    const published = client.publish("early", "bird", { qos: 2 })
    await upTo(client, "connect_failed", 3)
    await broker.comeUp()
    await expect(published).resolves.toHaveProperty("qos", 2)
    expect(client.info.protocolVersion).toBe(4)
  })
})

function connected(
  server: { readonly port: number },
  protocolVersion: 4 | 5,
  options: ClientOptions = {},
): Promise<Client> {
  return connect(`mqtt://127.0.0.1:${server.port}`, { protocolVersion, backoff: BACKOFF, ...options })
}

function into(traffic: Traffic) {
  return defineHandler({ handlePublish: (_levels, { topic, text }) => traffic.add(topic, text()) })
}

function filters(): readonly string[] {
  return Array.from({ length: FILTERS }, (_, floor) => `floor/${floor}`)
}

/** Resolves at the n-th event of that kind from now on. */
function upTo(client: Client, kind: "subscription_up" | "connect_failed", count: number): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0
    const off = client.on(kind, () => {
      if (++seen < count) return
      off()
      resolve()
    })
  })
}
