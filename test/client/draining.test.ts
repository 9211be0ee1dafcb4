import { describe, expect, it } from "vitest"
import type { Packet } from "../../src/codec/index.js"
import { ack, clientWorld, outcomeOf, publishPacket, stateOf } from "./client-world.js"

describe("[case 89] disconnect() with work in flight", () => {
  it("waits for it: acknowledgements in time resolve, and DISCONNECT follows the last of them", async () => {
    const at = clientWorld()
    const { app, client, link } = await at.supervised()
    const one = client.publish("t", "1", { qos: 1 })
    const two = client.publish("t", "2", { qos: 2 })
    await link.receive("publish")
    await link.receive("publish")
    const done = client.disconnect()
    await link.idle()
    expect(stateOf(app, "connection")).toBe("connected.draining.quiet")
    link.send(ack("pubrec", 2))
    await link.receive("pubrel")
    link.send(ack("pubcomp", 2))
    await link.idle()
    link.send(ack("puback", 1))
    await link.receive("disconnect")
    await done
    await expect(one).resolves.toMatchObject({ qos: 1 })
    await expect(two).resolves.toMatchObject({ qos: 2 })
  })

  it("waits at most drainMs; what is left settles stopped", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const written = client.publish("t", "1", { qos: 2 })
    await link.receive("publish")
    const done = client.disconnect({ drainMs: 700 })
    await at.clock.advance(699)
    await link.idle()
    expect(await outcomeOf(written)).toBe("pending")
    await at.clock.advance(1)
    await link.receive("disconnect")
    await done
    await expect(written).rejects.toMatchObject({ code: "stopped", maybeDelivered: true })
    await at.expectNothingLeft()
  })

  it("keeps the link alive while it waits, and stops when the server is silent", async () => {
    const at = clientWorld()
    const { client, link } = await at.up({ keepAliveSeconds: 2, pingTimeoutMs: 1_000 })
    client.publish("t", "1", { qos: 1 })
    await link.receive("publish")
    const done = client.disconnect({ drainMs: 60_000 })
    await at.clock.advance(2_000)
    await link.receive("pingreq")
    link.send({ type: "pingresp" })
    await at.clock.advance(2_000)
    await link.receive("pingreq")
    await at.clock.advance(999)
    expect(client.status).toBe("up")
    await at.clock.advance(1)
    await done
    await at.expectNothingLeft()
  })

  it("waits 5 s by default, and not at all with drainMs 0", async () => {
    for (const { drainMs, waits } of [
      { drainMs: undefined, waits: 5_000 },
      { drainMs: 0, waits: 0 },
    ]) {
      const at = clientWorld()
      const { client, link } = await at.up()
      client.publish("t", "1", { qos: 1 })
      await link.receive("publish")
      const done = client.disconnect({ drainMs })
      if (waits > 0) await at.clock.advance(waits - 1)
      expect(client.status).toBe("up")
      await at.clock.advance(waits > 0 ? 1 : 0)
      await done
      expect(client.status).toBe("stopped")
    }
  })

  it("settles stopped when the link is lost while it waits, and does not connect again", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const written = client.publish("t", "1", { qos: 1 })
    await link.receive("publish")
    const done = client.disconnect()
    link.reset()
    await at.clock.advance(10_000)
    await done
    await expect(written).rejects.toMatchObject({ code: "stopped", maybeDelivered: true })
    expect(at.broker.links).toHaveLength(1)
    await at.expectNothingLeft()
  })

  it("still sends the acknowledgements that are due", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    client.on("packet_sent", ({ packet }) => {
      if ((packet as Packet).type === "puback") void client.disconnect()
    })
    link.send(publishPacket("t", "", { qos: 1, packetId: 5 }))
    expect(await link.receive("puback")).toMatchObject({ packetId: 5 })
    await link.receive("disconnect")
    await link.clientEnd()
  })
})
