import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { clientWorld } from "./client-world.js"

describe('"auto"', () => {
  it.each([
    { what: "a password without a user name", options: { credentials: { password: "secret" } } },
    { what: "no clientId for a session to keep", options: { clientId: "", session: { expirySeconds: 60 } } },
  ])("does not fall back to a version that has no words for the options: $what", async ({ options }) => {
    const at = clientWorld()
    const { client, events } = at.start({ name: "one", ...options })
    await at.accept({ reasonCode: 0x84 })
    await settle()
    expect(client.status).toBe("stopped")
    expect(events.map(({ kind }) => kind)).toEqual(["connect_failed", "stopped"])
  })
})

describe("CONNECT", () => {
  it("carries what the options say", async () => {
    const at = clientWorld()
    const { connect: packet } = await at.up({
      credentials: { username: "ann", password: "secret" },
      keepAliveSeconds: 7,
      will: {
        topic: "gone",
        payload: "bye",
        qos: 1,
        retain: true,
        properties: { willDelayInterval: 5, contentType: "text" },
      },
      properties: { receiveMaximum: 10, maximumPacketSize: 5_000, userProperties: [["a", "b"]] },
    })
    expect(packet).toEqual({
      type: "connect",
      version: 5,
      clientId: "toes",
      cleanStart: true,
      keepAliveSeconds: 7,
      username: "ann",
      password: Uint8Array.from(Buffer.from("secret")),
      will: {
        topic: "gone",
        payload: Uint8Array.from(Buffer.from("bye")),
        qos: 1,
        retain: true,
        properties: { willDelayInterval: 5, contentType: "text" },
      },
      properties: {
        maximumPacketSize: 5_000,
        userProperties: [["a", "b"]],
        sessionExpiryInterval: 300,
        receiveMaximum: 10,
      },
    })
  })

  it("has a clientId of our own when none is given: terrapin- and 14 letters and digits", async () => {
    const at = clientWorld(0.999)
    const { client, connect: packet } = await at.up({ clientId: undefined })
    expect(packet.clientId).toMatch(/^terrapin-[0-9a-zA-Z]{14}$/)
    expect([client.clientId, client.name]).toEqual([packet.clientId, packet.clientId])
  })
})
