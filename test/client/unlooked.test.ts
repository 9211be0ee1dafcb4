/** A promise that nobody looks at raises no unhandledRejection, whatever it comes to. */
import { type Client, connect, disconnect, publish } from "terrapin"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { type ClientWorld, clientWorld } from "./client-world.js"

describe("a promise that nobody looks at", () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => unhandled.push(reason)
  beforeEach(() => {
    unhandled.length = 0
    process.on("unhandledRejection", note)
  })
  afterEach(() => {
    process.off("unhandledRejection", note)
  })

  const wrong = (value: unknown): never => value as never
  const CALLS: readonly (readonly [what: string, call: (client: Client, at: ClientWorld) => unknown])[] = [
    ["publish with QoS 3", (client) => client.publish("t", "", { qos: wrong(3) })],
    ["publish to a wildcard", (client) => client.publish("#", "")],
    ["publish, aborted", (client) => client.publish("t", "", { signal: AbortSignal.abort() })],
    ["publish that times out", (client) => client.publish("t", "", { qos: 1, timeoutMs: 5 })],
    ["publish that the end of the client settles", (client) => client.publish("t", "", { qos: 2 })],
    ["subscribe to a bad filter", (client) => client.subscribe("a/#/b")],
    ["subscribe to nothing", (client) => client.subscribe([])],
    ["subscribe that the end of the client settles", (client) => client.subscribe("a")],
    [
      "subscribe in the array form that times out",
      (client) => client.subscribe([{ topicFilter: "a" }], { timeoutMs: 5 }),
    ],
    ["unsubscribe from a bad filter", (client) => client.unsubscribe("a/#/b")],
    ["unsubscribe that the end of the client settles", (client) => client.unsubscribe("a")],
    ["ping with a bad option", (client) => client.ping(wrong({ every: 1 }))],
    ["ping that the end of the client settles", (client) => client.ping()],
    ["connected with a bad option", (client) => client.connected(wrong({ every: 1 }))],
    ["disconnect with a bad option", (client) => client.disconnect(wrong({ force: true }))],
    ["publish by an unknown name", () => publish("nobody", "t", "")],
    ["disconnect by an unknown name", () => disconnect("nobody")],
    ["connect to a bad address", () => connect("nowhere")],
    ["connect, aborted", (_client, { broker }) => connect(broker.transport, { signal: AbortSignal.abort() })],
  ]

  it.each(CALLS)("raises no unhandledRejection: %s", async (_what, call) => {
    const at = clientWorld()
    const { client } = await at.up()
    call(client, at)
    await at.clock.advance(5)
    void client.disconnect({ drainMs: 0 })
    await at.clock.advance(0)
    expect(client.status).toBe("stopped")
    call(client, at)
    await settle()
    expect(unhandled).toEqual([])
  })

  it("a rejection of the user's own is heard: this file's listener works", async () => {
    const at = clientWorld()
    const { client } = await at.up()
    void client.publish("#", "").then(() => undefined) // a promise of the user's own, that nobody looks at
    await settle()
    expect(unhandled).toHaveLength(1)
  })
})
