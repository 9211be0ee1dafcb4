/** An outgoing flow's actor throws in the middle of an event: what it knew is in the record, or the link is set up anew. */
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { ack, eventsOf, outcomeOf } from "../client/client-world.js"
import { actorsOf, endActor, refusesOnce, scopeOf, throwsOnce } from "./crash-world.js"
import { arrived, linked, VERSIONS } from "./delivery-world.js"

describe.each(VERSIONS)("a throw in version $version", ({ version }) => {
  it("before a PUBLISH is first written: session, flows and link are set up anew, so that the order is kept", async () => {
    const { client, link, relink, events } = await linked(version)
    const sent = [client.publish("t", "a", { qos: 1 })]
    await arrived(link)
    throwsOnce(scopeOf(client).port, "publish")
    sent.push(client.publish("t", "b", { qos: 2 }), client.publish("t", "c", { qos: 1 }))
    expect(await arrived(link)).toEqual(["disconnect"])
    const next = await relink()
    expect(await arrived(next)).toEqual(['publish 1 "a" DUP', 'publish 2 "b"', 'publish 3 "c"'])
    next.send(ack("puback", 1), ack("pubrec", 2), ack("pubcomp", 2), ack("puback", 3))
    expect(await Promise.all(sent)).toMatchObject([{ packetId: 1 }, { packetId: 2 }, { packetId: 3 }])
    expect(eventsOf(events, "restart").map(({ child }) => child)).toEqual(["session", "inflight", "connection"])
  })

  it("before a caller gets its reply: it gets it from the session's next life", async () => {
    const { client, link, relink } = await linked(version)
    const sent = client.publish("t", "a", { qos: 1 })
    await arrived(link)
    throwsOnce(scopeOf(client).calls, "reply")
    link.send(ack("puback", 1))
    expect(await sent).toMatchObject({ packetId: 1 })
    const next = await relink()
    expect(await arrived(next)).toEqual([])
  })

  it("before PUBREC is noted: the link is set up anew, and the PUBLISH leaves again with DUP", async () => {
    const { client, link, relink, events } = await linked(version)
    const sent = client.publish("t", "a", { qos: 2 })
    await arrived(link)
    refusesOnce(recordsOf(client)[0] as { pubrec: unknown }, "pubrec")
    link.send(ack("pubrec", 1))
    expect(await arrived(link)).toEqual(["disconnect"])
    const next = await relink()
    expect(eventsOf(events, "down")).toMatchObject([{ cause: { kind: "recycle" } }])
    expect(await arrived(next)).toEqual(['publish 1 "a" DUP'])
    next.send(ack("pubrec", 1), ack("pubcomp", 1))
    expect(await sent).toMatchObject({ qos: 2 })
  })

  it("after PUBREC is noted and before PUBREL is written: the next life writes PUBREL, on the same link", async () => {
    const { client, link, events } = await linked(version)
    const sent = client.publish("t", "a", { qos: 2 })
    await arrived(link)
    throwsOnce(scopeOf(client).port, "ack")
    link.send(ack("pubrec", 1))
    expect(await arrived(link)).toEqual(["pubrel 1"])
    link.send(ack("pubcomp", 1))
    expect(await sent).toMatchObject({ qos: 2 })
    expect(eventsOf(events, "down")).toEqual([])
  })

  it("before PUBACK is noted: the link is set up anew, and the PUBLISH leaves again with DUP", async () => {
    const { client, link, relink } = await linked(version)
    const sent = client.publish("t", "a", { qos: 1 })
    await arrived(link)
    refusesOnce(recordsOf(client)[0] as { answer: unknown }, "answer")
    link.send(ack("puback", 1))
    expect(await arrived(link)).toEqual(["disconnect"])
    const next = await relink()
    expect(await arrived(next)).toEqual(['publish 1 "a" DUP'])
    next.send(ack("puback", 1))
    expect(await sent).toMatchObject({ packetId: 1 })
  })

  it("after the answer is noted and before the session has heard of it: the caller gets it all the same, once", async () => {
    const { client, link } = await linked(version)
    const sent = client.publish("t", "a", { qos: 1 })
    const asked = client.subscribe([{ topicFilter: "f" }])
    await arrived(link)
    throwsOnce(scopeOf(client).names.session, "send")
    link.send(ack("puback", 1))
    expect(await outcomeOf(sent)).toMatchObject({ value: { qos: 1, packetId: 1 } })
    throwsOnce(scopeOf(client).names.session, "send")
    link.send({ type: "suback", packetId: 2, reasonCodes: [0], properties: {} })
    expect(await outcomeOf(asked)).toMatchObject({ value: [{ topicFilter: "f" }] })
    const next = client.publish("t", "b", { qos: 1 })
    expect(await arrived(link)).toEqual(['publish 3 "b"'])
    expect(await outcomeOf(next)).toBe("pending")
  })

  it("of a flow that has said already that it is done: a second word of it changes nothing", async () => {
    const { client, link, cut } = await linked(version)
    const sent = ["a", "b", "c"].map((payload) => client.publish("t", payload, { qos: 1 }))
    await arrived(link)
    const { session } = scopeOf(client).names
    const record = recordsOf(client)[1] as Parameters<typeof session.send>[0]
    link.send(ack("puback", 2))
    await settle()
    session.send(record)
    const next = await cut(link)
    expect(await arrived(next)).toEqual(['publish 1 "a" DUP', 'publish 3 "c" DUP'])
    next.send(ack("puback", 1), ack("puback", 3))
    expect(await Promise.all(sent)).toMatchObject([{ packetId: 1 }, { packetId: 2 }, { packetId: 3 }])
  })

  it("in a session that does not outlive its link: that call alone settles session_lost, and the link stays", async () => {
    const { client, link, events } = await linked(version, { session: { expirySeconds: 0 } })
    const lost = [client.publish("t", "a", { qos: 1 }), client.publish("t", "b", { qos: 2 })]
    const other = client.publish("t", "c", { qos: 1 })
    await arrived(link)
    const [first, second] = recordsOf(client)
    refusesOnce(first as { answer: unknown }, "answer")
    refusesOnce(second as { pubrec: unknown }, "pubrec")
    link.send(ack("puback", 1), ack("pubrec", 2))
    for (const call of lost) await expect(call).rejects.toMatchObject({ code: "session_lost", maybeDelivered: true })
    await link.idle()
    link.send(ack("puback", 3))
    expect(await other).toMatchObject({ packetId: 3 })
    expect(eventsOf(events, "down")).toEqual([])
  })

  it("again and again, beyond 10 in 1 s: all flows are made anew from their records, in their order, on a new link", async () => {
    const { client, link, relink, events, at } = await linked(version)
    const sent = ["a", "b", "c"].map((payload, index) => client.publish("t", payload, { qos: index === 1 ? 2 : 1 }))
    await arrived(link)
    link.send(ack("pubrec", 2))
    await arrived(link)
    for (let count = 0; count < 11; count++) await endActor(client, "publish", undefined, "crash")
    expect(await arrived(link)).toEqual(["disconnect"])
    sent.push(client.publish("t", "d", { qos: 1 }))
    const next = await relink()
    expect(await arrived(next)).toEqual(["pubrel 2", 'publish 1 "a" DUP', 'publish 3 "c" DUP', 'publish 4 "d"'])
    next.send(ack("puback", 1), ack("pubcomp", 2), ack("puback", 3), ack("puback", 4))
    expect(await Promise.all(sent)).toMatchObject([{ packetId: 1 }, { packetId: 2 }, { packetId: 3 }, { packetId: 4 }])
    const restarted = eventsOf(events, "restart").map(({ child }) => child)
    expect(restarted.slice(10)).toEqual(["inflight", "connection"])
    expect(await outcomeOf(client.disconnect())).toEqual({ value: undefined })
    await at.expectNothingLeft()
  })
})

/** The records of the living inflight actors, in start order. */
function recordsOf(client: Parameters<typeof actorsOf>[0]): object[] {
  return actorsOf(client).flatMap(({ program }) => ("record" in program ? [program.record as object] : []))
}
