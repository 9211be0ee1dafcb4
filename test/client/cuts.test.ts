/** [case 14] The network is cut at every byte: nothing crashes, nothing that is not whole is delivered. */
import { describe, expect, it } from "vitest"
import { encode, type Packet } from "../../src/codec/index.js"
import { settle } from "../../src/testing/index.js"
import { clientWorld, eventsOf, outcomeOf, publishPacket } from "./client-world.js"

const connack: Packet = {
  type: "connack",
  sessionPresent: false,
  reasonCode: 0,
  properties: { receiveMaximum: 20, assignedClientIdentifier: "c", reasonString: "welcome" },
}

function offsets(packet: Packet): number[] {
  return Array.from(encode(packet, 5).keys())
}

describe("[case 14] a link that is cut", () => {
  it.each(offsets(connack))("%i bytes into CONNACK is a failed attempt, and the next one succeeds", async (length) => {
    const at = clientWorld()
    const { client, events } = at.start()
    const link = await at.broker.accept()
    await link.receive("connect")
    link.sendBytes(encode(connack, 5).subarray(0, length))
    await settle()
    expect(client.status).toBe("connecting")
    link.reset()
    await at.clock.advance(250)
    await at.accept(connack)
    await settle()
    expect(events.map(({ kind }) => kind)).toEqual(["connect_failed", "up"])
  })

  const suback: Packet = { type: "suback", packetId: 1, reasonCodes: [1, 0x87], properties: { reasonString: "partly" } }

  it.each(offsets(suback))(
    "%i bytes into SUBACK leaves the call open; it settles once on the next link",
    async (length) => {
      const at = clientWorld()
      const { client, link } = await at.up()
      const subscribed = client.subscribe([{ topicFilter: "a", qos: 1 }, { topicFilter: "b" }])
      await link.receive("subscribe")
      link.sendBytes(encode(suback, 5).subarray(0, length))
      await settle()
      link.reset()
      await at.clock.advance(250)
      expect(await outcomeOf(subscribed)).toBe("pending")
      const again = await at.accept({ sessionPresent: true })
      await again.link.receive("subscribe")
      again.link.send(suback)
      expect(await subscribed).toEqual([
        { topicFilter: "a", reasonCode: 1, grantedQos: 1 },
        { topicFilter: "b", reasonCode: 0x87, grantedQos: undefined },
      ])
    },
  )

  const publish = publishPacket("t/1", "21.5", { qos: 1, packetId: 9, properties: { contentType: "text" } })

  it.each(offsets(publish))("%i bytes into PUBLISH delivers nothing, acknowledges nothing", async (length) => {
    const at = clientWorld()
    const { link, events } = await at.up()
    link.sendBytes(encode(publish, 5).subarray(0, length))
    await settle()
    link.reset()
    await at.clock.advance(250)
    const again = await at.accept()
    await settle()
    expect(events.map(({ kind }) => kind)).toEqual(["up", "down", "up"])
    expect(eventsOf(events, "down")).toMatchObject([{ cause: { kind: "closed" } }])
    again.link.send({ ...publish, dup: true })
    expect(await again.link.receive("puback")).toMatchObject({ packetId: 9 })
    expect(eventsOf(events, "dropped")).toMatchObject([{ topic: "t/1" }])
  })
})
