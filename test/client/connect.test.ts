/** connect(), startClient(), lookup() and the forms by name: how a client begins, and how it is found again. */
import { ConnectError, connect, defineHandler, isTerrapinError } from "terrapin"
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
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

function causesOf(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : []
}
