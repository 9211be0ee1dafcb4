/** The real brokers of the integration tests start, answer, and leave nothing behind. */
import { describe, expect, it } from "vitest"
import { tcp } from "../../src/transport/index.js"
import { startAedes } from "../support/aedes.js"
import { findMosquitto, startMosquitto } from "../support/mosquitto.js"
import { scriptedClient } from "../support/scripted-client.js"
import type { ScriptedLink } from "../support/scripted-link.js"

const SUBSCRIPTION = {
  topicFilter: "t",
  qos: 2,
  noLocal: false,
  retainAsPublished: false,
  retainHandling: 0,
} as const
const MESSAGE = {
  type: "publish",
  topic: "t",
  payload: Uint8Array.of(1),
  qos: 2,
  retain: false,
  dup: false,
} as const

describe("aedes", () => {
  it("answers a CONNECT, lists its clients, and cuts their sockets", async () => {
    await using broker = await startAedes()
    const client = await connected(broker.port, 4)
    expect(broker.clients).toEqual(["probe"])
    broker.cutSockets()
    await client.clientEnd()
  })

  it("sends a QoS 2 message no second time when its flow ended beside another one", async () => {
    await using broker = await startAedes()
    const client = await connected(broker.port, 4)
    client.send({ type: "subscribe", packetId: 1, subscriptions: [SUBSCRIPTION], properties: {} })
    await client.receive("suback")
    const publisher = await connected(broker.port, 4, "publisher")
    for (const packetId of [1, 2]) {
      publisher.send({ ...MESSAGE, packetId, properties: {} })
      await publisher.receive("pubrec")
    }
    const ids = [await client.receive("publish"), await client.receive("publish")].map(({ packetId }) => packetId)
    for (const packetId of ids) client.send({ type: "pubrec", packetId, reasonCode: 0, properties: {} })
    for (const packetId of ids) expect(await client.receive("pubrel")).toHaveProperty("packetId", packetId)
    for (const packetId of ids) client.send({ type: "pubcomp", packetId, reasonCode: 0, properties: {} })
    client.send({ type: "pingreq" })
    await client.receive("pingresp")
    client.end()
    const again = await connected(broker.port, 4)
    again.send({ type: "pingreq" })
    await again.receive("pingresp")
    again.end()
    publisher.end()
  })

  it("sends a QoS 2 message once that comes while a client connects again", async () => {
    await using broker = await startAedes()
    const first = await connected(broker.port, 4)
    first.send({ type: "subscribe", packetId: 1, subscriptions: [SUBSCRIPTION], properties: {} })
    await first.receive("suback")
    first.end()
    const publisher = await connected(broker.port, 4, "publisher")
    for (let round = 0; round < 10; round++) {
      const connecting = connected(broker.port, 4)
      const sent = [1, 2, 3, 4, 5].map((number) => 5 * round + number)
      for (const packetId of sent) {
        publisher.send({ ...MESSAGE, payload: Uint8Array.of(packetId), packetId, properties: {} })
        await publisher.receive("pubrec")
      }
      const client = await connecting
      const got: ({ readonly packetId: number } & { readonly payload: Uint8Array })[] = []
      for (const _ of sent) got.push(await client.receive("publish"))
      for (const { packetId } of got) client.send({ type: "pubrec", packetId, reasonCode: 0, properties: {} })
      for (const { packetId } of got) expect(await client.receive("pubrel")).toHaveProperty("packetId", packetId)
      for (const { packetId } of got) client.send({ type: "pubcomp", packetId, reasonCode: 0, properties: {} })
      client.send({ type: "pingreq" })
      await client.receive("pingresp")
      expect(got.map(({ payload }) => payload[0])).toEqual(sent)
      client.end()
    }
    publisher.end()
  })
})

describe.skipIf(findMosquitto() === undefined)("mosquitto", () => {
  it.each([4, 5] as const)("answers a CONNECT of version %d, and is gone when it was stopped", async (version) => {
    const broker = await startMosquitto()
    const client = await connected(broker.port, version)
    await broker.stop()
    await client.clientEnd()
    expect(() => process.kill(broker.pid, 0)).toThrow()
    await broker.stop()
  })

  it("says why it does not start", async () => {
    await expect(startMosquitto(["no_such_option yes"])).rejects.toThrow("no_such_option")
  })
})

/** A client of a session that is kept, after its CONNACK. */
async function connected(port: number, version: 4 | 5, clientId = "probe"): Promise<ScriptedLink> {
  const client = await scriptedClient(tcp({ host: "127.0.0.1", port }), version)
  client.send({ type: "connect", version, clientId, cleanStart: false, keepAliveSeconds: 0, properties: {} })
  expect(await client.receive("connack")).toHaveProperty("reasonCode", 0)
  return client
}
