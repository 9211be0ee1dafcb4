/**
 * Many messages over a link that stays up, each way and at each QoS: all of them arrive, once, in the order they were sent.
 * The other side is MQTT.js at first, so that no fault of ours hides itself.
 */
import { type Client, connect, defineHandler, type QoS } from "terrapin"
import { afterEach, beforeEach, expect, it } from "vitest"
import { peer } from "../support/peer.js"
import { describeServers, resources, type TestServer } from "../support/servers.js"

const MESSAGES = 10_000
const QOS = [0, 1, 2] as const
const TEXTS = Array.from({ length: MESSAGES }, (_, index) => `message ${index}`)
/** Goes after them: whatever came twice has come when it has. */
const LAST = "last"
const ALL = [...TEXTS, LAST]

describeServers(`${MESSAGES} messages, in order, nothing lost, nothing doubled`, ({ version, start }) => {
  let nothingLeft: () => Promise<void>
  beforeEach(() => {
    nothingLeft = resources()
  })
  afterEach(() => nothingLeft())

  it.each(QOS)("leave us with QoS %d and reach a subscriber", async (qos) => {
    await using server = await start()
    await using there = await peer(server.port, version)
    await there.subscribe("up", qos)
    await using client = await connected(server, version)
    await Promise.all(TEXTS.map((text) => client.publish("up", text, { qos })))
    await client.publish("up", LAST, { qos })
    await there.until((received) => received.at(-1)?.text === LAST)
    expect(there.received.map(({ text }) => text)).toEqual(ALL)
    expect(server.faults()).toBe(0)
  })

  it.each(QOS)("reach our handler and our iterator with QoS %d", async (qos) => {
    await using server = await start()
    await using there = await peer(server.port, version)
    const handled: string[] = []
    const handler = defineHandler({
      handlePublish(_levels, message) {
        handled.push(message.text())
      },
    })
    await using client = await connect(urlOf(server), { protocolVersion: version, handler })
    await client.subscribe([{ topicFilter: "down", qos }])
    const iterated = await iterate(client, "down", qos)
    await Promise.all(TEXTS.map((text) => there.publish("down", text, { qos })))
    await there.publish("down", LAST, { qos })
    expect(await iterated.texts).toEqual(ALL)
    expect(handled).toEqual(ALL)
    expect(server.faults()).toBe(0)
  })

  it.each(QOS)("go both ways between two clients of ours at once with QoS %d", async (qos) => {
    await using server = await start()
    await using left = await connected(server, version)
    await using right = await connected(server, version)
    const toLeft = await iterate(left, "to/left", qos)
    const toRight = await iterate(right, "to/right", qos)
    await Promise.all(
      TEXTS.flatMap((text) => [left.publish("to/right", text, { qos }), right.publish("to/left", text, { qos })]),
    )
    await Promise.all([left.publish("to/right", LAST, { qos }), right.publish("to/left", LAST, { qos })])
    expect(await toLeft.texts).toEqual(ALL)
    expect(await toRight.texts).toEqual(ALL)
    expect(server.faults()).toBe(0)
  })
})

function urlOf(server: TestServer): string {
  return `mqtt://127.0.0.1:${server.port}`
}

function connected(server: TestServer, protocolVersion: 4 | 5): Promise<Client> {
  return connect(urlOf(server), { protocolVersion })
}

/** Subscribes, then reads up to the last message. */
async function iterate(client: Client, topicFilter: string, qos: QoS): Promise<{ readonly texts: Promise<string[]> }> {
  // A burst of QoS 0 is bounded by maxQueued, and here nothing may be dropped.
  const subscription = await client.subscribe(topicFilter, { qos, maxQueued: ALL.length })
  const read = async () => {
    const texts: string[] = []
    for await (const message of subscription) {
      texts.push(message.text())
      if (message.text() === LAST) break
    }
    return texts
  }
  return { texts: read() }
}
