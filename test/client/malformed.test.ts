/** A server that breaks the protocol: DISCONNECT with the reason (MQTT 5), the link closed, and back-off. Never a crash. */
import type { Client } from "terrapin"
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { hex } from "../support/hex.js"
import type { ScriptedLink } from "../support/scripted-link.js"
import { ack, clientWorld, eventsOf, outcomeOf, publishPacket } from "./client-world.js"

const EVERY_VERSION: readonly (readonly [what: string, bytes: Uint8Array, reasonCode: number])[] = [
  ["packet type 0", hex`00 00`, 0x81],
  ["flags that PINGRESP does not have", hex`d1 00`, 0x81],
  ["flags that PUBREL does not have", hex`60 02 00 01`, 0x81],
  ["PUBLISH with QoS 3", hex`36 05 00 01 "t" 00 01`, 0x81],
  ["PUBLISH with DUP and QoS 0", hex`38 04 00 01 "t" 00`, 0x81],
  ["PUBLISH with identifier 0", hex`32 06 00 01 "t" 00 00 00`, 0x82],
  ["PUBLISH to a topic with a wildcard", hex`30 04 00 01 "#" 00`, 0x81],
  ["a remaining length of five bytes", hex`30 ff ff ff ff 01`, 0x81],
  ["a topic that is no UTF-8", hex`30 05 00 02 c3 28 00`, 0x81],
  ["a topic with U+0000", hex`30 05 00 02 61 00 00`, 0x81],
  ["a PUBACK cut short", hex`40 01 00`, 0x81],
  ["CONNECT", hex`10 0d 00 04 "MQTT" 05 02 00 00 00 00 00`, 0x82],
  ["PINGREQ", hex`c0 00`, 0x82],
  ["a second CONNACK", hex`20 03 00 00 00`, 0x82],
]

const FIVE: readonly (readonly [what: string, bytes: Uint8Array, reasonCode: number])[] = [
  ["a property twice", hex`30 0d 00 01 "t" 09 02 00 00 00 01 02 00 00 00 01`, 0x82],
  ["a property that PUBLISH does not have", hex`30 07 00 01 "t" 03 21 00 05`, 0x81],
  ["AUTH without an authentication method [MQTT-4.12.0-6]", hex`f0 02 18 00`, 0x82],
  ["a topic alias that we did not offer", hex`30 07 00 01 "t" 03 23 00 01`, 0x94],
  ["an empty topic without an alias", hex`30 03 00 00 00`, 0x82],
  ["a topic alias instead of a topic", hex`30 06 00 00 03 23 00 01`, 0x94],
]

describe("[case 77] in MQTT 5", () => {
  it.each([...EVERY_VERSION, ...FIVE])("%s is answered by DISCONNECT", async (_what, bytes, reasonCode) => {
    const at = clientWorld()
    const { link, client, events } = await at.up()
    link.sendBytes(bytes)
    await settle()
    const said = await link.receive("disconnect")
    expect([0x81, 0x82, 0x94]).toContain(said.reasonCode)
    expect(said.reasonCode).toBe(reasonCode)
    await link.clientEnd()
    expect(eventsOf(events, "down")).toMatchObject([{ cause: { kind: "protocol_error", reasonCode } }])
    expect(client.info.lastCause).toMatchObject({ error: { reasonCode } })
    expect(eventsOf(events, "restart")).toEqual([])
    await at.clock.advance(1_999)
    expect(at.broker.links).toHaveLength(1)
    await at.clock.advance(1)
    expect(at.broker.links).toHaveLength(2)
  })

  it.each([
    ["SUBACK with fewer codes than filters [MQTT-3.8.4-6]", hex`90 04 00 01 00 00`],
    ["SUBACK without codes", hex`90 03 00 01 00`],
    ["SUBACK with a code that it does not have", hex`90 05 00 01 00 03 00`],
  ])("%s is a protocol error; the call is asked again on the next link", async (_what, bytes) => {
    const at = clientWorld()
    const { link, client, events } = await at.up()
    const subscribed = client.subscribe([{ topicFilter: "a" }, { topicFilter: "b" }])
    await link.receive("subscribe")
    link.sendBytes(bytes)
    await link.receive("disconnect")
    expect(eventsOf(events, "down")).toMatchObject([{ cause: { kind: "protocol_error" } }])
    await at.clock.advance(2_000)
    const again = await at.accept()
    await again.link.receive("subscribe")
    again.link.send({ type: "suback", packetId: 1, reasonCodes: [0, 0], properties: {} })
    await expect(subscribed).resolves.toHaveLength(2)
  })

  it("a packet above our Maximum Packet Size is DISCONNECT 0x95, at its fixed header", async () => {
    const at = clientWorld()
    const { link, connect } = await at.up({ properties: { maximumPacketSize: 50 } })
    expect(connect.properties.maximumPacketSize).toBe(50)
    link.sendBytes(hex`30 31`)
    expect(await link.receive("disconnect")).toMatchObject({ reasonCode: 0x95 })
  })
})

describe("[case 77] in 3.1.1", () => {
  it.each(EVERY_VERSION)("%s closes the link: there is no DISCONNECT that could say why", async (_what, bytes) => {
    const at = clientWorld()
    const { link, events } = await at.up({ protocolVersion: 4 })
    link.sendBytes(bytes)
    await link.clientEnd()
    expect(eventsOf(events, "down")).toMatchObject([{ cause: { kind: "protocol_error" } }])
  })
})

describe("what a server should not send, and what does no harm", () => {
  it("acknowledgements that nothing waits for are counted, and that is all", async () => {
    const at = clientWorld()
    const { link, client, events } = await at.up()
    const published = client.publish("t", "", { qos: 2 })
    await link.receive("publish")
    link.send(ack("puback", 1), ack("pubcomp", 7), ack("puback", 9))
    link.send({ type: "suback", packetId: 1, reasonCodes: [0], properties: {} })
    link.send({ type: "unsuback", packetId: 2, reasonCodes: [0], properties: {} })
    await link.idle()
    expect(await outcomeOf(published)).toBe("pending")
    expect(events.map(({ kind }) => kind)).toEqual(["up"])
  })

  it("PINGRESP without PINGREQ changes nothing", async () => {
    const at = clientWorld()
    const { link, events } = await at.up()
    link.send({ type: "pingresp" })
    await link.idle()
    expect(events.map(({ kind }) => kind)).toEqual(["up"])
  })
})

describe("[case 50] more unacknowledged messages than our Receive Maximum", () => {
  it("is answered by DISCONNECT 0x93 in MQTT 5, and a new attempt", async () => {
    const at = clientWorld()
    const { client, link, events } = await at.up({ properties: { receiveMaximum: 2 } })
    await holdMessages(client, link)
    link.send(publishPacket("t", "1", { qos: 1, packetId: 1 }), publishPacket("t", "2", { qos: 2, packetId: 2 }))
    await link.idle()
    link.send(publishPacket("t", "3", { qos: 1, packetId: 3 }))
    expect(await link.receive("disconnect")).toMatchObject({ reasonCode: 0x93 })
    await link.clientEnd()
    expect(eventsOf(events, "down")).toMatchObject([{ cause: { kind: "protocol_error", reasonCode: 0x93 } }])
    await at.clock.advance(2_000)
    expect(at.broker.links).toHaveLength(2)
  })

  it("does not count QoS 0, nor what was acknowledged", async () => {
    const at = clientWorld()
    const { link } = await at.up({ properties: { receiveMaximum: 1 } })
    for (let packetId = 1; packetId <= 3; packetId++) {
      link.send(publishPacket("t", "", { qos: 1, packetId }), publishPacket("t", ""), publishPacket("t", ""))
      expect(await link.receive("puback")).toMatchObject({ packetId })
      link.send(publishPacket("t", "", { qos: 2, packetId }))
      await link.receive("pubrec")
      link.send(ack("pubrel", packetId))
      await link.receive("pubcomp")
    }
    await link.idle()
  })

  it("is no matter in 3.1.1, which has none", async () => {
    const at = clientWorld()
    const { client, link } = await at.up({ protocolVersion: 4, properties: { receiveMaximum: 1 } })
    await holdMessages(client, link)
    for (let packetId = 1; packetId <= 5; packetId++) link.send(publishPacket("t", "", { qos: 1, packetId }))
    await link.idle()
    expect(client.status).toBe("up")
  })
})

/** A reader that never asks for a second message, so that none is acknowledged. */
async function holdMessages(client: Client, link: ScriptedLink): Promise<void> {
  const subscribing = client.subscribe("t", { qos: 2 })
  const { packetId } = await link.receive("subscribe")
  link.send({ type: "suback", packetId, reasonCodes: [2], properties: {} })
  const reader = (await subscribing)[Symbol.asyncIterator]()
  void reader.next()
}
