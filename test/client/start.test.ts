/** startClient(), connected(), lookup() and the forms by name. */
import { connect, defineHandler, disconnect, lookup, publish, startClient } from "terrapin"
import { afterEach, describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { hex } from "../support/hex.js"
import { scriptedBroker } from "../support/scripted-broker.js"
import { clientWorld, outcomeOf } from "./client-world.js"

describe("startClient()", () => {
  it("starts at once; listeners added in the same turn miss nothing", async () => {
    const at = clientWorld()
    const heard: string[] = []
    const handler = defineHandler({
      init: () => heard.push("init"),
      handleConnack: () => void heard.push("connack"),
      connection: (status) => void heard.push(`connection ${status}`),
    })
    const { client } = at.start({ handler })
    client.on("up", () => heard.push("up"))
    client.on("connect_failed", () => heard.push("connect_failed"))
    const { link } = await at.accept({ reasonCode: 0x88 })
    await settle()
    expect(link.ended).toBe(true)
    await at.clock.advance(250)
    await at.accept()
    await settle()
    expect(heard).toEqual(["init", "connect_failed", "connack", "connection up", "up"])
  })

  it("tells of what was in the segment of CONNACK: nothing is missed", async () => {
    const at = clientWorld()
    const { client } = at.start()
    const link = await at.broker.accept()
    const topics: string[] = []
    client.on("dropped", ({ topic }) => topics.push(topic))
    await link.receive("connect")
    link.sendBytes(hex`20 03 00 00 00  30 04 00 01 "a" 00  30 04 00 01 "b" 00`)
    await settle()
    expect(topics).toEqual(["a", "b"])
  })

  it("is stopped when the handler's init fails; its calls say so, and its name is free again", async () => {
    const at = clientWorld()
    const { client, events } = at.start({
      handler: defineHandler({ init: async () => Promise.reject(new Error("no database")) }),
    })
    const published = client.publish("t", "", { qos: 1 })
    await settle()
    expect(client.status).toBe("stopped")
    await expect(published).rejects.toMatchObject({ code: "exited" })
    expect(events.at(-1)).toMatchObject({ kind: "stopped" })
    await at.expectNothingLeft()
    at.start()
  })
})

describe("connected()", () => {
  it("resolves with the info when a link is up, at once if it is", async () => {
    const at = clientWorld()
    const { client } = at.start()
    const connected = client.connected()
    expect(await outcomeOf(connected)).toBe("pending")
    await at.accept()
    expect(await connected).toMatchObject({ protocolVersion: 5 })
    expect(await client.connected()).toMatchObject({ protocolVersion: 5 })
  })

  it("waits as long as it takes, or timeoutMs, or until its signal fires", async () => {
    const at = clientWorld()
    const { client } = at.start()
    const abort = new AbortController()
    const patient = client.connected()
    const hasty = client.connected({ timeoutMs: 100 })
    const called = client.connected({ signal: abort.signal })
    abort.abort(new Error("enough"))
    await expect(called).rejects.toMatchObject({ code: "aborted", cause: new Error("enough") })
    await at.clock.advance(100)
    await expect(hasty).rejects.toMatchObject({ code: "timed_out", timeoutMs: 100 })
    await at.clock.advance(100_000)
    expect(await outcomeOf(patient)).toBe("pending")
    await client.disconnect()
    await expect(patient).rejects.toMatchObject({ code: "stopped" })
    await at.expectNothingLeft()
  })
})

/** The forms by name look in the process-wide system, with the machine's clock: these clients get as far as CONNACK at once. */
describe("by name", () => {
  const broker = scriptedBroker()
  const started: { disconnect(): Promise<void> }[] = []
  const start = async (name: string, clientId = name) => {
    const client = startClient({ server: broker.transport, name, clientId })
    started.push(client)
    const link = await broker.accept()
    await link.handshake()
    await settle()
    return { client, link }
  }
  afterEach(async () => {
    for (const client of started.splice(0)) await client.disconnect()
  })

  it("a living client is found, and only a living one", async () => {
    expect(lookup("toes")).toBeUndefined()
    const { client } = await start("toes", "another-id")
    expect(lookup("toes")).toBe(client)
    expect(lookup("another-id")).toBeUndefined()
    await client.disconnect()
    expect(lookup("toes")).toBeUndefined()
  })

  it("publish and disconnect take a name or a client", async () => {
    const { client, link } = await start("toes")
    await publish("toes", "t", "by name")
    await publish(client, "t", "by client")
    expect(await link.receive("publish")).toMatchObject({ topic: "t" })
    await link.receive("publish")
    const done = disconnect("toes")
    await link.receive("disconnect")
    await done
    expect(client.status).toBe("stopped")
  })

  it("an unknown name rejects unknown_client", async () => {
    await expect(publish("nobody", "t", "")).rejects.toMatchObject({ code: "unknown_client", client: "nobody" })
    await expect(disconnect("nobody")).rejects.toMatchObject({ code: "unknown_client", client: "nobody" })
  })

  it("a taken name throws invalid_option, and is free when its client has ended", async () => {
    const { client } = await start("toes")
    const again = () => startClient({ server: broker.transport, name: "toes" })
    expect(again).toThrow(expect.objectContaining({ code: "invalid_option", option: "name" }))
    await expect(connect(broker.transport, { name: "toes" })).rejects.toMatchObject({ option: "name" })
    expect(lookup("toes")).toBe(client)
    await client.disconnect()
    await start("toes")
  })
})
