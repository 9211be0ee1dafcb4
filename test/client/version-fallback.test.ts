/** `protocolVersion: "auto"`: 5 first, 3.1.1 when the server says that it does not speak 5, in whatever words. */
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { hex } from "../support/hex.js"
import { clientWorld, eventsOf } from "./client-world.js"

describe('protocolVersion "auto"', () => {
  it.each([
    { form: "of 3.1.1", bytes: hex`20 02 00 01` },
    { form: "of MQTT 5", bytes: hex`20 03 00 84 00` },
  ])("goes on with 3.1.1 at once after a refusal in the form $form, in the same attempt", async ({ bytes }) => {
    const at = clientWorld()
    const { client, events } = at.start()
    const first = await at.broker.accept()
    expect(await first.receive("connect")).toMatchObject({ version: 5 })
    first.sendBytes(bytes)
    await first.clientEnd()
    const { connect } = await at.accept()
    await settle()
    expect(connect).toMatchObject({ version: 4, cleanStart: true })
    expect(client.info).toMatchObject({ protocolVersion: 4, attempts: 1 })
    expect(events.map(({ kind }) => kind)).toEqual(["up"])
  })

  it("remembers the version for the client's life", async () => {
    const at = clientWorld()
    at.start()
    const first = await at.broker.accept()
    await first.receive("connect")
    first.sendBytes(hex`20 02 00 01`)
    await settle()
    const { link } = await at.accept()
    link.reset()
    await at.clock.advance(250)
    expect((await at.accept()).connect).toMatchObject({ version: 4 })
  })

  it("remembers the version over a restart of the connection actor's client", async () => {
    const at = clientWorld()
    const { app } = await at.supervise()
    const first = await at.broker.accept()
    await first.receive("connect")
    first.sendBytes(hex`20 02 00 01`)
    await settle()
    await at.accept()
    await at.killActor(app, "connection")
    expect((await at.accept()).connect).toMatchObject({ version: 4 })
  })

  it("takes a bare close for a failure of the network, not for a refusal", async () => {
    const at = clientWorld()
    const { events } = at.start()
    for (const wait of [250, 500]) {
      const link = await at.broker.accept()
      expect(await link.receive("connect")).toMatchObject({ version: 5 })
      link.end()
      await at.clock.advance(wait)
    }
    const link = await at.broker.accept()
    expect(await link.receive("connect")).toMatchObject({ version: 5 })
    expect(eventsOf(events, "connect_failed")).toMatchObject([
      { cause: { kind: "closed" } },
      { cause: { kind: "closed" } },
    ])
  })

  it("stops when 3.1.1 is refused too", async () => {
    const at = clientWorld()
    const { app, client, events } = await at.supervise()
    const first = await at.broker.accept()
    await first.receive("connect")
    first.sendBytes(hex`20 02 00 01`)
    await settle()
    await at.accept({ reasonCode: 1 })
    await settle()
    expect(client.status).toBe("stopped")
    expect(eventsOf(events, "stopped")).toMatchObject([{ reason: { kind: "refused", reasonCode: 1 } }])
    expect(app.whichChildren()).toMatchObject([{ status: "stopped", restarts: 0 }])
    await app.stop()
    await at.expectNothingLeft()
  })
})

describe("a fixed protocolVersion", () => {
  it.each([
    { version: 5 as const, bytes: hex`20 02 00 01`, reasonCode: 1 },
    { version: 5 as const, bytes: hex`20 03 00 84 00`, reasonCode: 0x84 },
    { version: 4 as const, bytes: hex`20 02 00 01`, reasonCode: 1 },
    { version: 3 as const, bytes: hex`20 02 00 01`, reasonCode: 1 },
  ])("$version refused with $reasonCode stops the client", async ({ version, bytes, reasonCode }) => {
    const at = clientWorld()
    const { client, events } = at.start({ protocolVersion: version })
    const link = await at.broker.accept()
    expect(await link.receive("connect")).toMatchObject({ version })
    link.sendBytes(bytes)
    await link.clientEnd()
    expect(client.status).toBe("stopped")
    expect(events).toMatchObject([
      { kind: "connect_failed", retryInMs: undefined, cause: { kind: "refused", reasonCode } },
      { kind: "stopped", reason: { kind: "refused", reasonCode } },
    ])
    await at.expectNothingLeft()
  })

  it("3 says MQIsdp in CONNECT and is up with a CONNACK of 3.1", async () => {
    const at = clientWorld()
    const { client, connect } = await at.up({ protocolVersion: 3 })
    expect(connect).toMatchObject({ version: 3, cleanStart: true })
    expect(client.info).toMatchObject({ protocolVersion: 3, sessionPresent: false })
  })
})
