/** Incoming QoS 2: delivered once, however often it comes, over links and over crashes of the handler. */
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { ack, eventsOf, grant, publishPacket } from "../client/client-world.js"
import { arrived, linked, VERSIONS } from "./delivery-world.js"
import { works } from "./works.js"

const message = (packetId: number, payload: string, more: object = {}) =>
  publishPacket("t", payload, { qos: 2, packetId, ...more })

describe.each(VERSIONS)("QoS 2 in, version $version", ({ version }) => {
  it("is delivered, answered by PUBREC when it is done, and by PUBCOMP", async () => {
    const { handler, begun, finish } = works()
    const { link } = await linked(version, { handler })
    link.send(message(7, "a"))
    expect(await arrived(link)).toEqual([])
    expect(begun).toEqual(["a"])
    await finish()
    expect(await arrived(link)).toEqual(["pubrec 7"])
    link.send(ack("pubrel", 7))
    expect(await arrived(link)).toEqual(["pubcomp 7"])
  })

  it.each([{ dup: true }, { dup: false }])(
    "[case 44] is delivered once when it comes twice before PUBREL (DUP $dup), and answered twice",
    async ({ dup }) => {
      const { handler, begun, finish } = works()
      const { link } = await linked(version, { handler })
      link.send(message(7, "a"), message(7, "a", { dup }))
      await settle()
      await finish()
      expect(await arrived(link)).toEqual(["pubrec 7", "pubrec 7"])
      link.send(message(7, "a", { dup }))
      expect(await arrived(link)).toEqual(["pubrec 7"])
      link.send(ack("pubrel", 7))
      expect(await arrived(link)).toEqual(["pubcomp 7"])
      expect(begun).toEqual(["a"])
    },
  )

  it("[case 45] is delivered once in all when the link is lost after PUBREC and PUBREL comes on the next one", async () => {
    const { handler, begun, finish } = works()
    const { link, cut } = await linked(version, { handler })
    link.send(message(7, "a"))
    await settle()
    await finish()
    expect(await arrived(link)).toEqual(["pubrec 7"])
    const next = await cut(link)
    next.send(ack("pubrel", 7))
    expect(await arrived(next)).toEqual(["pubcomp 7"])
    expect(begun).toEqual(["a"])
  })

  it("[case 45] is delivered once in all when the server had not seen our PUBREC and sends it again on the next link", async () => {
    const { handler, begun, finish } = works()
    const { link, cut } = await linked(version, { handler })
    link.send(message(7, "a"))
    await settle()
    await finish()
    const next = await cut(link)
    next.send(message(7, "a", { dup: true }))
    expect(await arrived(next)).toEqual(["pubrec 7"])
    next.send(ack("pubrel", 7))
    expect(await arrived(next)).toEqual(["pubcomp 7"])
    expect(begun).toEqual(["a"])
  })

  it("[case 43] goes on being handled when its link is lost, and is answered on the link on which it comes again", async () => {
    const { handler, begun, finish } = works()
    const { link, cut } = await linked(version, { handler })
    link.send(message(7, "a"))
    await settle()
    const next = await cut(link)
    next.send(message(7, "a", { dup: true }))
    expect(await arrived(next)).toEqual([])
    await finish()
    expect(await arrived(next)).toEqual(["pubrec 7"])
    expect(begun).toEqual(["a"])
  })

  it("[case 43] that is done between two links sends nothing until it comes again", async () => {
    const { handler, begun, finish } = works()
    const { link, relink } = await linked(version, { handler })
    link.send(message(7, "a"))
    await settle()
    link.reset()
    await settle()
    await finish()
    const next = await relink()
    await next.idle()
    next.send(message(7, "a", { dup: true }))
    expect(await arrived(next)).toEqual(["pubrec 7"])
    expect(begun).toEqual(["a"])
  })

  it("[case 46] answers PUBREL of an unknown identifier with PUBCOMP", async () => {
    const { link, client } = await linked(version)
    link.send(ack("pubrel", 77))
    expect(await arrived(link)).toEqual([version === 5 ? "pubcomp 77 0x92" : "pubcomp 77"])
    expect(client.status).toBe("up")
  })

  it("[case 47] is new when its identifier comes again after PUBCOMP", async () => {
    const { handler, begun, finish } = works()
    const { link } = await linked(version, { handler })
    for (const payload of ["a", "b"]) {
      link.send(message(7, payload))
      await settle()
      await finish()
      link.send(ack("pubrel", 7))
      expect(await arrived(link)).toEqual(["pubrec 7", "pubcomp 7"])
    }
    expect(begun).toEqual(["a", "b"])
  })

  it("[case 49] is new when its identifier comes again after the session was lost, in whatever phase the old one was", async () => {
    const { handler, begun, finish } = works()
    const { link, cut } = await linked(version, { handler })
    link.send(message(7, "old, done"), message(8, "old, in hand"))
    await settle()
    await finish()
    expect(await arrived(link)).toEqual(["pubrec 7"])
    const next = await cut(link, { sessionPresent: false })
    next.send(message(7, "new 7"), message(8, "new 8"))
    await settle()
    await finish()
    expect(await arrived(next)).toEqual([]) // the old one's end is nobody's business any more
    await finish()
    await finish()
    expect(await arrived(next)).toEqual(["pubrec 7", "pubrec 8"])
    expect(begun).toEqual(["old, done", "old, in hand", "new 7", "new 8"])
  })

  it("[case 52] that crashes its handler is refused; the ones after it are not touched", async () => {
    const { handler, begun, crash, finish } = works()
    const { link, events } = await linked(version, { handler })
    link.send(message(7, "poison"), message(8, "b"))
    await settle()
    await crash(new Error("cannot read this"))
    await finish()
    expect(await arrived(link)).toEqual([version === 5 ? "pubrec 7 0x83" : "pubrec 7", "pubrec 8"])
    expect(begun).toEqual(["poison", "b"])
    expect(eventsOf(events, "dead_letter").map(({ message: dead }) => dead.text())).toEqual(["poison"])
  })
})

describe("QoS 2 in, MQTT 5", () => {
  it("is over when PUBREC refuses it: the next PUBLISH with its identifier is new [MQTT-4.3.3-9]", async () => {
    const { handler, begun, finish } = works()
    const { link } = await linked(5, { handler })
    link.send(message(7, "a"))
    await settle()
    await finish({ reasonCode: 0x97 })
    expect(await arrived(link)).toEqual(["pubrec 7 0x97"])
    link.send(message(7, "b"))
    await settle()
    await finish()
    link.send(ack("pubrel", 7))
    expect(await arrived(link)).toEqual(["pubrec 7", "pubcomp 7"])
    expect(begun).toEqual(["a", "b"])
  })
})

describe("a refusal", () => {
  it("that could not leave, for its link was lost, leaves on the next one: the message is not delivered again", async () => {
    const { handler, begun, finish } = works()
    const { link, relink, events } = await linked(5, { handler })
    link.send(message(7, "a"), message(8, "b"))
    await settle()
    link.reset()
    await settle()
    await finish({ reasonCode: 0x83 })
    const next = await relink()
    next.send(message(7, "a", { dup: true }), message(8, "b", { dup: true }))
    expect(await arrived(next)).toEqual(["pubrec 7 0x83"])
    next.send(message(7, "new"))
    await settle()
    await finish()
    await finish({ reasonCode: 0x83 })
    expect(await arrived(next)).toEqual(["pubrec 8", "pubrec 7 0x83"])
    expect(begun).toEqual(["a", "b", "new"])
    expect(eventsOf(events, "restart")).toEqual([])
  })

  it("that waits for an earlier acknowledgement is due again when the link is lost meanwhile", async () => {
    const { handler, begun, crash } = works()
    const { client, link, cut } = await linked(5, { handler })
    const subscribing = client.subscribe("slow", { qos: 1 })
    await grant(link)
    const reader = (await subscribing)[Symbol.asyncIterator]()
    link.send(publishPacket("slow", "", { qos: 1, packetId: 1 }), message(7, "a"))
    await reader.next()
    await crash(new Error("on a"))
    expect(await arrived(link)).toEqual([])
    const next = await cut(link)
    next.send(message(7, "a", { dup: true }))
    expect(await arrived(next)).toEqual(["pubrec 7 0x83"])
    expect(begun).toEqual(["a"])
  })
})

describe("QoS 2 in, 3.1.1", () => {
  it("has no refusal: a handler's reason code is success there, and the flow goes on to PUBCOMP", async () => {
    const { handler, begun, finish } = works()
    const { link } = await linked(4, { handler })
    link.send(message(7, "a"))
    await settle()
    await finish({ reasonCode: 0x97 })
    link.send(message(7, "a", { dup: true }))
    link.send(ack("pubrel", 7))
    expect(await arrived(link)).toEqual(["pubrec 7", "pubrec 7", "pubcomp 7"])
    expect(begun).toEqual(["a"])
  })
})
