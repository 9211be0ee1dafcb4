/** A handler that is stopped, that is slow, or that is not there: what becomes of its messages. */
import { type ClientEvent, type DownCause, defineHandler } from "terrapin"
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { deferred } from "../runtime/world.js"
import { clientWorld, eventsOf, publishPacket, stateOf } from "./client-world.js"

describe("a handler that is stopped", () => {
  it("while it awaits has its signal aborted, and its late result is ignored", async () => {
    const at = clientWorld()
    const gate = deferred()
    const signals: AbortSignal[] = []
    const handler = defineHandler({
      async handlePublish(_levels, _message, _state, { signal }) {
        signals.push(signal)
        await gate.promise
        return { actions: [{ type: "publish", topic: "late" }] }
      },
    })
    const { client, link } = await at.up({ handler })
    link.send(publishPacket("t", "", { qos: 1, packetId: 1 }))
    await settle()
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    const done = client.disconnect()
    await link.receive("disconnect")
    await done
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    gate.resolve()
    await at.expectNothingLeft()
  })

  it.each([1, 2] as const)(
    "with the client leaves its message of QoS %i unrefused: the server sends it again, and it is handled",
    async (qos) => {
      const at = clientWorld()
      const works: string[] = []
      const handler = defineHandler({
        handlePublish: (_levels, message) => {
          works.push(message.text())
          return works.length === 1 ? new Promise<void>(() => undefined) : undefined
        },
      })
      const { app, link, events } = await at.supervised({ handler })
      link.send(publishPacket("t", "work", { qos, packetId: 1 }))
      await settle()
      const stopped = app.terminateChild("toes")
      await link.receive("disconnect")
      await stopped
      await link.idle()
      const restarted = app.restartChild("toes")
      const again = await at.accept({ sessionPresent: true })
      await restarted
      again.link.send(publishPacket("t", "work", { qos, packetId: 1, dup: true }))
      expect(await again.link.receive(qos === 1 ? "puback" : "pubrec")).toMatchObject({ packetId: 1, reasonCode: 0 })
      expect(works).toEqual(["work", "work"])
      expect(eventsOf(events, "dead_letter")).toEqual([])
    },
  )

  it("by a kill is a crash of its own: the message in hand is refused, and told of as a dead letter", async () => {
    const at = clientWorld()
    const handler = defineHandler({ handlePublish: () => new Promise<void>(() => undefined) })
    const { app, link, events } = await at.supervised({ handler })
    link.send(publishPacket("t", "work", { qos: 1, packetId: 1 }))
    await settle()
    expect(stateOf(app, "handler")).toBe("waiting")
    await at.killActor(app, "handler")
    expect(await link.receive("puback")).toMatchObject({ packetId: 1, reasonCode: 0x83 })
    expect(eventsOf(events, "dead_letter")).toMatchObject([{ message: { topic: "t" } }])
  })

  it("that tells of its link in the order of what happened, over restarts too", async () => {
    const at = clientWorld()
    const told: [string, DownCause["kind"] | undefined][] = []
    const handler = defineHandler({ connection: (status, _state, { cause }) => void told.push([status, cause?.kind]) })
    const { app, link } = await at.supervised({ handler })
    link.reset()
    await at.clock.advance(250)
    const second = await at.accept()
    await settle()
    await at.killActor(app, "connection")
    await second.link.clientEnd()
    await at.accept()
    await settle()
    expect(told).toEqual([
      ["up", undefined],
      ["down", "closed"],
      ["up", undefined],
      ["down", "closed"],
      ["up", undefined],
    ])
  })
})

describe("without a handler", () => {
  it.each([0, 1, 2] as const)(
    "a message of QoS %i that nobody wants is acknowledged, and a dropped event tells of it",
    async (qos) => {
      const at = clientWorld()
      const { link, events } = await at.up()
      link.send(publishPacket("t/1", "", { qos, packetId: qos === 0 ? 0 : 4 }))
      await settle()
      const answers = link.receiveRest()
      expect(answers).toMatchObject(
        qos === 0 ? [] : [{ type: qos === 1 ? "puback" : "pubrec", packetId: 4, reasonCode: 0 }],
      )
      const dropped: ClientEvent[] = eventsOf(events, "dropped")
      expect(dropped).toMatchObject([{ direction: "in", topic: "t/1", reason: expect.any(String) }])
    },
  )
})

describe("[case 57] a burst of QoS 0 to a slow handler", () => {
  it("is bounded: the oldest are dropped and counted, QoS 1 and the news are kept, the link stays up", async () => {
    const at = clientWorld()
    const gate = deferred()
    const got: string[] = []
    const handler = defineHandler({
      async handlePublish(_levels, message) {
        if (got.length === 0) await gate.promise
        got.push(message.text())
      },
    })
    const { client, link, events } = await at.up({ handler })
    link.send(publishPacket("t", "first"))
    link.send(publishPacket("t", "kept", { qos: 1, packetId: 1 }))
    for (let count = 1; count <= 5_000; count++) link.send(publishPacket("t", `m${count}`))
    await settle()
    expect(eventsOf(events, "dropped")).toHaveLength(4_001)
    gate.resolve()
    await settle()
    expect(got.slice(0, 3)).toEqual(["first", "kept", "m4002"])
    expect(got).toHaveLength(1_001)
    expect(client.status).toBe("up")
  })
})
