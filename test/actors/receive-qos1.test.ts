/** Incoming QoS 0 and 1: delivered, acknowledged when done and in order, on the link it came on. */
import { type Client, defineHandler, type Message } from "terrapin"
import { describe, expect, it } from "vitest"
import { encode, type Packet } from "../../src/codec/index.js"
import { settle } from "../../src/testing/index.js"
import { ack, clientWorld, eventsOf, grant, outcomeOf, publishPacket } from "../client/client-world.js"
import type { ScriptedLink } from "../support/scripted-link.js"
import { arrived, linked, VERSIONS } from "./delivery-world.js"
import { works } from "./works.js"

const message = (packetId: number, payload: string, more: object = {}) =>
  publishPacket("t", payload, { qos: 1, packetId, ...more })

describe.each(VERSIONS)("QoS 1 in, version $version", ({ version }) => {
  it("[case 41] is acknowledged when its handler is done, and not before", async () => {
    const done: (() => void)[] = []
    const handler = defineHandler({
      handlePublish: () => new Promise<void>((resolve) => done.push(at.clock.setTimer(resolve, 300))),
    })
    const { at, link } = await linked(version, { handler })
    link.send(message(7, "a"))
    await at.clock.advance(299)
    expect(done).toHaveLength(1)
    await link.idle()
    await at.clock.advance(1)
    expect(await arrived(link)).toEqual(["puback 7"])
  })

  it("[case 42] is acknowledged in the order of arrival, in whatever order its readers finish; PUBRECs too", async () => {
    const { client, link } = await linked(version)
    const next = [await reader(client, link, "a"), await reader(client, link, "b"), await reader(client, link, "c")]
    link.send(
      publishPacket("a", "1", { qos: 1, packetId: 1 }),
      publishPacket("b", "2", { qos: 2, packetId: 2 }),
      publishPacket("c", "3", { qos: 1, packetId: 3 }),
    )
    expect(await Promise.all(next.map(async (take) => (await take()).text()))).toEqual(["1", "2", "3"])
    void next[2]?.()
    expect(await arrived(link)).toEqual([])
    void next[0]?.()
    expect(await arrived(link)).toEqual(["puback 1"])
    void next[1]?.()
    expect(await arrived(link)).toEqual(["pubrec 2", "puback 3"])
  })

  it("[case 43] is not acknowledged on another link than its own: there it is delivered again", async () => {
    const { handler, begun, finish } = works()
    const { link, cut } = await linked(version, { handler })
    link.send(message(7, "a"))
    await settle()
    const next = await cut(link)
    await finish()
    expect(await arrived(next)).toEqual([])
    next.send(message(7, "a", { dup: true }))
    await settle()
    expect(begun).toEqual(["a", "a"])
    await finish()
    expect(await arrived(next)).toEqual(["puback 7"])
  })

  it("[case 48] may bear the identifier of a publication of ours: both flows finish", async () => {
    const { handler, begun, finish } = works()
    const { client, link } = await linked(version, { handler })
    const ours = [client.publish("t", "out", { qos: 1 }), client.publish("t", "out", { qos: 2 })]
    await arrived(link)
    link.send(message(1, "in 1"), publishPacket("t", "in 2", { qos: 2, packetId: 2 }))
    await settle()
    await finish()
    await finish()
    expect(await arrived(link)).toEqual(["puback 1", "pubrec 2"])
    link.send(ack("puback", 1), ack("pubrec", 2))
    expect(await arrived(link)).toEqual(["pubrel 2"])
    link.send(ack("pubrel", 2), ack("pubcomp", 2))
    expect(await arrived(link)).toEqual(["pubcomp 2"])
    expect(await Promise.all(ours)).toMatchObject([{ packetId: 1 }, { packetId: 2 }])
    expect(begun).toEqual(["in 1", "in 2"])
  })

  it("[case 51] reaches the handler also from the bytes that brought CONNACK, which it is told of first", async () => {
    const at = clientWorld(0)
    const told: string[] = []
    const handler = defineHandler({
      connection: (status) => void told.push(status),
      handlePublish: (_levels, { text }) => void told.push(text()),
    })
    at.start({ protocolVersion: version, handler })
    const link = await at.broker.accept()
    await link.receive("connect")
    const connack: Packet = { type: "connack", sessionPresent: true, reasonCode: 0, properties: {} }
    link.send({ ...connack, sessionPresent: false }, message(1, "a"), publishPacket("t", "b"), message(2, "c"))
    expect(await arrived(link)).toEqual(["puback 1", "puback 2"])
    expect(told).toEqual(["up", "a", "b", "c"])
  })

  it("[case 53] of 0 bytes, of the largest size, a byte at a time, and a thousand at once arrive whole and in order", async () => {
    const got: Message[] = []
    const handler = defineHandler({ handlePublish: (_levels, received) => void got.push(received) })
    const largest = message(2, "x".repeat(50_000))
    const properties = { maximumPacketSize: encode(largest, version).length }
    const { link } = await linked(version, { handler, properties })
    link.send(message(1, ""), largest)
    for (const byte of encode(message(3, "byte by byte"), version)) link.sendBytes(Uint8Array.of(byte))
    link.send(...Array.from({ length: 1_000 }, (_, index) => message(index + 4, `${index}`)))
    const expected = Array.from({ length: 1_003 }, (_, index) => `puback ${index + 1}`)
    expect(await arrived(link)).toEqual(expected)
    expect(got.map(({ payload }) => payload.length).slice(0, 2)).toEqual([0, 50_000])
    const texts = Array.from({ length: 1_000 }, (_, index) => `${index}`)
    expect(got.slice(2).map(({ text }) => text())).toEqual(["byte by byte", ...texts])
  })

  it("[case 58] that arrives while its handler is restarting is delivered afterwards, and never acknowledged unhandled", async () => {
    let ready = (): void => undefined
    const { handler, begun, finish, crash } = works(
      () =>
        new Promise((resolve) => {
          ready = resolve
        }),
    )
    const { link, events } = await linked(version, { handler })
    link.send(message(1, "a"), message(2, "b"))
    await settle()
    await crash(new Error("on a"))
    link.send(message(3, "c"))
    expect(await arrived(link)).toEqual([version === 5 ? "puback 1 0x83" : "puback 1"])
    expect(begun).toEqual(["a"])
    ready()
    await settle()
    await finish()
    await finish()
    expect(begun).toEqual(["a", "b", "c"])
    expect(await arrived(link)).toEqual(["puback 2", "puback 3"])
    expect(eventsOf(events, "restart")).toMatchObject([{ child: "handler" }])
    expect(eventsOf(events, "down")).toEqual([])
  })

  it("of a client without handler and subscription is acknowledged and told of", async () => {
    const { link, events } = await linked(version)
    link.send(message(1, "a"))
    expect(await arrived(link)).toEqual(["puback 1"])
    expect(eventsOf(events, "dropped")).toMatchObject([{ direction: "in", topic: "t" }])
  })
})

describe("disconnect", () => {
  it("sends the acknowledgements that are due before DISCONNECT", async () => {
    const { at, client, link } = await linked(5)
    const next = await reader(client, link, "a")
    link.send(publishPacket("a", "1", { qos: 1, packetId: 1 }))
    await next()
    void next().catch(() => undefined)
    const gone = client.disconnect()
    expect(await arrived(link)).toEqual(["puback 1", "disconnect"])
    expect(await outcomeOf(gone)).toEqual({ value: undefined })
    await at.expectNothingLeft()
  })
})

/** Subscribes and begins to read; each call asks for one more message, which says that the last one is done. */
async function reader(client: Client, link: ScriptedLink, topic: string): Promise<() => Promise<Message>> {
  const subscribing = client.subscribe(topic, { qos: 2 })
  await grant(link)
  const messages = (await subscribing)[Symbol.asyncIterator]()
  return async () => {
    const { value } = await messages.next()
    if (value === undefined) throw new Error("the subscription ended")
    return value
  }
}
