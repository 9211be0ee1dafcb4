/** What CONNECT asks of the session, on which connection, and what the server's answer means (api: Sessions). */
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { hex } from "../support/hex.js"
import { clientWorld, eventsOf } from "./client-world.js"

const CLEAN_4 = { protocolVersion: 4, session: { expirySeconds: 600 }, cleanStart: true } as const

describe("session.expirySeconds in MQTT 5", () => {
  it.each([
    { given: undefined, sent: { sessionExpiryInterval: 300, receiveMaximum: 1_000 } },
    { given: 0, sent: { receiveMaximum: 1_000 } },
    { given: 7, sent: { sessionExpiryInterval: 7, receiveMaximum: 1_000 } },
    { given: 0xffff_ffff, sent: { sessionExpiryInterval: 0xffff_ffff, receiveMaximum: 1_000 } },
  ])("of $given is CONNECT's $sent", async ({ given, sent }) => {
    const at = clientWorld()
    const { connect } = await at.up({ session: { expirySeconds: given } })
    expect(connect.properties).toEqual(sent)
  })
})

describe("session.expirySeconds in 3.1.1", () => {
  it.each([
    { given: undefined, clean: [true, true] },
    { given: 0, clean: [true, true] },
    { given: 7, clean: [false, false] },
  ])("of $given is CleanSession $clean on the first and every later connect", async ({ given, clean }) => {
    const at = clientWorld()
    const { connect, link } = await at.up({ protocolVersion: 4, session: { expirySeconds: given } })
    link.reset()
    await at.clock.advance(250)
    const again = await at.accept()
    expect([connect.cleanStart, again.connect.cleanStart]).toEqual(clean)
    expect(connect.properties).toEqual({})
  })
})

describe("Clean Start", () => {
  it("is 1 by default when nothing is remembered, until a connection was accepted, and 0 from then on", async () => {
    const at = clientWorld()
    at.start()
    const first = await at.accept({ reasonCode: 0x88 })
    await at.clock.advance(250)
    const second = await at.accept()
    second.link.reset()
    await at.clock.advance(500)
    const third = await at.accept({ reasonCode: 0x88 })
    await at.clock.advance(1_000)
    const fourth = await at.accept()
    expect([first, second, third, fourth].map(({ connect }) => connect.cleanStart)).toEqual([true, true, false, false])
  })

  it("of an explicit false is 0 from the start, and a session that the server has is accepted", async () => {
    const at = clientWorld()
    const { client, connect, link } = await at.up({ cleanStart: false }, { sessionPresent: true })
    expect(connect.cleanStart).toBe(false)
    expect(client.info.sessionPresent).toBe(true)
    await link.idle()
  })

  it("is not asked for again by a connection actor that was restarted", async () => {
    const at = clientWorld()
    const { app } = await at.supervised({ cleanStart: true })
    await at.killActor(app, "connection")
    expect((await at.accept()).connect.cleanStart).toBe(false)
  })

  it("is not asked for again by a client that its supervisor restarted", async () => {
    const at = clientWorld()
    const { app } = await at.supervised({ cleanStart: true })
    await at.killActor(app, "client toes")
    expect((await at.accept()).connect.cleanStart).toBe(false)
  })

  it("is asked for again when the connection actor is restarted before any connection was accepted", async () => {
    const at = clientWorld()
    const { app } = await at.supervise()
    const first = await at.broker.accept()
    await first.receive("connect")
    await at.killActor(app, "connection")
    expect((await at.accept()).connect.cleanStart).toBe(true)
  })
})

describe("Session Present 1", () => {
  it("[case 75] [MQTT-3.2.2-4] after Clean Start 1 is answered by DISCONNECT 0x82 and is session_mismatch", async () => {
    const at = clientWorld()
    const { client, events } = at.start()
    const { link } = await at.accept({ sessionPresent: true })
    expect(await link.receive("disconnect")).toMatchObject({ reasonCode: 0x82 })
    await link.clientEnd()
    expect(events).toMatchObject([{ kind: "connect_failed", cause: { kind: "session_mismatch" } }])
    await at.clock.advance(250)
    const again = await at.accept()
    await settle()
    expect(again.connect.cleanStart).toBe(true)
    expect(client.status).toBe("up")
  })

  it("[case 75] after CleanSession 1 of 3.1.1 closes the link: there is no DISCONNECT that could say why", async () => {
    const at = clientWorld()
    const { events } = at.start({ protocolVersion: 4 })
    const { link } = await at.accept({ sessionPresent: true })
    await link.clientEnd()
    expect(eventsOf(events, "connect_failed")).toMatchObject([{ cause: { kind: "session_mismatch" } }])
  })
})

describe("an explicit clean start of 3.1.1 with a session that is to be kept", () => {
  it("first takes a link of its own that ends the old session: no will, no events, no subscriptions", async () => {
    const at = clientWorld()
    const { events, client } = at.start({
      ...CLEAN_4,
      will: { topic: "gone" },
      subscriptions: [{ topicFilter: "a" }],
    })
    const cleaning = await at.accept()
    expect(cleaning.connect).toMatchObject({ cleanStart: true })
    expect(cleaning.connect.will).toBeUndefined()
    await cleaning.link.receive("disconnect")
    await cleaning.link.clientEnd()
    expect(events).toEqual([])
    const proper = await at.accept()
    await settle()
    expect(proper.connect).toMatchObject({ cleanStart: false, will: { topic: "gone" } })
    await proper.link.receive("subscribe")
    expect(client.info.attempts).toBe(1)
    expect(events).toMatchObject([{ kind: "up" }])
  })

  it("does so once: neither a failed attempt nor a restarted actor ends the session again", async () => {
    const at = clientWorld()
    const { app } = await at.supervise(CLEAN_4)
    await at.accept() // the cleaning link
    await settle()
    const refused = await at.accept({ reasonCode: 3 })
    await at.clock.advance(2_000)
    const up = await at.accept()
    await at.killActor(app, "connection")
    const after = await at.accept({ sessionPresent: true })
    expect([refused, up, after].map(({ connect }) => connect.cleanStart)).toEqual([false, false, false])
  })

  it("also after a fall back from 5", async () => {
    const at = clientWorld()
    at.start({ session: { expirySeconds: 600 }, cleanStart: true })
    const first = await at.broker.accept()
    await first.receive("connect")
    first.sendBytes(hex`20 02 00 01`)
    await settle()
    const cleaning = await at.accept()
    await settle()
    const proper = await at.accept()
    expect([cleaning, proper].map(({ connect }) => connect.cleanStart)).toEqual([true, false])
  })
})

describe("DISCONNECT of disconnect()", () => {
  it.each([
    { expirySeconds: undefined, sent: { sessionExpiryInterval: 0 } },
    { expirySeconds: 600, sent: {} },
    { expirySeconds: 0, sent: {} },
  ])("carries $sent when the user gave expirySeconds $expirySeconds", async ({ expirySeconds, sent }) => {
    const at = clientWorld()
    const { client, link } = await at.up({ session: { expirySeconds } })
    void client.disconnect()
    expect(await link.receive("disconnect")).toEqual({ type: "disconnect", reasonCode: 0, properties: sent })
  })

  it("carries what its caller says", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const properties = { sessionExpiryInterval: 5, reasonString: "bye", userProperties: [["a", "b"]] as const }
    void client.disconnect({ reasonCode: 0x04, properties })
    expect(await link.receive("disconnect")).toEqual({ type: "disconnect", reasonCode: 0x04, properties })
  })

  it("may not ask to keep a session that CONNECT said not to keep [MQTT-3.14.2-2]", async () => {
    const at = clientWorld()
    const { client, link } = await at.up({ session: { expirySeconds: 0 } })
    await expect(client.disconnect({ properties: { sessionExpiryInterval: 5 } })).rejects.toMatchObject({
      code: "invalid_option",
      option: "properties.sessionExpiryInterval",
    })
    await link.idle()
    expect(client.status).toBe("up")
  })

  it("of 3.1.1 with 0x04 is none: the link is closed so that the will is sent", async () => {
    const at = clientWorld()
    const { client, link } = await at.up({ protocolVersion: 4, will: { topic: "gone" } })
    void client.disconnect({ reasonCode: 0x04 })
    await link.clientEnd()
  })
})

describe("a supervised stop", () => {
  it("waits for what is in flight, then says DISCONNECT 0x00 and keeps the session", async () => {
    const at = clientWorld()
    const { app, client, link } = await at.supervised({ will: { topic: "gone" } })
    const published = client.publish("t", "last", { qos: 1 })
    await link.receive("publish")
    const stopped = app.stop()
    await link.idle()
    link.send({ type: "puback", packetId: 1, reasonCode: 0, properties: {} })
    expect(await link.receive("disconnect")).toEqual({ type: "disconnect", reasonCode: 0, properties: {} })
    await expect(published).resolves.toMatchObject({ qos: 1 })
    await stopped
    await at.expectNothingLeft()
  })

  it("waits for it at most 5 s", async () => {
    const at = clientWorld()
    const { app, client, link } = await at.supervised()
    const published = client.publish("t", "last", { qos: 1 })
    await link.receive("publish")
    const stopped = app.stop()
    await at.clock.advance(4_999)
    await link.idle()
    await at.clock.advance(1)
    await link.receive("disconnect")
    await expect(published).rejects.toMatchObject({ code: "stopped", maybeDelivered: true })
    await stopped
    await at.expectNothingLeft()
  })

  it("of a client that crashes or is killed sends none: the will is the server's to send", async () => {
    const at = clientWorld()
    const { app, link } = await at.supervised({ will: { topic: "gone" } })
    await at.killActor(app, "client toes")
    await link.clientEnd()
    expect((await at.accept()).connect.will).toMatchObject({ topic: "gone" })
  })
})

describe("[case 74] an Assigned Client Identifier", () => {
  it("is the client's from then on: clientId, and every later CONNECT", async () => {
    const at = clientWorld()
    const { client, connect, link } = await at.up(
      { clientId: "", name: "nameless" },
      { properties: { assignedClientIdentifier: "given-7" } },
    )
    expect([connect.clientId, client.clientId, client.name]).toEqual(["", "given-7", "nameless"])
    link.reset()
    await at.clock.advance(250)
    expect((await at.accept()).connect.clientId).toBe("given-7")
  })
})
