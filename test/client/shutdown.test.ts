/** A client that its supervisor shuts down while work is in flight, and the server ends the link meanwhile. */
import { describe, expect, it, vi } from "vitest"
import { InboundWindow } from "../../src/actors/inbound-window.js"
import type { Packet } from "../../src/codec/index.js"
import { hex } from "../support/hex.js"
import type { ScriptedLink } from "../support/scripted-link.js"
import { ack, clientWorld, outcomeOf, publishPacket } from "./client-world.js"

const SERVER_DISCONNECT: Packet = { type: "disconnect", reasonCode: 0x8b, properties: {} }
const ENDS: readonly (readonly [how: string, end: (link: ScriptedLink) => void, last: readonly number[]])[] = [
  ["DISCONNECT", (link) => link.send(SERVER_DISCONNECT), []],
  ["DISCONNECT and more in one read", (link) => link.send(SERVER_DISCONNECT, { type: "pingresp" }), []],
  ["a closed link", (link) => link.end(), []],
  ["a reset link", (link) => link.reset(), []],
  ["a malformed packet", (link) => link.sendBytes(hex`f1 00`), [0x81]],
  ["a packet that no server sends", (link) => link.send({ type: "pingreq" }), [0x82]],
]

describe("shutdown by the supervisor with work in flight", () => {
  it.each(ENDS)("does not wait any longer after %s", async (_how, end, last) => {
    const at = clientWorld()
    const { app, client, link } = await at.supervised()
    const written = client.publish("t", "1", { qos: 1 })
    await link.receive("publish")
    const stopped = app.stop()
    await link.idle()
    end(link)
    expect(await outcomeOf(stopped)).toEqual({ value: undefined })
    await expect(written).rejects.toMatchObject({ code: "stopped", maybeDelivered: true })
    const codes = link.receiveRest().map((packet) => (packet.type === "disconnect" ? packet.reasonCode : packet.type))
    expect(codes).toEqual(last)
    await at.expectNothingLeft()
  })

  it("lets answers settle their calls, and says DISCONNECT after the last of them", async () => {
    const at = clientWorld()
    const { app, client, link } = await at.supervised()
    const written = client.publish("t", "1", { qos: 1 })
    await link.receive("publish")
    const stopped = app.stop()
    await link.idle()
    link.send({ type: "pingresp" }, ack("puback", 1))
    await expect(written).resolves.toMatchObject({ qos: 1 })
    expect(await link.receive("disconnect")).toMatchObject({ reasonCode: 0 })
    await stopped
    await at.expectNothingLeft()
  })

  it("that overtakes disconnect() leaves the link as disconnect() said", async () => {
    const at = clientWorld()
    const { app, client, link } = await at.supervised()
    void client.publish("t", "1", { qos: 1 }).catch(() => undefined)
    await link.receive("publish")
    const done = client.disconnect({ reasonCode: 0x04, drainMs: 700 })
    await at.clock.advance(300)
    const stopped = app.stop()
    await at.clock.advance(399)
    await link.idle()
    await at.clock.advance(1)
    const last = { reasonCode: 0x04, properties: { sessionExpiryInterval: 0 } }
    expect(await link.receive("disconnect")).toMatchObject(last)
    await Promise.all([done, stopped])
    await at.expectNothingLeft()
  })

  it("ends the wait at once when our own code fails meanwhile, and logs it", async () => {
    const at = clientWorld()
    const { app, client, link } = await at.supervised()
    void client.publish("t", "1", { qos: 1 }).catch(() => undefined)
    await link.receive("publish")
    const stopped = app.stop()
    await link.idle()
    const fault = vi.spyOn(InboundWindow.prototype, "publish").mockImplementation(() => {
      throw new Error("a fault of ours")
    })
    link.send(publishPacket("t", "late"))
    expect(await outcomeOf(stopped)).toEqual({ value: undefined })
    fault.mockRestore()
    await link.clientEnd()
    expect(at.logged).toContain("error a link that was being left failed")
    await at.expectNothingLeft()
  })
})
