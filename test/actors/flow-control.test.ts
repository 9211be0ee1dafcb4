/** What leaves when: identifiers, quota, the order of resending, QoS 0 between them, limits of a new link, a bounded queue. */
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { ack, outcomeOf } from "../client/client-world.js"
import { arrived, linked, VERSIONS } from "./delivery-world.js"

describe.each(VERSIONS)("what leaves in version $version", ({ version }) => {
  it("bears identifiers 1, 2, 3 … in the order of the calls, shared by publications and subscriptions", async () => {
    const { client, link } = await linked(version)
    void client.publish("t", "a", { qos: 1 })
    void client.subscribe([{ topicFilter: "f" }])
    void client.publish("t", "b", { qos: 2 })
    void client.publish("t", "c")
    void client.unsubscribe("g")
    void client.publish("t", "d", { qos: 1 })
    expect(await arrived(link)).toEqual([
      'publish 1 "a"',
      "subscribe 2",
      'publish 3 "b"',
      'publish "c"',
      "unsubscribe 4",
      'publish 5 "d"',
    ])
  })

  it("after a cut: PUBRELs in the order of their PUBRECs, PUBLISHes in their first order, then what is new", async () => {
    const { client, link, relink } = await linked(version)
    for (const payload of ["a", "b", "c", "d", "e"]) void client.publish("t", payload, { qos: payload === "d" ? 1 : 2 })
    await arrived(link)
    link.send(ack("pubrec", 3), ack("pubrec", 1))
    expect(await arrived(link)).toEqual(["pubrel 3", "pubrel 1"])
    link.reset()
    await settle()
    void client.publish("t", "new", { qos: 1 })
    expect(await arrived(await relink())).toEqual([
      "pubrel 3",
      "pubrel 1",
      'publish 2 "b" DUP',
      'publish 4 "d" DUP',
      'publish 5 "e" DUP',
      'publish 6 "new"',
    ])
  })

  it("bears DUP only where it was on an earlier link, not where it only waited for one or for room", async () => {
    const { client, link, cut } = await linked(version, { inflightWindow: 2 })
    for (const payload of ["a", "b", "c"]) void client.publish("t", payload, { qos: 1 })
    expect(await arrived(link)).toEqual(['publish 1 "a"', 'publish 2 "b"'])
    const next = await cut(link)
    next.send(ack("puback", 1), ack("puback", 2))
    expect(await arrived(next)).toEqual(['publish 1 "a" DUP', 'publish 2 "b" DUP', 'publish 3 "c"'])
  })

  it("keeps QoS 0 behind QoS 0 that waits for the link", async () => {
    const { client, link, relink } = await linked(version)
    link.reset()
    await settle()
    void client.publish("t", "a")
    void client.publish("t", "b", { qos: 1 })
    void client.publish("t", "c")
    client.on("up", () => void client.publish("t", "d"))
    expect(await arrived(await relink())).toEqual(['publish "a"', 'publish 1 "b"', 'publish "c"', 'publish "d"'])
  })

  it("keeps QoS 0 behind QoS 0 that waits behind a full window", async () => {
    const { client, link, relink } = await linked(version, { inflightWindow: 1 })
    link.reset()
    await settle()
    for (const [payload, qos] of [
      ["a", 1],
      ["b", 1],
      ["c", 0],
    ] as const)
      void client.publish("t", payload, { qos })
    const next = await relink()
    expect(await arrived(next)).toEqual(['publish 1 "a"'])
    void client.publish("t", "d")
    expect(await arrived(next)).toEqual([])
    next.send(ack("puback", 1))
    expect(await arrived(next)).toEqual(['publish 2 "b"', 'publish "c"', 'publish "d"'])
  })

  it("never is more than inflightWindow, over PUBACK, PUBREC and a new link", async () => {
    const { client, link, cut } = await linked(version, { inflightWindow: 2 })
    for (const payload of ["a", "b", "c", "d"]) void client.publish("t", payload, { qos: 2 })
    expect(await arrived(link)).toEqual(['publish 1 "a"', 'publish 2 "b"'])
    link.send(ack("pubrec", 1))
    expect(await arrived(link)).toEqual(["pubrel 1"]) // PUBREC makes no room (MQTT 5 §4.9)
    const next = await cut(link)
    expect(await arrived(next)).toEqual(["pubrel 1", 'publish 2 "b" DUP'])
    next.send(ack("pubcomp", 1))
    expect(await arrived(next)).toEqual(['publish 3 "c"'])
  })

  it("is refused with queue_full beyond 10,000 that wait, and what waits is untouched", async () => {
    const { at, client, link, relink } = await linked(version, { inflightWindow: 1 })
    link.reset()
    await settle()
    const waiting = Array.from({ length: 10_000 }, (_, index) => client.publish("t", `${index}`, { qos: 1 }))
    await expect(client.publish("t", "too much", { qos: 1 })).rejects.toMatchObject({ code: "queue_full" })
    await expect(client.publish("t", "too much")).rejects.toMatchObject({ code: "queue_full" })
    const next = await relink()
    expect(await arrived(next)).toEqual(['publish 1 "0"'])
    next.send(ack("puback", 1))
    expect(await waiting[0]).toMatchObject({ packetId: 1 })
    expect(await outcomeOf(waiting[9_999] as Promise<unknown>)).toBe("pending")
    void client.publish("t", "room again", { qos: 1 })
    const stopped = client.disconnect({ drainMs: 0 })
    await at.clock.advance(0)
    await stopped
    const outcomes = await Promise.allSettled(waiting)
    expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(9_999)
  })
})

describe("Receive Maximum", () => {
  it.each([{ receiveMaximum: 1 }, { receiveMaximum: 2 }])(
    "[case 67] $receiveMaximum is never exceeded",
    async ({ receiveMaximum }) => {
      const { client, link } = await linked(5, {}, { properties: { receiveMaximum } })
      const sent = Array.from({ length: 7 }, (_, index) => client.publish("t", `${index}`, { qos: index % 2 ? 2 : 1 }))
      let unanswered = 0
      let answered = 0
      for (let turn = 0; turn < 30 && answered < 7; turn++) {
        for (const packet of (await arrived(link)).map((one) => one.split(" "))) {
          const [type, id] = [packet[0], Number(packet[1])]
          if (type === "publish") expect(++unanswered).toBeLessThanOrEqual(receiveMaximum)
          if (type === "publish") link.send(ack(id % 2 ? "puback" : "pubrec", id))
          else link.send(ack("pubcomp", id))
          if (type === "pubrel" || id % 2) {
            unanswered--
            answered++
          }
        }
      }
      expect((await Promise.all(sent)).map((outcome) => outcome.qos)).toEqual([1, 2, 1, 2, 1, 2, 1])
    },
  )

  it("[case 67] absent lets all leave", async () => {
    const { client, link } = await linked(5)
    for (let count = 0; count < 100; count++) void client.publish("t", "", { qos: 1 })
    expect(await arrived(link)).toHaveLength(100)
  })

  it("[case 67] smaller on the next link holds back what was in flight already", async () => {
    const { client, link, cut } = await linked(5, {}, { properties: { receiveMaximum: 10 } })
    for (const payload of ["a", "b", "c", "d"]) void client.publish("t", payload, { qos: 1 })
    await arrived(link)
    const next = await cut(link, { properties: { receiveMaximum: 2 } })
    expect(await arrived(next)).toEqual(['publish 1 "a" DUP', 'publish 2 "b" DUP'])
    next.send(ack("puback", 2))
    expect(await arrived(next)).toEqual(['publish 3 "c" DUP'])
    next.send(ack("puback", 1))
    expect(await arrived(next)).toEqual(['publish 4 "d" DUP'])
  })

  it("[case 67] counts PUBRELs that were sent again until their PUBCOMP, and holds none of them up", async () => {
    const { client, link, cut } = await linked(5, {}, { properties: { receiveMaximum: 10 } })
    for (const payload of ["a", "b", "c", "d"]) void client.publish("t", payload, { qos: 2 })
    await arrived(link)
    link.send(ack("pubrec", 1), ack("pubrec", 2), ack("pubrec", 3))
    await arrived(link)
    const next = await cut(link, { properties: { receiveMaximum: 2 } })
    expect(await arrived(next)).toEqual(["pubrel 1", "pubrel 2", "pubrel 3"])
    next.send(ack("pubcomp", 1))
    expect(await arrived(next)).toEqual([])
    next.send(ack("pubcomp", 3))
    expect(await arrived(next)).toEqual(['publish 4 "d" DUP'])
  })

  it("does not hold up SUBSCRIBE and UNSUBSCRIBE", async () => {
    const { client, link } = await linked(5, {}, { properties: { receiveMaximum: 1 } })
    void client.publish("t", "a", { qos: 1 })
    void client.publish("t", "b", { qos: 1 })
    void client.subscribe([{ topicFilter: "f" }])
    void client.unsubscribe("g")
    expect(await arrived(link)).toEqual(['publish 1 "a"', "subscribe 2", "unsubscribe 3"])
  })
})

describe("the server's Maximum Packet Size", () => {
  it("of a new link rejects what waited and is too large for it; what fits goes on", async () => {
    const { client, link, relink } = await linked(5)
    link.reset()
    await settle()
    const large = client.publish("t", "x".repeat(200), { qos: 1 })
    const largeQos0 = client.publish("t", "x".repeat(200))
    const small = client.publish("t", "a", { qos: 1 })
    const next = await relink({ properties: { maximumPacketSize: 100 } })
    await expect(large).rejects.toMatchObject({ code: "packet_too_large" })
    await expect(largeQos0).rejects.toMatchObject({ code: "packet_too_large" })
    expect(await arrived(next)).toEqual(['publish 1 "a"'])
    next.send(ack("puback", 1))
    expect(await small).toMatchObject({ packetId: 1 })
  })

  it("of a new link rejects what was in flight and is too large for it; its identifier stays taken until the session ends", async () => {
    const { client, link, cut } = await linked(5)
    const large = client.publish("t", "x".repeat(200), { qos: 1 })
    expect(await arrived(link)).toHaveLength(1)
    const next = await cut(link, { properties: { maximumPacketSize: 100 } })
    await expect(large).rejects.toMatchObject({ code: "packet_too_large" })
    expect(await arrived(next)).toEqual([])
    for (let id = 2; id <= 65_535; id++) {
      void client.publish("t", "", { qos: 1 })
      if (id % 5_000 === 0 || id === 65_535) {
        const received = await arrived(next)
        next.send(...received.map((line) => ack("puback", Number(line.split(" ")[1]))))
        await settle()
      }
    }
    void client.publish("t", "wrapped", { qos: 1 })
    expect(await arrived(next)).toEqual(['publish 2 "wrapped"'])
  })
})
