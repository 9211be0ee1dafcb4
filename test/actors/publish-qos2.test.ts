/** Outgoing QoS 2: four packets, cut between any two of them, and one outcome. */
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { ack, eventsOf, outcomeOf } from "../client/client-world.js"
import { arrived, linked, VERSIONS } from "./delivery-world.js"

describe.each(VERSIONS)("QoS 2 out in version $version", ({ version }) => {
  it("[case 32] sends its PUBLISH again with DUP and the same identifier when the link is lost before PUBREC", async () => {
    const { client, link, cut } = await linked(version)
    const sent = client.publish("t", "a", { qos: 2 })
    expect(await arrived(link)).toEqual(['publish 1 "a"'])
    const next = await cut(link)
    expect(await arrived(next)).toEqual(['publish 1 "a" DUP'])
    next.send(ack("pubrec", 1))
    expect(await arrived(next)).toEqual(["pubrel 1"])
    next.send(ack("pubcomp", 1))
    expect(await sent).toMatchObject({ qos: 2, packetId: 1, pubrec: { reasonCode: 0 }, pubcomp: { reasonCode: 0 } })
    await next.idle()
  })

  it("[case 33] sends PUBREL again, and never its PUBLISH, when the link is lost after PUBREC", async () => {
    const { client, link, cut } = await linked(version)
    const sent = client.publish("t", "a", { qos: 2 })
    await arrived(link)
    link.send(ack("pubrec", 1))
    expect(await arrived(link)).toEqual(["pubrel 1"])
    const second = await cut(link)
    expect(await arrived(second)).toEqual(["pubrel 1"])
    const third = await cut(second)
    expect(await arrived(third)).toEqual(["pubrel 1"])
    third.send(ack("pubcomp", 1))
    expect(await sent).toMatchObject({ qos: 2, packetId: 1 })
  })

  it("[case 33] treats a PUBREC that arrives in the link's last bytes as arrived", async () => {
    const { client, link, relink } = await linked(version)
    const sent = client.publish("t", "a", { qos: 2 })
    await arrived(link)
    link.send(ack("pubrec", 1))
    link.end()
    const next = await relink()
    expect(await arrived(next)).toEqual(["pubrel 1"])
    next.send(ack("pubcomp", 1))
    expect(await sent).toMatchObject({ qos: 2 })
  })

  it("[case 36] answers a repeated PUBREC with a repeated PUBREL, and has one outcome", async () => {
    const { client, link } = await linked(version)
    const sent = client.publish("t", "a", { qos: 2 })
    await arrived(link)
    link.send(ack("pubrec", 1), ack("pubrec", 1))
    expect(await arrived(link)).toEqual(["pubrel 1", "pubrel 1"])
    link.send(ack("pubcomp", 1), ack("pubcomp", 1))
    expect(await sent).toMatchObject({ qos: 2, packetId: 1 })
    await link.idle()
    const next = client.publish("t", "b", { qos: 2 })
    expect(await arrived(link)).toEqual(['publish 2 "b"'])
    expect(await outcomeOf(next)).toBe("pending")
  })

  it("[case 37] answers PUBREC of an unknown identifier with PUBREL, and nothing else changes", async () => {
    const { client, events, link } = await linked(version)
    const other = client.publish("t", "a", { qos: 2 })
    await arrived(link)
    link.send(ack("pubrec", 77))
    expect(await arrived(link)).toEqual([version === 5 ? "pubrel 77 0x92" : "pubrel 77"])
    link.send(ack("pubcomp", 77))
    await link.idle()
    expect(await outcomeOf(other)).toBe("pending")
    link.send(ack("pubrec", 1), ack("pubcomp", 1))
    expect(await other).toMatchObject({ qos: 2 })
    expect(eventsOf(events, "down")).toEqual([])
  })

  it("ignores a PUBCOMP that comes before PUBREC", async () => {
    const { client, link } = await linked(version)
    const sent = client.publish("t", "a", { qos: 2 })
    await arrived(link)
    link.send(ack("pubcomp", 1))
    expect(await outcomeOf(sent)).toBe("pending")
    link.send(ack("pubrec", 1))
    expect(await arrived(link)).toEqual(["pubrel 1"])
    link.send(ack("pubcomp", 1))
    expect(await sent).toMatchObject({ qos: 2 })
  })

  it("[case 23] rejects session_lost with its PUBREC when the session is gone, whatever the policy: it must not go out again", async () => {
    const { client, link, cut } = await linked(version, { session: { expirySeconds: 300, onLost: "republish" } })
    const released = client.publish("t", "a", { qos: 2 })
    const unanswered = client.publish("t", "b", { qos: 2 })
    await arrived(link)
    link.send(ack("pubrec", 1))
    await arrived(link)
    const next = await cut(link, { sessionPresent: false })
    await expect(released).rejects.toMatchObject({
      code: "session_lost",
      maybeDelivered: true,
      pubrec: { type: "pubrec", packetId: 1 },
    })
    expect(await arrived(next)).toEqual(['publish 3 "b"'])
    next.send(ack("pubrec", 3), ack("pubcomp", 3))
    expect(await unanswered).toMatchObject({ qos: 2, packetId: 3 })
  })

  it("[case 23] fails by default when the session is gone: exactly once cannot be kept otherwise", async () => {
    const { client, link, cut } = await linked(version)
    const sent = client.publish("t", "a", { qos: 2 })
    await arrived(link)
    const next = await cut(link, { sessionPresent: false })
    await expect(sent).rejects.toMatchObject({ code: "session_lost", maybeDelivered: true, pubrec: undefined })
    await next.idle()
  })

  it("[case 30] finishes in the background when its caller left, however often the link breaks", async () => {
    const { client, link, cut } = await linked(version, { inflightWindow: 1 })
    const leaving = new AbortController()
    const left = client.publish("t", "a", { qos: 2, signal: leaving.signal })
    await arrived(link)
    leaving.abort()
    await expect(left).rejects.toMatchObject({ code: "aborted" })
    const second = await cut(link)
    expect(await arrived(second)).toEqual(['publish 1 "a" DUP'])
    second.send(ack("pubrec", 1))
    await settle()
    const waiting = client.publish("t", "b", { qos: 2 })
    expect(await arrived(second)).toEqual(["pubrel 1"])
    const third = await cut(second)
    expect(await arrived(third)).toEqual(["pubrel 1"])
    third.send(ack("pubcomp", 1))
    expect(await arrived(third)).toEqual(['publish 2 "b"'])
    third.send(ack("pubrec", 2), ack("pubcomp", 2))
    expect(await waiting).toMatchObject({ packetId: 2 })
  })
})

describe("QoS 2 out in MQTT 5", () => {
  it("[case 34] resolves when PUBCOMP says 0x92 after PUBREL was sent again: it had been completed before", async () => {
    const { client, link, cut } = await linked(5)
    const sent = client.publish("t", "a", { qos: 2 })
    await arrived(link)
    link.send(ack("pubrec", 1))
    await arrived(link)
    const next = await cut(link)
    expect(await arrived(next)).toEqual(["pubrel 1"])
    next.send(ack("pubcomp", 1, 0x92))
    expect(await sent).toMatchObject({ qos: 2, packetId: 1, pubcomp: { reasonCode: 0x92 } })
  })

  it("rejects when PUBCOMP says 0x92 to the only PUBREL: the server has never known the message", async () => {
    const { client, link } = await linked(5)
    const sent = client.publish("t", "a", { qos: 2 })
    await arrived(link)
    link.send(ack("pubrec", 1))
    await arrived(link)
    link.send(ack("pubcomp", 1, 0x92))
    await expect(sent).rejects.toMatchObject({ code: "rejected", packet: "pubcomp", reasonCode: 0x92 })
  })

  it("[case 35] rejects on PUBREC of 0x80 and more: no PUBREL, and room for the next", async () => {
    const { client, link } = await linked(5, {}, { properties: { receiveMaximum: 1 } })
    const refused = client.publish("t", "a", { qos: 2 })
    const next = client.publish("t", "b", { qos: 2 })
    expect(await arrived(link)).toEqual(['publish 1 "a"'])
    link.send(ack("pubrec", 1, 0x97))
    await expect(refused).rejects.toMatchObject({ code: "rejected", packet: "pubrec", reasonCode: 0x97 })
    expect(await arrived(link)).toEqual(['publish 2 "b"'])
    link.send(ack("pubrec", 2, 0x10))
    expect(await arrived(link)).toEqual(["pubrel 2"])
    link.send(ack("pubcomp", 2))
    expect(await next).toMatchObject({ qos: 2, pubrec: { reasonCode: 0x10 } })
  })
})
