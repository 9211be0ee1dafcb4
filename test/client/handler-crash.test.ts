/** A handler that crashes: alone, with its queue kept and its message refused; too often, and the client is restarted. */
import { defineHandler, exited, type HandlerDefinition } from "terrapin"
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { ack, clientWorld, eventsOf, publishPacket } from "./client-world.js"

/** Crashes on messages that say "boom", in the way given; counts its lives in `inits`. */
function fragile(how: "throw" | "reject" = "throw"): {
  readonly handler: HandlerDefinition
  readonly got: string[]
  readonly inits: () => number
} {
  const got: string[] = []
  let inits = 0
  const handler = defineHandler({
    init: () => ++inits,
    handlePublish(_levels, message, life) {
      if (message.text() === "boom") {
        if (how === "throw") throw new Error("boom")
        return Promise.reject(new Error("boom"))
      }
      got.push(`${message.text()} in life ${life}`)
      return undefined
    },
  })
  return { handler, got, inits: () => inits }
}

describe.each(["throw", "reject"] as const)("[case 54] [case 55] a callback that %ss", (how) => {
  it.each([1, 2] as const)(
    "crashes the handler alone: queue kept, QoS %i refused with 0x83, everything else untouched",
    async (qos) => {
      const at = clientWorld()
      const { handler, got } = fragile(how)
      const { client, link, events } = await at.up({ handler })
      const type = qos === 1 ? "puback" : "pubrec"
      link.send(
        publishPacket("t", "one", { qos, packetId: 1 }),
        publishPacket("t", "boom", { qos, packetId: 2 }),
        publishPacket("t", "three", { qos, packetId: 3 }),
      )
      expect(await link.receive(type)).toMatchObject({ packetId: 1, reasonCode: 0 })
      expect(await link.receive(type)).toMatchObject({ packetId: 2, reasonCode: 0x83 })
      expect(await link.receive(type)).toMatchObject({ packetId: 3, reasonCode: 0 })
      await link.idle()
      expect(got).toEqual(["one in life 1", "three in life 2"])
      expect(client.status).toBe("up")
      const told = events.slice(1)
      expect(told).toMatchObject([
        { kind: "dead_letter", error: { message: "boom" }, message: { topic: "t", qos } },
        { kind: "handler_crash", error: { message: "boom" } },
        { kind: "restart", child: "handler" },
      ])
      expect(eventsOf(events, "dead_letter")[0]?.message.text()).toBe("boom")
    },
  )

  it("acknowledges the message in 3.1.1, which has no refusal, and raises dead_letter", async () => {
    const at = clientWorld()
    const { handler, got } = fragile(how)
    const { link, events } = await at.up({ handler, protocolVersion: 4 })
    link.send(publishPacket("t", "boom", { qos: 1, packetId: 2 }), publishPacket("t", "after"))
    expect(await link.receive("puback")).toEqual(ack("puback", 2))
    await settle()
    expect(eventsOf(events, "dead_letter")).toHaveLength(1)
    expect(got).toEqual(["after in life 2"])
  })
})

describe("a crash in another callback", () => {
  it.each(["connection", "subscription", "handleConnack", "handleDisconnect"])(
    "%s restarts the handler, and drops no message",
    async (callback) => {
      const at = clientWorld()
      let crashes = 0
      const got: string[] = []
      const handler = defineHandler({
        handlePublish: (_levels, message) => void got.push(message.text()),
        [callback]: () => {
          if (crashes++ === 0) throw new Error("boom")
        },
      })
      const { link, events } = await at.up({ handler, subscriptions: [{ topicFilter: "t" }] })
      const { packetId } = await link.receive("subscribe")
      link.send({ type: "suback", packetId, reasonCodes: [0], properties: {} }, publishPacket("t", "a"))
      link.send({ type: "disconnect", reasonCode: 0x8b, properties: {} })
      await settle()
      expect(crashes).toBeGreaterThan(0)
      expect(got).toEqual(["a"])
      expect(eventsOf(events, "handler_crash")).toMatchObject([{ error: { message: "boom" } }])
      expect(eventsOf(events, "dead_letter")).toEqual([])
    },
  )

  it("terminate is called with the reason when a callback crashed, and its own crash harms nobody", async () => {
    const at = clientWorld()
    const reasons: unknown[] = []
    const handler = defineHandler({
      init: () => "state",
      handlePublish() {
        throw new Error("boom")
      },
      terminate(reason, state) {
        reasons.push(reason, state)
        throw new Error("and again")
      },
    })
    const { client, link } = await at.up({ handler })
    link.send(publishPacket("t", "", { qos: 1, packetId: 1 }))
    expect(await link.receive("puback")).toMatchObject({ reasonCode: 0x83 })
    expect(reasons).toMatchObject([{ kind: "crash", error: { message: "boom" } }, "state"])
    expect(client.status).toBe("up")
  })
})

describe("a handler that crashes too often", () => {
  it("more than 10 times in 10 s ends the client; its supervisor restarts it, and it goes on", async () => {
    const at = clientWorld()
    const { handler, got } = fragile()
    const { app, client, link, events } = await at.supervised({ handler })
    const ended = exited(client.ref)
    for (let count = 0; count < 10; count++) link.send(publishPacket("t", "boom"))
    await settle()
    expect(client.status).toBe("up")
    expect(eventsOf(events, "restart")).toHaveLength(10)
    link.send(publishPacket("t", "boom"))
    expect(await ended).toMatchObject({ kind: "crash", error: { name: "RestartIntensityError" } })
    await link.clientEnd() // without DISCONNECT: the will is the server's to send
    const again = await at.accept({ sessionPresent: true })
    await settle()
    again.link.send(publishPacket("t", "fine"))
    await settle()
    expect(client.status).toBe("up")
    expect(got).toEqual(["fine in life 12"])
    expect(app.whichChildren()).toMatchObject([{ restarts: 1, status: "running" }])
    await app.stop()
    await at.expectNothingLeft()
  })

  it("but not within 10 s goes on for ever", async () => {
    const at = clientWorld()
    const { handler, inits } = fragile()
    const { client, link } = await at.up({ handler, keepAliveSeconds: 0 })
    for (let count = 0; count < 50; count++) {
      link.send(publishPacket("t", "boom"))
      await at.clock.advance(1_001)
    }
    expect(inits()).toBe(51)
    expect(client.status).toBe("up")
  })

  it("without a supervisor stops the client: calls reject exited, and nothing is left", async () => {
    const at = clientWorld()
    const { handler } = fragile()
    const { client, link, events } = await at.up({ handler })
    const open = client.publish("t", "", { qos: 1 })
    await link.receive("publish")
    for (let count = 0; count < 11; count++) link.send(publishPacket("t", "boom"))
    await expect(open).rejects.toMatchObject({ code: "exited", maybeDelivered: true })
    expect(client.status).toBe("stopped")
    expect(events.at(-1)).toEqual({ kind: "stopped", reason: undefined })
    await at.expectNothingLeft()
  })
})
