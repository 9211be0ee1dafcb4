/** Those who listen to a client: what they hear, and that they harm nobody. */
import type { ClientEvent } from "terrapin"
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { ack, clientWorld, eventsOf, publishPacket } from "./client-world.js"

describe("listeners", () => {
  it("[case 29] a publish in the tick between the end of the socket and its notice settles", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    link.reset()
    const published = [0, 1, 2].map((qos) => client.publish("t", "in between", { qos: qos as 0 | 1 | 2 }))
    await settle()
    await at.clock.advance(250)
    const again = await at.accept({ sessionPresent: true })
    await settle()
    for (const packet of again.link.receiveRest())
      if (packet.type === "publish" && packet.qos > 0)
        again.link.send(ack(packet.qos === 1 ? "puback" : "pubrec", packet.packetId))
    await again.link.receive("pubrel")
    again.link.send(ack("pubcomp", 2))
    expect(await Promise.all(published)).toMatchObject([{ qos: 0 }, { qos: 1 }, { qos: 2 }])
  })

  it("[case 85] that throw or reject lose their event and nothing else", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const heard: ClientEvent[] = []
    client.on("dropped", () => {
      throw new Error("the listener's own")
    })
    client.on("dropped", (async () => Promise.reject(new Error("the listener's own, too"))) as () => void)
    client.on("dropped", (event) => heard.push(event))
    link.send(publishPacket("t", "", { qos: 1, packetId: 1 }))
    expect(await link.receive("puback")).toMatchObject({ packetId: 1 })
    expect(heard).toHaveLength(1)
    expect(at.logged.filter((line) => line.startsWith("error"))).toHaveLength(2)
    expect(client.status).toBe("up")
  })

  it("[case 85] a logger that throws is nobody's end", async () => {
    const at = clientWorld()
    const fail = () => {
      throw new Error("disk full")
    }
    const { client, events } = at.start({ logger: { debug: fail, info: fail, warn: fail, error: fail } })
    await at.accept({ reasonCode: 0x88 })
    await at.clock.advance(250)
    await at.accept()
    await settle()
    expect(client.status).toBe("up")
    expect(eventsOf(events, "restart")).toEqual([])
  })

  it("are taken away by what on() returned, one by one", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    let heard = 0
    const listener = () => {
      heard++
    }
    const off = [client.on("dropped", listener), client.on("dropped", listener)]
    const news = async () => {
      link.send(publishPacket("t", ""))
      await settle()
    }
    await news()
    off[0]?.()
    off[0]?.()
    await news()
    off[1]?.()
    await news()
    expect(heard).toBe(3)
  })

  it("of packets hear every packet with its size, both ways; nothing is built for them while there are none", async () => {
    const at = clientWorld()
    const { client, link } = await at.up({ protocolVersion: 4 })
    const packets: [string, unknown, number][] = []
    const offs = [
      client.on("packet_sent", ({ kind, packet, bytes }) => packets.push([kind, packet, bytes])),
      client.on("packet_received", ({ kind, packet, bytes }) => packets.push([kind, packet, bytes])),
    ]
    const published = client.publish("t", "hello", { qos: 1 })
    await link.receive("publish")
    link.send(ack("puback", 1))
    await published
    for (const off of offs) off()
    client.send("t", "unheard")
    await link.receive("publish")
    expect(packets).toMatchObject([
      ["packet_sent", { type: "publish", topic: "t", qos: 1, packetId: 1, dup: false }, 12],
      ["packet_received", { type: "puback", packetId: 1 }, 4],
    ])
  })
})
