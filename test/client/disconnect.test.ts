/** disconnect(): in every state of the connection, with work in flight, twice, and never without an end. */
import { type Client, defineHandler, disconnect, type HandlerDefinition } from "terrapin"
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { hex } from "../support/hex.js"
import { ack, type ClientWorld, clientWorld, type Supervised, stateOf } from "./client-world.js"

type Situation = Pick<Supervised, "app" | "client">

/** How to bring a client into each state of its chart. Unless said otherwise no DISCONNECT may be sent there. */
const STATES: readonly (readonly [state: string, bring: (at: ClientWorld) => Promise<Situation>])[] = [
  ["attempting.opening", (at) => at.supervise({}, { label: "never", open: () => new Promise(() => undefined) })],
  [
    "attempting.handshaking",
    async (at) => {
      const started = await at.supervise()
      await (await at.broker.accept()).receive("connect")
      return started
    },
  ],
  [
    "backoff",
    async (at) => {
      at.broker.refuse(new Error("down"))
      const started = await at.supervise()
      await settle()
      return started
    },
  ],
]

describe("[case 88] disconnect()", () => {
  it.each(STATES)("while %s resolves at once, without DISCONNECT, and leaves nothing", async (state, bring) => {
    const at = clientWorld()
    const { app, client } = await bring(at)
    expect(stateOf(app, "connection")).toBe(state)
    await client.disconnect()
    expect(client.status).toBe("stopped")
    for (const link of at.broker.links) expect(link.receiveRest()).toEqual([])
    expect(app.whichChildren()).toMatchObject([{ status: "stopped", restarts: 0 }])
    await app.stop()
    await at.expectNothingLeft()
  })

  it("in the turn of the start resolves, and no link stays", async () => {
    const at = clientWorld()
    const { client, events } = at.start()
    await client.disconnect()
    expect(events).toEqual([{ kind: "stopped", reason: undefined }])
    await at.expectNothingLeft()
  })

  it("while connected.open.quiet says DISCONNECT and closes the link", async () => {
    const at = clientWorld()
    const { app, client, link, events } = await at.supervised()
    expect(stateOf(app, "connection")).toBe("connected.open.quiet")
    const done = client.disconnect()
    expect(await link.receive("disconnect")).toMatchObject({ reasonCode: 0 })
    await link.clientEnd()
    await done
    expect(events.slice(1)).toEqual([
      { kind: "down", cause: { kind: "user" } },
      { kind: "stopped", reason: undefined },
    ])
    await app.stop()
    await at.expectNothingLeft()
  })

  it("while connected.open.pinging says DISCONNECT and does not wait for PINGRESP", async () => {
    const at = clientWorld()
    const { app, client, link } = await at.supervised()
    const pinged = client.ping()
    await link.receive("pingreq")
    expect(stateOf(app, "connection")).toBe("connected.open.pinging")
    await client.disconnect()
    await link.receive("disconnect")
    await expect(pinged).rejects.toMatchObject({ code: "stopped" })
    await app.stop()
    await at.expectNothingLeft()
  })

  it("while a 3.1.1 session is being cleaned, or the version falls back, resolves", async () => {
    const at = clientWorld()
    const { client } = at.start({ cleanStart: true, session: { expirySeconds: 60 } })
    const first = await at.broker.accept()
    await first.receive("connect")
    first.sendBytes(hex`20 02 00 01`)
    await settle()
    const cleaning = await at.broker.accept()
    await cleaning.receive("connect")
    await client.disconnect()
    await cleaning.clientEnd()
    await at.expectNothingLeft()
  })

  it("while the link is lost in the same turn resolves", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    link.reset()
    await client.disconnect()
    await at.expectNothingLeft()
  })
})

describe("[case 90] disconnect()", () => {
  it("right after publish() sends the message", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const published = [client.publish("t", "0"), client.publish("t", "1", { qos: 1 })]
    const done = client.disconnect()
    expect(await link.receive("publish")).toMatchObject({ qos: 0 })
    expect(await link.receive("publish")).toMatchObject({ qos: 1 })
    link.send(ack("puback", 1))
    await done
    await expect(Promise.all(published)).resolves.toHaveLength(2)
  })

  it.each(["while draining", "when stopped"])("a second time, %s, resolves too", async (when) => {
    const at = clientWorld()
    const { client, link } = await at.up()
    client.publish("t", "1", { qos: 1 })
    await link.receive("publish")
    const first = client.disconnect()
    if (when === "when stopped") {
      link.send(ack("puback", 1))
      await first
    }
    const second = client.disconnect()
    link.send(ack("puback", 1))
    await first
    await second
    expect(client.status).toBe("stopped")
  })

  it.each(["session", "inflight", "connection"])(
    "while %s is being restarted stops the client all the same",
    async (actor) => {
      const at = clientWorld()
      const { app, client } = await at.supervised()
      const off = client.on("restart", () => {
        off()
        void client.disconnect()
      })
      await at.killActor(app, actor)
      await at.clock.advance(10_000)
      expect(client.status).toBe("stopped")
      await app.stop()
      await at.expectNothingLeft()
    },
  )

  it("is not undone by a crash of the client's root: the next life ends at once", async () => {
    const at = clientWorld()
    const { app, client, link } = await at.supervised()
    client.publish("t", "1", { qos: 1 })
    await link.receive("publish")
    const done = client.disconnect()
    await at.killActor(app, "client toes")
    await at.clock.advance(10_000)
    await done
    expect(client.status).toBe("stopped")
    expect(app.whichChildren()).toMatchObject([{ status: "stopped", restarts: 1 }])
    await app.restartChild("toes")
    const next = await at.accept({ sessionPresent: true })
    next.link.send(ack("puback", 1))
    await settle()
    expect(client.status).toBe("up")
    await app.stop()
    await at.expectNothingLeft()
  })

  it.each([
    ["a shorter one", (client: Client) => client.disconnect({ drainMs: 300 }), 300],
    ["disconnect({ drainMs: 0 })", (client: Client) => client.disconnect({ drainMs: 0 }), 0],
    ["a longer one", (client: Client) => client.disconnect({ drainMs: 9_000 }), 600],
  ])("a second time, by %s, ends the wait at the earlier of the two times", async (_what, again, afterMs) => {
    const at = clientWorld()
    const { client, link } = await at.up()
    client.publish("t", "1", { qos: 1 })
    await link.receive("publish")
    const first = client.disconnect({ drainMs: 1_000, reasonCode: 0x04 })
    await at.clock.advance(400)
    const second = again(client)
    if (afterMs > 0) await at.clock.advance(afterMs - 1)
    expect(client.status).toBe("up")
    await at.clock.advance(afterMs > 0 ? 1 : 0)
    expect(await link.receive("disconnect")).toMatchObject({ reasonCode: 0x04 })
    await first
    await second
    expect(client.status).toBe("stopped")
  })

  it("while the client waits for a handler that starts asynchronously stops it all the same", async () => {
    const at = clientWorld()
    const { client } = at.start({ handler: slowStart() })
    const done = client.disconnect()
    await at.clock.advance(10_000)
    await done
    expect(client.status).toBe("stopped")
    await at.expectNothingLeft()
  })

  it("leaves the client stopped: reconnect() and time change nothing", async () => {
    const at = clientWorld()
    const { client } = await at.up()
    await client.disconnect()
    client.reconnect()
    await at.clock.advance(1_000_000)
    expect(client.status).toBe("stopped")
    expect(at.broker.links).toHaveLength(1)
  })
})

describe("ending a client", () => {
  const ends: readonly (readonly [how: string, end: (client: Client) => Promise<void>])[] = [
    ["await using", async (client) => client[Symbol.asyncDispose]()],
    ["disconnect(client)", (client) => disconnect(client)],
  ]
  it.each(ends)("by %s is disconnect()", async (_how, end) => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const done = end(client)
    await link.receive("disconnect")
    await done
    await at.expectNothingLeft()
  })

  it("by a message to client.ref is disconnect()", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    client.ref.send({ kind: "disconnect", options: { reasonCode: 0x04 } })
    expect(await link.receive("disconnect")).toMatchObject({ reasonCode: 0x04 })
    await at.expectNothingLeft()
  })
})

function slowStart(): HandlerDefinition {
  return defineHandler({ init: () => new Promise<undefined>(() => undefined) })
}
