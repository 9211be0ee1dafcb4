/** connect(), startClient(), lookup() and the forms by name: how a client begins, and how it is found again. */
import {
  ConnectError,
  connect,
  defineHandler,
  disconnect,
  isTerrapinError,
  lookup,
  publish,
  startClient,
} from "terrapin"
import { afterEach, describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { hex } from "../support/hex.js"
import { scriptedBroker } from "../support/scripted-broker.js"
import { clientWorld, outcomeOf } from "./client-world.js"

describe("connect()", () => {
  it("resolves on the first accepted CONNACK with a client that is up", async () => {
    const at = clientWorld()
    const connecting = connect(at.broker.transport, { clientId: "toes", system: at.system })
    expect(await outcomeOf(connecting)).toBe("pending")
    const { link } = await at.accept({ properties: { receiveMaximum: 7 } })
    const client = await connecting
    expect(client.status).toBe("up")
    expect(client.info).toMatchObject({
      server: at.broker.transport.label,
      protocolVersion: 5,
      sessionPresent: false,
      attempts: 1,
      connack: { reasonCode: 0 },
      limits: { receiveMaximum: 7, maximumQos: 2, retainAvailable: true, topicAliasMaximum: 0, keepAliveSeconds: 60 },
    })
    void client.disconnect()
    await link.receive("disconnect")
    await at.expectNothingLeft()
  })

  it("keeps trying while the cause is temporary", async () => {
    const at = clientWorld()
    at.broker.refuse(new Error("down"), 2)
    const connecting = connect(at.broker.transport, { system: at.system, clientId: "toes" })
    await at.clock.advance(750)
    const { link } = await at.accept({ reasonCode: 0x89 })
    await settle()
    expect(link.ended).toBe(true)
    await at.clock.advance(8_000)
    await at.accept()
    expect((await connecting).info.attempts).toBe(4)
  })

  it.each([
    { version: 5 as const, reasonCodes: [0x84, 0x85, 0x86, 0x87, 0x8a, 0x8c] },
    { version: 4 as const, reasonCodes: [1, 2, 4, 5] },
  ])(
    "rejects at once when the answer is final, in version $version, and stops the client",
    async ({ version, reasonCodes }) => {
      for (const reasonCode of reasonCodes) {
        const at = clientWorld()
        const options = { system: at.system, clientId: "toes", protocolVersion: version }
        const failed = connect(at.broker.transport, options).catch((error: unknown) => error)
        await at.accept({ reasonCode })
        const error = await failed
        expect(error).toBeInstanceOf(ConnectError)
        expect(error).toMatchObject({
          code: "connect_failed",
          why: "refused",
          reasonCode,
          lastCause: { kind: "refused", reasonCode },
        })
        await at.expectNothingLeft()
      }
    },
  )

  it("rejects timed_out after 30 s, or after connectTimeoutMs, with the last cause", async () => {
    for (const connectTimeoutMs of [undefined, 4_321]) {
      const at = clientWorld()
      const down = new Error("down")
      at.broker.refuse(down, 1_000)
      const options = { system: at.system, connectTimeoutMs, backoff: { maxMs: 1_000 } }
      const failed = connect(at.broker.transport, options).catch((error: unknown) => error)
      await at.clock.advance((connectTimeoutMs ?? 30_000) - 1)
      expect(await outcomeOf(failed)).toBe("pending")
      await at.clock.advance(1)
      expect(await failed).toMatchObject({
        code: "connect_failed",
        why: "timed_out",
        reasonCode: undefined,
        lastCause: { kind: "closed", error: down },
        cause: down,
      })
      await at.expectNothingLeft()
    }
  })

  it("rejects timed_out even when CONNACK never comes, and closes the link", async () => {
    const at = clientWorld()
    const failed = connect(at.broker.transport, { system: at.system, connectTimeoutMs: 100 }).catch((e: unknown) => e)
    const link = await at.broker.accept()
    await link.receive("connect")
    await at.clock.advance(100)
    expect(await failed).toMatchObject({ why: "timed_out", lastCause: undefined })
    await link.clientEnd()
    await at.expectNothingLeft()
  })

  it("rejects aborted when its signal fires, before or while it connects; afterwards the signal has no effect", async () => {
    const at = clientWorld()
    const late = new AbortController()
    const failed = connect(at.broker.transport, { system: at.system, signal: late.signal }).catch((e: unknown) => e)
    await (await at.broker.accept()).receive("connect")
    late.abort()
    expect(await failed).toMatchObject({ code: "connect_failed", why: "aborted", cause: late.signal.reason })
    await at.expectNothingLeft()

    const early = connect(at.broker.transport, { system: at.system, signal: AbortSignal.abort() })
    await expect(early).rejects.toMatchObject({ code: "connect_failed", why: "aborted" })
    expect(at.broker.links).toHaveLength(1)

    const after = new AbortController()
    const connecting = connect(at.broker.transport, { system: at.system, signal: after.signal })
    await at.accept()
    const client = await connecting
    after.abort()
    await settle()
    expect(client.status).toBe("up")
    await client.disconnect()
    await at.expectNothingLeft()
  })

  it("is bound to the first CONNACK only: a connection lost later does not bring its timeout back", async () => {
    const at = clientWorld()
    const connecting = connect(at.broker.transport, { system: at.system, connectTimeoutMs: 300 })
    const { link } = await at.accept()
    const client = await connecting
    link.reset()
    await settle()
    at.broker.refuse(new Error("down"))
    await at.clock.advance(250 + 500)
    await at.accept()
    await settle()
    expect(client.status).toBe("up")
  })

  it("rejects with the handler's error when its init throws, as what users can tell apart", async () => {
    const at = clientWorld()
    const boom = new Error("no database")
    const handler = defineHandler({
      init: () => {
        throw boom
      },
    })
    const error = await connect(at.broker.transport, { system: at.system, handler }).catch((e: unknown) => e)
    expect(isTerrapinError(error)).toBe(true)
    expect(error).toMatchObject({ code: "exited", cause: expect.any(Error) })
    expect(causesOf(error)).toContain(boom)
    expect(at.broker.links).toHaveLength(0)
    await at.expectNothingLeft()
  })
})

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

function causesOf(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : []
}

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
