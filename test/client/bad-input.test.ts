/** Bad input: a typed error with a literal code, at the caller; the link is untouched, and nothing was written. */
import { type Client, isTerrapinError, type TerrapinFailure } from "terrapin"
import { describe, expect, it } from "vitest"
import { clientWorld } from "./client-world.js"

type Call = (client: Client) => unknown
type Code = TerrapinFailure["code"]

/** What plain JavaScript lets through. */
const wrong = (value: unknown): never => value as never

const CALLS: readonly (readonly [what: string, code: Code, call: Call])[] = [
  ["publish to a topic with +", "invalid_topic", (client) => client.publish("a/+", "")],
  ["publish to a topic with #", "invalid_topic", (client) => client.publish("#", "", { qos: 1 })],
  ["publish to an empty topic", "invalid_topic", (client) => client.publish("", "")],
  ["publish to a topic with U+0000", "invalid_topic", (client) => client.publish("a\u0000b", "")],
  ["publish to a topic with a lone surrogate", "invalid_topic", (client) => client.publish("a\ud800", "")],
  ["publish to a topic of more than 65,535 bytes", "invalid_topic", (client) => client.publish("x".repeat(65_536), "")],
  ["publish to a number", "invalid_topic", (client) => client.publish(wrong(7), "")],
  ["publish a number", "invalid_option", (client) => client.publish("a", wrong(7))],
  ["publish with QoS 3", "invalid_option", (client) => client.publish("a", "", { qos: wrong(3) })],
  ["publish with an unknown option", "invalid_option", (client) => client.publish("a", "", wrong({ quos: 1 }))],
  ["publish with retain 1", "invalid_option", (client) => client.publish("a", "", { retain: wrong(1) })],
  [
    "publish with a timeout of no number",
    "invalid_option",
    (client) => client.publish("a", "", { timeoutMs: wrong("1s") }),
  ],
  ["publish with a signal that is none", "invalid_option", (client) => client.publish("a", "", { signal: wrong({}) })],
  [
    "publish with an unknown property",
    "invalid_option",
    (client) => client.publish("a", "", { properties: wrong({ contentTypo: "a" }) }),
  ],
  [
    "publish with a topic alias",
    "invalid_option",
    (client) => client.publish("a", "", { properties: wrong({ topicAlias: 1 }) }),
  ],
  [
    "publish with a property of the wrong type",
    "invalid_option",
    (client) => client.publish("a", "", { properties: { contentType: wrong(7) } }),
  ],
  [
    "publish with a negative expiry",
    "invalid_option",
    (client) => client.publish("a", "", { properties: { messageExpiryInterval: -1 } }),
  ],
  [
    "publish with user properties as an object",
    "invalid_option",
    (client) => client.publish("a", "", { properties: { userProperties: wrong({ a: "b" }) } }),
  ],
  [
    "publish with a response topic with a wildcard",
    "invalid_option",
    (client) => client.publish("a", "", { properties: { responseTopic: "a/#" } }),
  ],
  ["publish with options of null", "invalid_option", (client) => client.publish("a", "", wrong(null))],
  ["send to a topic with a wildcard", "invalid_topic", (client) => client.send("a/+", "")],
  ["send with QoS 3", "invalid_option", (client) => client.send("a", "", { qos: wrong(3) })],
  ["subscribe to a filter with a misplaced #", "invalid_topic", (client) => client.subscribe("a/#/b")],
  ["subscribe to a filter with a # in a level", "invalid_topic", (client) => client.subscribe([{ topicFilter: "a#" }])],
  ["subscribe to an empty filter", "invalid_topic", (client) => client.subscribe("")],
  ["subscribe to a filter with a name twice", "invalid_topic", (client) => client.subscribe("+a/+a")],
  ["subscribe to a share without a filter", "invalid_topic", (client) => client.subscribe("$share/group")],
  ["subscribe to nothing", "invalid_option", (client) => client.subscribe([])],
  ["subscribe with QoS 3", "invalid_option", (client) => client.subscribe("a", { qos: wrong(3) })],
  [
    "subscribe with QoS 3 in the array form",
    "invalid_option",
    (client) => client.subscribe([{ topicFilter: "a", qos: wrong(3) }]),
  ],
  [
    "subscribe with retainHandling 3",
    "invalid_option",
    (client) => client.subscribe("a", { retainHandling: wrong(3) }),
  ],
  [
    "subscribe with noLocal of no boolean",
    "invalid_option",
    (client) => client.subscribe("a", { noLocal: wrong("yes") }),
  ],
  [
    "subscribe with retainAsPublished of no boolean",
    "invalid_option",
    (client) => client.subscribe("a", { retainAsPublished: wrong(1) }),
  ],
  [
    "subscribe with No Local on a share",
    "invalid_option",
    (client) => client.subscribe("$share/g/a", { noLocal: true }),
  ],
  [
    "subscribe with user properties as an object",
    "invalid_option",
    (client) => client.subscribe("a", { userProperties: wrong({ a: "b" }) }),
  ],
  ["subscribe with maxQueued 0", "invalid_option", (client) => client.subscribe("a", { maxQueued: 0 })],
  [
    "subscribe with a timeout below 0",
    "invalid_option",
    (client) => client.subscribe([{ topicFilter: "a" }], { timeoutMs: -1 }),
  ],
  [
    "subscribe in the array form with maxQueued",
    "invalid_option",
    (client) => client.subscribe([{ topicFilter: "a" }], wrong({ maxQueued: 5 })),
  ],
  [
    "subscribe with onMessage",
    "invalid_option",
    (client) => client.subscribe("a", wrong({ onMessage: () => undefined })),
  ],
  ["subscribe with acknowledge", "invalid_option", (client) => client.subscribe("a", wrong({ acknowledge: "manual" }))],
  ["subscribe with overflow", "invalid_option", (client) => client.subscribe("a", wrong({ overflow: "hold" }))],
  ["subscribe with concurrency", "invalid_option", (client) => client.subscribe("a", wrong({ concurrency: 2 }))],
  [
    "subscribe with an identifier",
    "invalid_option",
    (client) => client.subscribe("a", wrong({ subscriptionIdentifier: 2 })),
  ],
  ["subscribe to a request of null", "invalid_option", (client) => client.subscribe([wrong(null)])],
  ["unsubscribe from a bad filter", "invalid_topic", (client) => client.unsubscribe("a/#/b")],
  ["unsubscribe from nothing", "invalid_option", (client) => client.unsubscribe([])],
  [
    "unsubscribe with user properties as an object",
    "invalid_option",
    (client) => client.unsubscribe("a", { userProperties: wrong({}) }),
  ],
  ["unsubscribe with an unknown option", "invalid_option", (client) => client.unsubscribe("a", wrong({ qos: 1 }))],
  ["ping with an unknown option", "invalid_option", (client) => client.ping(wrong({ timeout: 1 }))],
  ["connected with an unknown option", "invalid_option", (client) => client.connected(wrong({ timeout: 1 }))],
  ["disconnect with an unknown option", "invalid_option", (client) => client.disconnect(wrong({ force: true }))],
  ["disconnect with reason code 0x8E", "invalid_option", (client) => client.disconnect({ reasonCode: 0x8e })],
  ["disconnect with drainMs -1", "invalid_option", (client) => client.disconnect({ drainMs: -1 })],
  [
    "disconnect with an expiry below 0",
    "invalid_option",
    (client) => client.disconnect({ properties: { sessionExpiryInterval: -1 } }),
  ],
  [
    "disconnect with an unknown property",
    "invalid_option",
    (client) => client.disconnect({ properties: wrong({ serverReference: "x" }) }),
  ],
  ["listen to an unknown kind", "invalid_option", (client) => client.on(wrong("message"), () => undefined)],
  ["listen with no function", "invalid_option", (client) => client.on("up", wrong(undefined))],
]

/** What a call throws, or rejects with. */
async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  throw new Error("it did not fail")
}

describe("on a live link, it is refused to", () => {
  it.each(CALLS)("%s: %s", async (_what, code, call) => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const error = await failureOf(() => call(client))
    expect(error).toMatchObject({ code })
    expect(isTerrapinError(error)).toBe(true)
    await link.idle()
    expect(client.status).toBe("up")
    expect(at.logged.filter((line) => line.startsWith("error"))).toEqual([])
    await client.disconnect()
    await at.expectNothingLeft()
  })

  it("publish more than the protocol can carry, at the caller: packet_too_large", async () => {
    const at = clientWorld()
    const { client, link } = await at.up()
    const payload = new Uint8Array(268_435_456)
    expect(await failureOf(() => client.publish("a", payload))).toMatchObject({ code: "packet_too_large" })
    expect(await failureOf(() => client.send("a", payload))).toMatchObject({ code: "packet_too_large" })
    await link.idle()
  })

  it.each([0, 1, 2] as const)("publish more than the server takes, QoS %i: packet_too_large", async (qos) => {
    const at = clientWorld()
    const { client, link } = await at.up({}, { properties: { maximumPacketSize: 100 } })
    const error = await failureOf(() => client.publish("a", "x".repeat(100), { qos }))
    expect(error).toMatchObject({ code: "packet_too_large" })
    await link.idle()
  })

  it.each([
    { what: "above the server's Maximum QoS", options: { qos: 2 }, properties: { maximumQos: 1 } },
    {
      what: "a retained message that the server does not take",
      options: { retain: true },
      properties: { retainAvailable: false },
    },
  ] as const)("publish $what: not_supported", async ({ options, properties }) => {
    const at = clientWorld()
    const { client, link } = await at.up({}, { properties })
    expect(await failureOf(() => client.publish("a", "", options))).toMatchObject({ code: "not_supported" })
    expect(client.send("a", "", options)).toBe(false)
    await link.idle()
  })

  it.each([
    { what: "a wildcard", topicFilter: "a/+", properties: { wildcardSubscriptionAvailable: false } },
    { what: "a share", topicFilter: "$share/g/a", properties: { sharedSubscriptionAvailable: false } },
  ])("subscribe to $what that the server does not offer: not_supported", async ({ topicFilter, properties }) => {
    const at = clientWorld()
    const { client, link } = await at.up({}, { properties })
    expect(await failureOf(() => client.subscribe(topicFilter))).toMatchObject({ code: "not_supported" })
    expect(await failureOf(() => client.subscribe([{ topicFilter }]))).toMatchObject({ code: "not_supported" })
    await link.idle()
  })
})
