/** The window that we grant the server: enforced when the user chose it. */
import { defineHandler } from "terrapin"
import { describe, expect, it } from "vitest"
import { publishPacket } from "../client/client-world.js"
import { arrived, linked } from "./delivery-world.js"

/** Never done: what it got stays unacknowledged. */
const handler = defineHandler({ handlePublish: () => new Promise<void>(() => undefined) })

describe("our Receive Maximum", () => {
  it("[case 50] ends the link with 0x93 when the server exceeds the one that the user chose", async () => {
    const { link } = await linked(5, { handler, properties: { receiveMaximum: 2 } })
    link.send(...messages(2))
    expect(await arrived(link)).toEqual([])
    link.send(message(3))
    expect(await arrived(link)).toEqual(["disconnect 0x93"])
    await link.clientEnd()
  })

  it("by default ends no link: mosquitto up to 2.0.11 exceeds any, and would do so on the next link again", async () => {
    const { at, link } = await linked(5, { handler })
    expect(link.received[0]).toHaveProperty("properties.receiveMaximum", 1_000)
    link.send(...messages(1_500))
    expect(await arrived(link)).toEqual([])
    expect(at.broker.links).toHaveLength(1)
  })
})

const message = (packetId: number) => publishPacket("t", `${packetId}`, { qos: 1, packetId })
const messages = (count: number) => Array.from({ length: count }, (_, index) => message(index + 1))
