/** The actor of a received QoS 2 message ends in each state of its chart: the message is delivered once all the same. */
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { ack, eventsOf, outcomeOf, publishPacket } from "../client/client-world.js"
import { actorIn, actorsOf, endActor, scopeOf, throwsOnce, WAYS } from "./crash-world.js"
import { arrived, linked, VERSIONS } from "./delivery-world.js"
import { works } from "./works.js"

const message = publishPacket("t", "a", { qos: 2, packetId: 7 })
const again = { ...message, dup: true }

const EVERY = VERSIONS.flatMap(({ version }) => WAYS.map((way) => ({ version, way })))

describe.each(EVERY)("[case 39] the actor of a received QoS 2 message, version $version, $way", ({ version, way }) => {
  /** The message is with the handler; it is done only when the test says so. */
  const begin = async () => {
    const work = works()
    const at = await linked(version, { handler: work.handler })
    at.link.send(message)
    await settle()
    return { ...at, ...work }
  }

  it("delivering: the handler's end finds the next one", async () => {
    const { client, link, begun, finish, events } = await begin()
    await endActor(client, "receive", "delivering", way)
    await finish()
    expect(await arrived(link)).toEqual(["pubrec 7"])
    link.send(ack("pubrel", 7))
    expect(await arrived(link)).toEqual(["pubcomp 7"])
    expect(begun).toEqual(["a"])
    expect(eventsOf(events, "restart")).toMatchObject([{ child: "receive" }])
    expect(eventsOf(events, "down")).toEqual([])
  })

  it("delivering: a repeated PUBLISH is not delivered again", async () => {
    const { client, link, cut, begun, finish } = await begin()
    await endActor(client, "receive", "delivering", way)
    link.send(again)
    const next = await cut(link)
    next.send(again)
    await settle()
    await finish()
    expect(await arrived(next)).toEqual(["pubrec 7"])
    next.send(ack("pubrel", 7))
    expect(await arrived(next)).toEqual(["pubcomp 7"])
    expect(begun).toEqual(["a"])
  })

  it("delivering: ends in the instant in which the handler is done, and its next life sends PUBREC", async () => {
    const { client, link, begun, finish } = await begin()
    const actor = actorIn(client, "receive", "delivering")
    if (way === "kill") actor.exit({ kind: "killed" })
    else actor.shutdown({ kind: "crash", error: new Error("planted") })
    await finish()
    expect(await arrived(link)).toEqual(["pubrec 7"])
    expect(begun).toEqual(["a"])
  })

  it("received: PUBREL finds the next one", async () => {
    const { client, link, begun, finish, events } = await begin()
    await finish()
    expect(await arrived(link)).toEqual(["pubrec 7"])
    await endActor(client, "receive", "received", way)
    link.send(ack("pubrel", 7))
    expect(await arrived(link)).toEqual(["pubcomp 7"])
    expect(begun).toEqual(["a"])
    expect(eventsOf(events, "down")).toEqual([])
    expect(actorsOf(client).filter(({ label }) => label === "receive")).toEqual([])
  })

  it("received: ends while there is no link, and answers on the next one", async () => {
    const { client, link, relink, begun, finish } = await begin()
    await finish()
    link.reset()
    await settle()
    await endActor(client, "receive", "received", way)
    const next = await relink()
    next.send(again)
    expect(await arrived(next)).toEqual(["pubrec 7"])
    next.send(ack("pubrel", 7))
    expect(await arrived(next)).toEqual(["pubcomp 7"])
    expect(begun).toEqual(["a"])
  })

  it("received: ends in the instant in which PUBREL arrives: the link is set up anew, and PUBREL comes again", async () => {
    const { client, link, relink, begun, finish, events } = await begin()
    await finish()
    await arrived(link)
    const off = client.on("packet_received", () => {
      off()
      const actor = actorIn(client, "receive", "received")
      if (way === "kill") actor.exit({ kind: "killed" })
      else actor.shutdown({ kind: "crash", error: new Error("planted") })
    })
    link.send(ack("pubrel", 7))
    expect(await arrived(link)).toEqual(["disconnect"])
    const next = await relink()
    expect(eventsOf(events, "down")).toMatchObject([{ cause: { kind: "recycle" } }])
    next.send(ack("pubrel", 7))
    expect(await arrived(next)).toEqual(["pubcomp 7"])
    expect(begun).toEqual(["a"])
  })
})

describe.each(VERSIONS)("a received QoS 2 message in version $version", ({ version }) => {
  it("whose delivery could not begin is delivered by the next life, on the same link", async () => {
    const { handler, begun, finish } = works()
    const { client, link, events } = await linked(version, { handler })
    void client.publish("t", "so that the scope can be found", { qos: 1 })
    await arrived(link)
    throwsOnce(scopeOf(client).session.subscriptions, "ownersOf")
    link.send(message)
    await settle()
    expect(begun).toEqual(["a"])
    await finish()
    link.send(ack("pubrel", 7))
    expect(await arrived(link)).toEqual(["pubrec 7", "pubcomp 7"])
    expect(eventsOf(events, "restart")).toMatchObject([{ child: "receive" }])
  })

  it("whose PUBCOMP could not be written is over, and the server's PUBREL is answered on the next link", async () => {
    const { handler, begun, finish } = works()
    const { client, link, relink } = await linked(version, { handler })
    link.send(message)
    await settle()
    await finish()
    await arrived(link)
    throwsOnce(scopeOf(client).port, "ack")
    link.send(ack("pubrel", 7))
    expect(await arrived(link)).toEqual(["disconnect"])
    const next = await relink()
    next.send(ack("pubrel", 7))
    expect(await arrived(next)).toEqual([version === 5 ? "pubcomp 7 0x92" : "pubcomp 7"])
    expect(begun).toEqual(["a"])
  })

  it("whose PUBREC could not be written is answered when the server sends it again", async () => {
    const { handler, begun, finish } = works()
    const { client, link, relink, at } = await linked(version, { handler })
    link.send(message)
    await settle()
    throwsOnce(scopeOf(client).port, "ack")
    await finish()
    expect(await arrived(link)).toEqual(["disconnect"])
    const next = await relink()
    next.send(again)
    expect(await arrived(next)).toEqual(["pubrec 7"])
    next.send(ack("pubrel", 7))
    expect(await arrived(next)).toEqual(["pubcomp 7"])
    expect(begun).toEqual(["a"])
    expect(await outcomeOf(client.disconnect())).toEqual({ value: undefined })
    await at.expectNothingLeft()
  })
})
