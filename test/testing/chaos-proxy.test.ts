/** The chaos proxy is a tool of other tests; here it shows that it cuts where it says, and counts what it cut. */
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { encode, type Packet } from "../../src/codec/index.js"
import { tcp } from "../../src/transport/index.js"
import { type ChaosProxy, CUT_KINDS, chaosProxy, cutAtNth, randomCuts } from "../support/chaos-proxy.js"
import { type Frame, Framer } from "../support/mqtt-frames.js"
import { noFlows } from "../support/open-flows.js"
import { scriptedTcpBroker } from "../support/scripted-broker.js"
import { scriptedClient } from "../support/scripted-client.js"
import type { ScriptedLink } from "../support/scripted-link.js"

let broker: Awaited<ReturnType<typeof scriptedTcpBroker>>
let proxy: ChaosProxy
beforeEach(async () => {
  broker = await scriptedTcpBroker()
  proxy = await chaosProxy({ brokerPort: broker.port, random: () => 0 })
})
afterEach(async () => {
  await proxy.stop()
  await broker.stop()
})

describe("the chaos proxy", () => {
  it("lets everything through while no rule cuts", async () => {
    const { client, server } = await opened()
    client.send(publish(1, 2), { type: "pingreq" })
    expect(await server.receive("publish")).toEqual(publish(1, 2))
    await server.receive("pingreq")
    server.send({ type: "connack", sessionPresent: true, reasonCode: 0, properties: {} }, ack("pubrec", 1))
    await client.receive("connack")
    await client.receive("pubrec")
    client.end()
    await server.clientEnd()
    expect(proxy.counts).toMatchObject({ links: 1, connacks: { present: 1, absent: 0 } })
    expect(proxy.counts.cuts).toEqual({ reset: 0, half_packet: 0, garbage: 0 })
  })

  it.each(CUT_KINDS)("cuts by %s instead of a packet on its way to the broker", async (kind) => {
    proxy.setRule(cutAtNth({ direction: "up", type: "pubrel", nth: 2, moment: "instead", kind }))
    const { client, server } = await opened()
    client.send(publish(1, 2), publish(2, 2), publish(3, 1))
    for (let count = 0; count < 3; count++) await server.receive("publish")
    server.send(ack("pubrec", 1), ack("pubrec", 2))
    await client.receive("pubrec")
    await client.receive("pubrec")
    client.send(ack("pubrel", 1), ack("pubrel", 2), publish(4, 1))
    await server.receive("pubrel")
    if (kind === "garbage") {
      await expect(server.receive("pubrel")).rejects.toThrow("no MQTT")
      server.reset()
    } else await server.clientEnd()
    await client.clientEnd()
    expect(proxy.counts.cuts[kind]).toBe(1)
    expect(proxy.counts.flows).toEqual({
      outgoing: {
        publish_without_puback: 1,
        publish_without_pubrec: 0,
        pubrec_without_pubrel: 1,
        pubrel_without_pubcomp: 1,
      },
      incoming: noFlows(),
    })
  })

  it.each(CUT_KINDS)("cuts by %s after a packet on its way to the client", async (kind) => {
    proxy.setRule(cutAtNth({ direction: "down", type: "publish", nth: 2, moment: "after", kind }))
    const { client, server } = await opened()
    server.send(publish(1, 2), publish(2, 2), publish(3, 2))
    await client.receive("publish")
    expect(await client.receive("publish")).toHaveProperty("packetId", 2)
    if (kind === "garbage") {
      await expect(client.receive("publish")).rejects.toThrow("no MQTT")
      client.end()
    } else await client.clientEnd()
    await server.clientEnd()
    expect(proxy.counts.flows.incoming).toEqual({ ...noFlows(), publish_without_pubrec: 2 })
  })

  it("counts a PUBLISH that it swallowed as a flow of its sender", async () => {
    proxy.setRule(cutAtNth({ direction: "up", type: "publish", nth: 1, moment: "instead", kind: "reset" }))
    const { client, server } = await opened()
    client.send(publish(1, 2))
    await client.clientEnd()
    await server.clientEnd()
    expect(server.received).toEqual([])
    expect(proxy.counts.flows.outgoing).toEqual({ ...noFlows(), publish_without_pubrec: 1 })
  })

  it("does not count flows that have ended", async () => {
    const { client, server } = await opened()
    client.send(publish(1, 2), publish(2, 2), publish(3, 1))
    for (let count = 0; count < 3; count++) await server.receive("publish")
    server.send(ack("pubrec", 1), { ...ack("pubrec", 2), reasonCode: 0x80 }, ack("puback", 3), ack("pubcomp", 1))
    for (const type of ["pubrec", "pubrec", "puback", "pubcomp"] as const) await client.receive(type)
    proxy.cutAll()
    await client.clientEnd()
    expect(proxy.counts.cuts.reset).toBe(1)
    expect(proxy.counts.flows).toEqual({ outgoing: noFlows(), incoming: noFlows() })
  })

  it("cuts flows only, at random but not by chance, when it is told to", () => {
    const frame = (packetId: number): Frame => ({
      type: "publish",
      bytes: Uint8Array.of(),
      qos: 1,
      dup: false,
      packetId,
      sessionPresent: false,
      reasonCode: 0,
    })
    const numbers = [0.1, 0.9, 0.4, 0.3]
    const rule = randomCuts(() => numbers.shift() ?? 1, 0.2)
    expect(rule(frame(0), "up", 0)).toBeUndefined()
    expect(rule(frame(1), "up", 0)).toEqual({ moment: "instead", kind: "garbage" })
    expect(rule(frame(1), "up", 0)).toBeUndefined()
  })

  it("finds the packets however their bytes are cut", () => {
    const packets = [publish(7, 1), ack("pubrec", 300), { ...publish(9, 2), payload: new Uint8Array(500) }]
    const bytes = Buffer.concat(packets.map((packet) => encode(packet, 5)))
    const framer = new Framer()
    const frames = Array.from(bytes).flatMap((byte) => framer.push(Uint8Array.of(byte)))
    expect(frames.map(({ type, packetId, qos }) => ({ type, packetId, qos }))).toEqual([
      { type: "publish", packetId: 7, qos: 1 },
      { type: "pubrec", packetId: 300, qos: 0 },
      { type: "publish", packetId: 9, qos: 2 },
    ])
    expect(Buffer.concat(frames.map((frame) => frame.bytes))).toEqual(bytes)
  })
})

async function opened(): Promise<{ client: ScriptedLink; server: ScriptedLink }> {
  const client = await scriptedClient(tcp({ host: "127.0.0.1", port: proxy.port }))
  return { client, server: await broker.accept() }
}

function publish(packetId: number, qos: 1 | 2): Extract<Packet, { type: "publish" }> {
  const payload = Uint8Array.of(1, 2, 3)
  return { type: "publish", topic: "t", payload, qos, retain: false, dup: false, packetId, properties: {} }
}

function ack<T extends "puback" | "pubrec" | "pubrel" | "pubcomp">(type: T, packetId: number) {
  return { type, packetId, reasonCode: 0, properties: {} }
}
