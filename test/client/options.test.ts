/** Options are known by name and checked at once, by every way to start; what a later version brings is refused until then. */
import {
  type ClientOptions,
  connect,
  defineHandler,
  InvalidOptionError,
  isTerrapinError,
  mqttClient,
  startClient,
} from "terrapin"
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { clientWorld } from "./client-world.js"

/** What plain JavaScript lets through. */
const wrong = (value: unknown): never => value as never
const handler = defineHandler({})

async function failures(options: ClientOptions): Promise<unknown[]> {
  const { system, broker } = clientWorld()
  const server = broker.transport
  const ways = [
    () => connect(server, { system, ...options }),
    () => startClient({ server, system, ...options }),
    () => mqttClient({ server, system, ...options }),
  ]
  const errors: unknown[] = []
  for (const start of ways) {
    try {
      await start()
      errors.push("started")
    } catch (error) {
      errors.push(error)
    }
  }
  await settle()
  if (broker.links.length > 0) errors.push("a link was opened")
  return errors
}

describe("an option of a later version is refused as invalid_option, never ignored", () => {
  it.each([
    ["authentication", { authentication: { method: "SCRAM-SHA-256" } }],
    ["topicAliases", { topicAliases: "auto" }],
    ["queue", { queue: { maxMessages: 5 } }],
    ["onDown", { onDown: () => "stop" }],
    ["serverReference", { serverReference: "follow" }],
    ["subscriptionIdentifiers", { subscriptionIdentifiers: "manual" }],
    ["inspect", { inspect: {} }],
    ["session.store", { session: { store: {} } }],
    ["credentials", { credentials: () => ({}) }],
    ["will", { will: () => undefined }],
    ["properties", { properties: () => ({}) }],
    ["properties.topicAliasMaximum", { properties: { topicAliasMaximum: 5 } }],
    ["properties.sessionExpiryInterval", { properties: { sessionExpiryInterval: 5 } }],
    ["will.properties.topicAlias", { will: { topic: "a", properties: { topicAlias: 1 } } }],
    ["handler", { handler: { definition: handler, concurrency: 2 } }],
    ["handler", { handler: { definition: handler } }],
  ])("%s", async (option, options) => {
    const errors = await failures(wrong(options))
    expect(errors).toMatchObject([{ code: "invalid_option", option }, { option }, { option }])
    expect(errors.every(isTerrapinError)).toBe(true)
  })

  it.each([
    "lastWill",
    "handleAuth",
    "handlePuback",
    "handlePubrec",
    "handlePubrel",
    "handlePubcomp",
    "handleSuback",
    "handleUnsuback",
    "handleInfo",
  ])("a handler's %s", (callback) => {
    expect(() => defineHandler(wrong({ [callback]: () => undefined }))).toThrow(
      expect.objectContaining({ code: "invalid_option", option: callback }),
    )
  })
})

describe("an unknown option is refused with the nearest known one", () => {
  it.each([
    [{ keepalive: 5 }, "keepalive", "keepAliveSeconds"],
    [{ clientID: "a" }, "clientID", "clientId"],
    [{ clean: true }, "clean", "cleanStart"],
    [{ protocolversion: 4 }, "protocolversion", "protocolVersion"],
    [{ subscription: [] }, "subscription", "subscriptions"],
    [{ session: { expiry: 5 } }, "session.expiry", "session.expirySeconds"],
    [{ backoff: { max: 5 } }, "backoff.max", "backoff.maxMs"],
    [{ will: { topic: "a", quos: 1 } }, "will.quos", "will.qos"],
    [{ credentials: { user: "a" } }, "credentials.user", "credentials.username"],
    [{ properties: { receiveMax: 1 } }, "properties.receiveMax", "properties.receiveMaximum"],
    [{ subscriptions: [{ filter: "a" }] }, "subscriptions[0].filter", "subscriptions[0].topicFilter"],
  ])("%j", async (options, option, nearest) => {
    const errors = await failures(wrong(options))
    expect(errors).toMatchObject([{ option }, { option }, { option }])
    for (const error of errors) expect(String(error)).toContain(`did you mean ${nearest}?`)
  })

  it("and with none when none is near", async () => {
    const [error] = await failures(wrong({ zebra: 1 }))
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect(String(error)).not.toContain("did you mean")
  })

  it("each way to start knows its own, too", async () => {
    const { broker } = clientWorld()
    const server = broker.transport
    expect(() => startClient(wrong({ server, connectTimeoutMs: 1 }))).toThrow(InvalidOptionError)
    expect(() => mqttClient(wrong({ server, signal: new AbortController().signal }))).toThrow(InvalidOptionError)
    await expect(connect(server, wrong({ id: "a" }))).rejects.toMatchObject({ option: "id" })
  })
})

describe("a value that is not allowed is refused", () => {
  it.each([
    ["clientId", { clientId: 7 }],
    ["clientId", { clientId: "a\u0000" }],
    ["clientId", { clientId: "x".repeat(65_536) }],
    ["clientId", { clientId: "", protocolVersion: 4, session: { expirySeconds: 60 } }],
    ["clientId", { clientId: "", protocolVersion: 3 }],
    ["name", { name: 7 }],
    ["protocolVersion", { protocolVersion: 6 }],
    ["protocolVersion", { protocolVersion: "5.0" }],
    ["cleanStart", { cleanStart: "yes" }],
    ["keepAliveSeconds", { keepAliveSeconds: -1 }],
    ["keepAliveSeconds", { keepAliveSeconds: 65_536 }],
    ["keepAliveSeconds", { keepAliveSeconds: 1.5 }],
    ["pingTimeoutMs", { pingTimeoutMs: -1 }],
    ["attemptTimeoutMs", { attemptTimeoutMs: Number.NaN }],
    ["credentials.username", { credentials: { username: 7 } }],
    ["credentials.username", { credentials: { username: "a\u0000" } }],
    ["credentials.password", { credentials: { username: "a", password: 7 } }],
    ["credentials.password", { credentials: { username: "a", password: new Uint8Array(65_536) } }],
    ["credentials.password", { credentials: { password: "secret" }, protocolVersion: 4 }],
    ["credentials", { credentials: null }],
    ["session.expirySeconds", { session: { expirySeconds: -1 } }],
    ["session.expirySeconds", { session: { expirySeconds: 0x1_0000_0000 } }],
    ["session.onLost", { session: { onLost: "ignore" } }],
    ["session", { session: null }],
    ["inflightWindow", { inflightWindow: 0 }],
    ["properties.receiveMaximum", { properties: { receiveMaximum: 0 } }],
    ["properties.maximumPacketSize", { properties: { maximumPacketSize: 0 } }],
    ["properties.userProperties", { properties: { userProperties: { a: "b" } } }],
    ["properties.requestProblemInformation", { properties: { requestProblemInformation: 2 } }],
    ["backoff.minMs", { backoff: { minMs: -1 } }],
    ["backoff.maxMs", { backoff: { minMs: 200, maxMs: 100 } }],
    ["backoff.factor", { backoff: { factor: 0.5 } }],
    ["backoff.factor", { backoff: { factor: "2" } }],
    ["will.qos", { will: { topic: "a", qos: 3 } }],
    ["will.retain", { will: { topic: "a", retain: "yes" } }],
    ["will.payload", { will: { topic: "a", payload: 7 } }],
    ["will.payload", { will: { topic: "a", payload: "x".repeat(65_536) } }],
    ["will.properties.contentType", { will: { topic: "a", properties: { contentType: 7 } } }],
    ["will.properties.willDelayInterval", { will: { topic: "a", properties: { willDelayInterval: -1 } } }],
    ["subscriptions", { subscriptions: "a" }],
    ["subscriptions[1].qos", { subscriptions: [{ topicFilter: "a" }, { topicFilter: "b", qos: 3 }] }],
    ["handler", { handler: { handlePublish: () => undefined } }],
    ["logger", { logger: {} }],
    ["logger", { logger: null }],
    ["system", { system: {} }],
  ])("%s: %j", async (option, options) => {
    const errors = await failures(wrong(options))
    expect(errors).toMatchObject([{ code: "invalid_option", option }, { option }, { option }])
  })

  it.each([
    ["the will's topic", { will: { topic: "a/+" } }],
    ["a wanted filter", { subscriptions: [{ topicFilter: "a/#/b" }] }],
  ])("%s, as invalid_topic", async (_what, options) => {
    expect(await failures(options)).toMatchObject([
      { code: "invalid_topic" },
      { code: "invalid_topic" },
      { code: "invalid_topic" },
    ])
  })

  it("undefined is not given, everywhere", async () => {
    const at = clientWorld()
    const { connect: packet } = await at.up({
      name: undefined,
      protocolVersion: undefined,
      cleanStart: undefined,
      keepAliveSeconds: undefined,
      pingTimeoutMs: undefined,
      attemptTimeoutMs: undefined,
      credentials: { username: undefined, password: undefined },
      will: undefined,
      properties: { userProperties: undefined, receiveMaximum: undefined },
      session: { expirySeconds: undefined, onLost: undefined },
      subscriptions: undefined,
      handler: undefined,
      backoff: { minMs: undefined },
      inflightWindow: undefined,
    })
    expect(packet).toEqual({
      type: "connect",
      version: 5,
      clientId: "toes",
      cleanStart: true,
      keepAliveSeconds: 60,
      username: undefined,
      password: undefined,
      will: undefined,
      properties: { sessionExpiryInterval: 300, receiveMaximum: 1_000 },
    })
  })
})
