/** Addresses that are none, and clients that are stopped: refused at the caller. */
import { type Client, connect, mqttClient, startClient } from "terrapin"
import { describe, expect, it } from "vitest"
import { clientWorld } from "./client-world.js"

describe("after disconnect()", () => {
  it.each([
    ["publish", (client: Client) => client.publish("a", "")],
    ["publish with QoS 2", (client: Client) => client.publish("a", "", { qos: 2 })],
    ["subscribe", (client: Client) => client.subscribe("a")],
    ["subscribe in the array form", (client: Client) => client.subscribe([{ topicFilter: "a" }])],
    ["unsubscribe", (client: Client) => client.unsubscribe("a")],
    ["ping", (client: Client) => client.ping()],
    ["connected", (client: Client) => client.connected()],
  ])("%s rejects stopped", async (_what, call) => {
    const at = clientWorld()
    const { client } = await at.up()
    await client.disconnect()
    expect(await failureOf(() => call(client))).toMatchObject({ code: "stopped" })
  })

  it("send drops, and says so", async () => {
    const at = clientWorld()
    const { client, events } = await at.up()
    await client.disconnect()
    expect(client.send("a", "")).toBe(false)
    expect(events.at(-1)).toEqual({ kind: "dropped", direction: "out", topic: "a", reason: "stopped" })
  })
})

describe("an address", () => {
  it.each([
    "not a url",
    "http://localhost",
    "mqtts://localhost",
    "ws://localhost",
    "mqtt://",
    "mqtt://host:99999",
    "mqtt://host:0",
    "mqtt://host/path",
    "",
  ])("like %j is refused as invalid_option, by every way to start", async (server) => {
    const at = clientWorld()
    const expected = { code: "invalid_option", option: "server" }
    const { system } = at
    expect(await failureOf(() => connect(server, { system }))).toMatchObject(expected)
    expect(await failureOf(() => startClient({ server, system }))).toMatchObject(expected)
    expect(await failureOf(() => mqttClient({ server, system }))).toMatchObject(expected)
    await at.expectNothingLeft()
  })

  it.each([undefined, null, 7, {}, ["mqtt://a", "mqtt://b"]])("like %j is refused, too", async (server) => {
    expect(await failureOf(() => connect(wrong(server)))).toMatchObject({ code: "invalid_option", option: "server" })
  })
})

/** What plain JavaScript lets through. */
const wrong = (value: unknown): never => value as never

/** What a call throws, or rejects with. */
async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  throw new Error("it did not fail")
}
