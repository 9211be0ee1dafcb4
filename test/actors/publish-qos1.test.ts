/** Outgoing QoS 1: what leaves once, what leaves again, and what its caller hears. */
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { ack, eventsOf, outcomeOf } from "../client/client-world.js"
import { arrived, linked, VERSIONS } from "./delivery-world.js"

describe.each(VERSIONS)("QoS 1 out in version $version", ({ version }) => {
  it("[case 22] is sent again with its identifier and DUP when the link is lost before PUBACK, and settles once", async () => {
    const { client, link, cut } = await linked(version)
    const sent = client.publish("t", "a", { qos: 1 })
    expect(await arrived(link)).toEqual(['publish 1 "a"'])
    const next = await cut(link)
    expect(await arrived(next)).toEqual(['publish 1 "a" DUP'])
    expect(await outcomeOf(sent)).toBe("pending")
    next.send(ack("puback", 1))
    expect(await sent).toMatchObject({ qos: 1, packetId: 1, puback: { reasonCode: 0 } })
    next.send(ack("puback", 1))
    await next.idle()
    expect(client.status).toBe("up")
    await cut(next)
    await next.idle()
  })

  it("[case 23] starts anew with DUP 0 when the session is gone and the policy is to publish again, before newer calls", async () => {
    const { client, link, relink } = await linked(version, { session: { expirySeconds: 300, onLost: "republish" } })
    const first = client.publish("t", "a", { qos: 1 })
    const second = client.publish("t", "b", { qos: 1 })
    expect(await arrived(link)).toEqual(['publish 1 "a"', 'publish 2 "b"'])
    link.reset()
    await settle()
    const newer = client.publish("t", "c", { qos: 1 })
    const next = await relink({ sessionPresent: false })
    expect(await arrived(next)).toEqual(['publish 3 "a"', 'publish 4 "b"', 'publish 5 "c"'])
    next.send(ack("puback", 3), ack("puback", 4), ack("puback", 5))
    expect(await Promise.all([first, second, newer])).toMatchObject([{ packetId: 3 }, { packetId: 4 }, { packetId: 5 }])
  })

  it("[case 23] rejects session_lost when the session is gone and the policy is to fail; what was never written goes out", async () => {
    const { client, link, relink } = await linked(version, { session: { expirySeconds: 300, onLost: "fail" } })
    const lost = client.publish("t", "a", { qos: 1 })
    expect(await arrived(link)).toEqual(['publish 1 "a"'])
    link.reset()
    await settle()
    const queued = client.publish("t", "b", { qos: 1 })
    const next = await relink({ sessionPresent: false })
    await expect(lost).rejects.toMatchObject({ code: "session_lost", maybeDelivered: true, pubrec: undefined })
    expect(await arrived(next)).toEqual(['publish 2 "b"'])
    next.send(ack("puback", 2))
    expect(await queued).toMatchObject({ qos: 1, packetId: 2 })
  })

  it("[case 24] leaves with DUP 0 when it was published while there was no link", async () => {
    const { at, client, link, relink } = await linked(version)
    link.reset()
    await at.clock.advance(0)
    const sent = client.publish("t", "a", { qos: 1 })
    const next = await relink()
    expect(await arrived(next)).toEqual(['publish 1 "a"'])
    next.send(ack("puback", 1))
    expect(await sent).toMatchObject({ qos: 1, packetId: 1 })
  })

  it("[case 26] ignores a PUBACK twice, of an unknown identifier, and of a QoS 2 flow", async () => {
    const { client, events, link } = await linked(version)
    const first = client.publish("t", "a", { qos: 1 })
    const second = client.publish("t", "b", { qos: 2 })
    await arrived(link)
    link.send(ack("puback", 1), ack("puback", 1), ack("puback", 77), ack("puback", 2))
    expect(await first).toMatchObject({ packetId: 1 })
    expect(await outcomeOf(second)).toBe("pending")
    await link.idle()
    link.send(ack("pubrec", 2), ack("pubcomp", 2))
    expect(await second).toMatchObject({ qos: 2, packetId: 2 })
    expect(eventsOf(events, "restart")).toEqual([])
    expect(client.status).toBe("up")
  })

  it("[case 27] keeps its order when the link is lost again in the middle of resending", async () => {
    const { client, link, cut } = await linked(version)
    const sent = ["a", "b", "c"].map((payload) => client.publish("t", payload, { qos: 1 }))
    await arrived(link)
    const second = await cut(link)
    expect(await arrived(second)).toEqual(['publish 1 "a" DUP', 'publish 2 "b" DUP', 'publish 3 "c" DUP'])
    second.send(ack("puback", 1))
    await settle()
    const third = await cut(second)
    expect(await arrived(third)).toEqual(['publish 2 "b" DUP', 'publish 3 "c" DUP'])
    third.send(ack("puback", 2), ack("puback", 3))
    expect(await Promise.all(sent)).toMatchObject([{ packetId: 1 }, { packetId: 2 }, { packetId: 3 }])
  })

  it("[case 28] loses no new publication that is made while older ones are resent and the link breaks", async () => {
    const { client, link, cut, relink } = await linked(version, { inflightWindow: 2 })
    const sent = ["a", "b", "c"].map((payload) => client.publish("t", payload, { qos: 1 }))
    expect(await arrived(link)).toEqual(['publish 1 "a"', 'publish 2 "b"'])
    const second = await cut(link)
    sent.push(client.publish("t", "d", { qos: 1 }))
    expect(await arrived(second)).toEqual(['publish 1 "a" DUP', 'publish 2 "b" DUP'])
    second.reset()
    sent.push(client.publish("t", "e", { qos: 1 }))
    const third = await relink()
    sent.push(client.publish("t", "f", { qos: 1 }))
    const seen: string[] = []
    for (let packetId = 1; packetId <= 6; packetId++) {
      seen.push(...(await arrived(third)))
      third.send(ack("puback", packetId))
    }
    expect(seen).toEqual([
      'publish 1 "a" DUP',
      'publish 2 "b" DUP',
      'publish 3 "c"',
      'publish 4 "d"',
      'publish 5 "e"',
      'publish 6 "f"',
    ])
    expect((await Promise.all(sent)).map((outcome) => outcome.qos)).toEqual([1, 1, 1, 1, 1, 1])
  })

  it("[case 29] settles when it is made after the link broke and before the client noticed", async () => {
    const { client, link, relink } = await linked(version)
    link.reset()
    const sent = client.publish("t", "a", { qos: 1 })
    const next = await relink()
    const [again] = await arrived(next)
    expect(again).toMatch(/^publish 1 "a"/)
    next.send(ack("puback", 1))
    expect(await sent).toMatchObject({ packetId: 1 })
  })

  it("[case 30] is never written when its signal aborts before it could leave", async () => {
    const { client, link, relink } = await linked(version)
    const leaving = new AbortController()
    link.reset()
    await settle()
    const sent = client.publish("t", "a", { qos: 1, signal: leaving.signal })
    leaving.abort(new Error("changed my mind"))
    await expect(sent).rejects.toMatchObject({ code: "aborted", cause: { message: "changed my mind" } })
    const next = await relink()
    expect(await arrived(next)).toEqual([])
  })

  it("[case 30] goes on in the background when its signal aborts after it left; its identifier is not free before PUBACK", async () => {
    const { client, link, cut } = await linked(version, { inflightWindow: 1 })
    const leaving = new AbortController()
    const left = client.publish("t", "a", { qos: 1, signal: leaving.signal })
    expect(await arrived(link)).toEqual(['publish 1 "a"'])
    leaving.abort()
    await expect(left).rejects.toMatchObject({ code: "aborted" })
    const waiting = client.publish("t", "b", { qos: 1 })
    expect(await arrived(link)).toEqual([])
    const next = await cut(link)
    expect(await arrived(next)).toEqual(['publish 1 "a" DUP'])
    next.send(ack("puback", 1))
    expect(await arrived(next)).toEqual(['publish 2 "b"'])
    next.send(ack("puback", 2))
    expect(await waiting).toMatchObject({ packetId: 2 })
  })

  it("is dropped before it is sent when its time is over while there is no link, and settles timed_out", async () => {
    const { at, client, link, relink } = await linked(version)
    link.reset()
    await settle()
    const sent = client.publish("t", "a", { qos: 1, timeoutMs: 500 })
    await at.clock.advance(500)
    await expect(sent).rejects.toMatchObject({ code: "timed_out", timeoutMs: 500 })
    expect(await arrived(await relink())).not.toContain('publish 1 "a"')
  })

  it("[case 86] ignores the PUBACK of a call that has timed out: the next call's promise is its own", async () => {
    const { at, client, link } = await linked(version)
    const late = client.publish("t", "a", { qos: 1, timeoutMs: 100 })
    await at.clock.advance(100)
    await expect(late).rejects.toMatchObject({ code: "timed_out" })
    const next = client.publish("t", "b", { qos: 1 })
    expect(await arrived(link)).toEqual(['publish 1 "a"', 'publish 2 "b"'])
    link.send(ack("puback", 1))
    expect(await outcomeOf(next)).toBe("pending")
    link.send(ack("puback", 2))
    expect(await next).toMatchObject({ packetId: 2 })
  })
})

describe("PUBACK of MQTT 5", () => {
  it.each([{ reasonCode: 0x87 }, { reasonCode: 0x97 }])(
    "[case 25] $reasonCode rejects with the code, makes room, and leaves the link up",
    async ({ reasonCode }) => {
      const { client, link } = await linked(5, {}, { properties: { receiveMaximum: 1 } })
      const refused = client.publish("t", "a", { qos: 1 })
      const next = client.publish("t", "b", { qos: 1 })
      expect(await arrived(link)).toEqual(['publish 1 "a"'])
      link.send({ ...ack("puback", 1, reasonCode), properties: { reasonString: "no" } })
      await expect(refused).rejects.toMatchObject({
        code: "rejected",
        packet: "puback",
        reasonCode,
        reasonString: "no",
      })
      expect(await arrived(link)).toEqual(['publish 2 "b"'])
      link.send(ack("puback", 2))
      expect(await next).toMatchObject({ packetId: 2 })
      expect(client.status).toBe("up")
    },
  )

  it("[case 25] 0x10 (no matching subscribers) resolves", async () => {
    const { client, link } = await linked(5)
    const sent = client.publish("t", "a", { qos: 1 })
    await arrived(link)
    link.send(ack("puback", 1, 0x10))
    expect(await sent).toMatchObject({ qos: 1, puback: { reasonCode: 0x10 } })
  })
})
