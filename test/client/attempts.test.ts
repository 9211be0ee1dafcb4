/** From the first attempt to the first CONNACK: what fails, when it is tried again, and what old links may still say. */
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { hex } from "../support/hex.js"
import { clientWorld, eventsOf, stateOf } from "./client-world.js"

const refused = new Error("ECONNREFUSED")

describe("an attempt that fails", () => {
  it.each([
    { number: 1, error: Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }) },
    { number: 2, error: Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" }) },
  ])(
    "[case $number] is tried again by the back-off until the server answers, and no actor is restarted: $error.code",
    async ({ error }) => {
      const at = clientWorld()
      at.broker.refuse(error, 3)
      const { client, events } = at.start()
      await at.clock.advance(0)
      expect(client.status).toBe("down")
      await at.clock.advance(249)
      expect(eventsOf(events, "connect_failed")).toHaveLength(1)
      await at.clock.advance(1 + 500 + 1_000)
      await at.accept()
      await settle()
      expect(client.status).toBe("up")
      expect(eventsOf(events, "connect_failed")).toMatchObject([
        { attempt: 1, retryInMs: 250, cause: { kind: "closed", error } },
        { attempt: 2, retryInMs: 500, cause: { kind: "closed", error } },
        { attempt: 3, retryInMs: 1_000, cause: { kind: "closed", error } },
      ])
      expect(eventsOf(events, "restart")).toEqual([])
      await client.disconnect()
      await at.expectNothingLeft()
    },
  )

  it("[case 3] because CONNACK never comes ends at attemptTimeoutMs: the link is closed and a retry is due", async () => {
    const at = clientWorld()
    const { client, events } = at.start({ attemptTimeoutMs: 700 })
    const link = await at.broker.accept()
    await link.receive("connect")
    await at.clock.advance(699)
    expect(link.ended).toBe(false)
    await at.clock.advance(1)
    await link.clientEnd()
    expect(eventsOf(events, "connect_failed")).toMatchObject([{ cause: { kind: "attempt_timeout" }, retryInMs: 250 }])
    await at.clock.advance(250)
    await at.accept()
    await settle()
    expect(client.status).toBe("up")
  })

  it("[case 3] because the transport never opens is given up at attemptTimeoutMs by its signal", async () => {
    const at = clientWorld()
    const signals: AbortSignal[] = []
    const { app } = await at.supervise(
      {},
      {
        label: "never",
        open: (_sink, { signal }) => {
          signals.push(signal)
          return new Promise(() => undefined)
        },
      },
    )
    await at.clock.advance(10_000)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    expect(stateOf(app, "connection")).toBe("backoff")
    await at.clock.advance(250)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    await app.stop()
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
    await at.expectNothingLeft()
  })

  it("because a user's transport throws at once is no crash", async () => {
    const at = clientWorld()
    const { app } = await at.supervise(
      {},
      {
        label: "throws",
        open: () => {
          throw refused
        },
      },
    )
    await settle()
    expect(stateOf(app, "connection")).toBe("backoff")
    await app.stop()
  })

  it("counts its deadline over DNS, opening and CONNACK together", async () => {
    const at = clientWorld()
    let open = (): void => undefined
    const { app } = await at.supervise(
      {},
      {
        label: "slow",
        open: async (sink, attempt) => {
          await new Promise<void>((resolve) => {
            open = resolve
          })
          return at.broker.transport.open(sink, attempt)
        },
      },
    )
    await at.clock.advance(9_000)
    open()
    await settle()
    expect(stateOf(app, "connection")).toBe("attempting.handshaking")
    await at.clock.advance(999)
    expect(stateOf(app, "connection")).toBe("attempting.handshaking")
    await at.clock.advance(1)
    expect(stateOf(app, "connection")).toBe("backoff")
    await app.stop()
    await at.expectNothingLeft()
  })
})

describe("CONNACK", () => {
  it.each([
    { version: 4 as const, reasonCode: 5 },
    { version: 5 as const, reasonCode: 0x87 },
  ])(
    "[case 4] $reasonCode in version $version: the client closes the link that the broker left open, and waits for backoff.maxMs",
    async ({ version, reasonCode }) => {
      const at = clientWorld()
      const { client, events } = at.start({ protocolVersion: version })
      const { link } = await at.accept({ reasonCode })
      await settle()
      expect(link.ended).toBe(true)
      expect(link.receiveRest()).toEqual([])
      expect(eventsOf(events, "connect_failed")).toMatchObject([
        { cause: { kind: "refused", reasonCode, connack: { reasonCode } }, attempt: 1, retryInMs: 30_000 },
      ])
      await at.clock.advance(29_999)
      expect(at.broker.links).toHaveLength(1)
      await at.clock.advance(1)
      await at.accept()
      await settle()
      expect(client.status).toBe("up")
    },
  )

  it("[case 11] in the tick of the deadline, before it: the client is up, once", async () => {
    const at = clientWorld()
    let answer = (): void => undefined
    at.clock.setTimer(() => answer(), 10_000) // set before the deadline, so it fires before it
    const { events, client } = at.start()
    const link = await at.broker.accept()
    await link.receive("connect")
    answer = () => link.send({ type: "connack", sessionPresent: false, reasonCode: 0, properties: {} })
    await at.clock.advance(10_000)
    expect(events.map(({ kind }) => kind)).toEqual(["up"])
    expect(client.status).toBe("up")
  })

  it("[case 11] in the tick of the deadline, after it: the attempt has failed, once", async () => {
    const at = clientWorld()
    const { events, client } = at.start()
    const link = await at.broker.accept()
    await link.receive("connect")
    const answer = () => link.send({ type: "connack", sessionPresent: false, reasonCode: 0, properties: {} })
    at.clock.setTimer(answer, 10_000)
    await at.clock.advance(10_000)
    expect(events.map(({ kind }) => kind)).toEqual(["connect_failed"])
    expect(client.status).toBe("down")
  })

  it("[case 13] must be the server's first packet: anything else is a protocol error, answered by DISCONNECT 0x82", async () => {
    const at = clientWorld()
    const { events } = at.start()
    const link = await at.broker.accept()
    await link.receive("connect")
    link.send({ type: "pingresp" })
    expect(await link.receive("disconnect")).toMatchObject({ reasonCode: 0x82 })
    await link.clientEnd()
    expect(eventsOf(events, "connect_failed")).toMatchObject([
      { cause: { kind: "protocol_error", reasonCode: 0x82 }, retryInMs: 2_000 },
    ])
  })

  it("a second time is a protocol error", async () => {
    const at = clientWorld()
    const { link, events } = await at.up()
    link.sendBytes(hex`20 03 00 00 00`)
    await settle()
    expect(eventsOf(events, "down")).toMatchObject([{ cause: { kind: "protocol_error", reasonCode: 0x82 } }])
  })
})

describe("a link that is gone", () => {
  it("[case 10] is heard no more: bytes, end and errors of the old socket change nothing", async () => {
    const at = clientWorld()
    const sinks: { data(chunk: Uint8Array): void; closed(error?: Error): void }[] = []
    const { app } = await at.supervise(
      {},
      {
        label: "haunted",
        open(sink, attempt) {
          sinks.push(sink)
          return at.broker.transport.open(sink, attempt)
        },
      },
    )
    const first = await at.accept()
    first.link.reset()
    await settle()
    await at.clock.advance(250)
    const second = await at.accept()
    await settle()
    const before = stateOf(app, "connection")
    sinks[0]?.data(hex`d0 00 # PINGRESP`)
    sinks[0]?.data(hex`00 00 # not MQTT`)
    sinks[0]?.closed()
    sinks[0]?.closed(new Error("late"))
    await settle()
    expect(before).toBe("connected.open.quiet")
    expect(stateOf(app, "connection")).toBe(before)
    expect(second.link.ended).toBe(false)
    await second.link.idle()
  })
})

describe("a refusal with more behind it in one read", () => {
  it.each([
    ["DISCONNECT", "e0 02 87 00"],
    ["what is no MQTT", "ff ff ff ff ff"],
  ])("is what is told, and not %s", async (_what, rest) => {
    const at = clientWorld()
    const { events } = at.start({ protocolVersion: 5 })
    const link = await at.broker.accept()
    await link.receive("connect")
    link.sendBytes(Buffer.concat([hex`20 03 00 85 00`, Buffer.from(rest.replaceAll(" ", ""), "hex")]))
    await settle()
    expect(eventsOf(events, "connect_failed")).toMatchObject([{ cause: { kind: "refused", reasonCode: 0x85 } }])
  })
})
