/**
 * A client's options, parsed once, at the edge, into the full object that its actors use.
 */

import { type ClientSettings, connectPacket } from "../actors/index.js"
import type { Connect, ConnectWill, Properties, ProtocolVersion, SubscriptionOptions } from "../codec/index.js"
import { parseTopicFilter, topicProblem } from "../codec/index.js"
import { InvalidOptionError } from "../errors.js"
import type { Logger } from "../logger.js"
import { type BackoffOptions, DEFAULT_BACKOFF, isQos, LARGEST_PACKET, NotSentError } from "../session/index.js"
import { parseAddress, type ServerAddress } from "../transport/index.js"
import { duration } from "./check-call.js"
import { checkNames } from "./check-names.js"
import { checkPacket, packetProblem } from "./check-packet.js"
import type { ClientOptions, SubscriptionRequest, Will } from "./option-types.js"
import { ownProperties, payloadBytes, publishProperties } from "./parse-publish.js"

/** Of `connect`, `startClient` and `mqttClient`; each adds its own. */
export const CLIENT_OPTIONS: readonly string[] = [
  "name",
  "clientId",
  "protocolVersion",
  "cleanStart",
  "keepAliveSeconds",
  "pingTimeoutMs",
  "attemptTimeoutMs",
  "credentials",
  "will",
  "properties",
  "session",
  "subscriptions",
  "handler",
  "backoff",
  "inflightWindow",
  "logger",
  "system",
]

const VERSIONS: Readonly<Record<string, readonly ProtocolVersion[]>> = { "5": [5], "4": [4], "3": [3], auto: [5, 4] }
const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
const LEVELS = ["debug", "info", "warn", "error"] as const
const DRAIN_MS = 5_000

/** @throws InvalidOptionError; NotSentError invalid_topic for a filter or the will's topic */
export function parseSettings(
  server: ServerAddress,
  options: Omit<ClientOptions, "handler">,
  random: () => number,
): ClientSettings {
  const settings = readSettings(server, options, random)
  const connect = (version: ProtocolVersion) => connectPacket(settings, version, NOTHING_REMEMBERED)
  const [first = 5, ...later] = settings.versions
  checkPacket(connect(first), first, (field) => (CREDENTIALS.has(field) ? `credentials.${field}` : field))
  // An older version that has no words for these options is not fallen back to.
  return {
    ...settings,
    versions: [first, ...later.filter((version) => packetProblem(connect(version), version) === undefined)],
  }
}

const NOTHING_REMEMBERED = { exists: false, accepted: false, assignedClientId: undefined, cleaned: false }
const CREDENTIALS: ReadonlySet<string> = new Set(["username", "password"])

function readSettings(
  server: ServerAddress,
  options: Omit<ClientOptions, "handler">,
  random: () => number,
): ClientSettings {
  if (Array.isArray(server)) throw new InvalidOptionError("server", "must be one address in this version")
  const { transport, credentials: fromUrl } = parseAddress(server)
  const { session = {}, backoff = {}, properties = {}, credentials = {} } = options
  checkNames(session, ["expirySeconds", "onLost"], "session.")
  const versions = VERSIONS[String(options.protocolVersion ?? "auto")]
  if (versions === undefined) throw new InvalidOptionError("protocolVersion", 'must be 5, 4, 3 or "auto"')
  if (typeof properties === "function" || typeof credentials === "function" || typeof options.will === "function")
    throw new InvalidOptionError(
      typeof properties === "function" ? "properties" : typeof credentials === "function" ? "credentials" : "will",
      "must be given as a value in this version, not as a function",
    )
  checkNames(credentials, ["username", "password"], "credentials.")
  optional("name", options.name, isText, "a string")
  optional("logger", options.logger, isLogger, "an object with debug, info, warn and error, as pino's")
  const username = optional("credentials.username", credentials.username ?? fromUrl?.username, isText, "a string")
  const password = credentials.password ?? fromUrl?.password
  const expirySeconds = integer("session.expirySeconds", session.expirySeconds, 0, 0xffff_ffff)
  return {
    clientId: optional("clientId", options.clientId, isText, "a string") ?? randomClientId(random),
    transport,
    versions,
    cleanStart: optional("cleanStart", options.cleanStart, isBoolean, "true or false"),
    keepAliveSeconds: integer("keepAliveSeconds", options.keepAliveSeconds, 0, 65_535) ?? 60,
    pingTimeoutMs: duration("pingTimeoutMs", options.pingTimeoutMs) ?? 10_000,
    attemptTimeoutMs: duration("attemptTimeoutMs", options.attemptTimeoutMs) ?? 10_000,
    username,
    password: password === undefined ? undefined : payloadBytes(password, "credentials.password"),
    will: options.will === undefined ? undefined : parseWill(options.will),
    connectProperties: connectProperties(properties),
    expirySeconds,
    onLost: onLost(session.onLost),
    subscriptions: (optional("subscriptions", options.subscriptions, Array.isArray, "a list") ?? []).map(
      (request, index) => parseSubscription(request, `subscriptions[${index}].`),
    ),
    backoff: parseBackoff(backoff),
    inflightWindow: integer("inflightWindow", options.inflightWindow, 1, 65_535) ?? 65_535,
    receiveMaximum: integer("properties.receiveMaximum", properties.receiveMaximum, 1, 65_535) ?? 1_000,
    receiveLimit: properties.receiveMaximum ?? 65_535,
    maximumPacketSize:
      integer("properties.maximumPacketSize", properties.maximumPacketSize, 1, 0xffff_ffff) ?? LARGEST_PACKET,
    drainMs: DRAIN_MS,
  }
}

/** @throws NotSentError invalid_topic, InvalidOptionError */
export function parseSubscription(request: SubscriptionRequest, path = ""): SubscriptionOptions {
  checkNames(request, ["topicFilter", "qos", "noLocal", "retainAsPublished", "retainHandling"], path)
  const parsed = parseFilter(request.topicFilter)
  const { qos = 0, retainHandling = 0 } = request
  if (!isQos(qos)) throw new InvalidOptionError(`${path}qos`, "must be 0, 1 or 2")
  const noLocal = optional(`${path}noLocal`, request.noLocal, isBoolean, "true or false") ?? false
  const retainAsPublished =
    optional(`${path}retainAsPublished`, request.retainAsPublished, isBoolean, "true or false") ?? false
  if (retainHandling !== 0 && retainHandling !== 1 && retainHandling !== 2)
    throw new InvalidOptionError(`${path}retainHandling`, "must be 0, 1 or 2")
  // [MQTT-3.8.3-4]
  if (noLocal && parsed.shareName !== undefined)
    throw new InvalidOptionError(`${path}noLocal`, "is not allowed on a shared subscription")
  return { topicFilter: parsed.wire, qos, noLocal, retainAsPublished, retainHandling }
}

/** @throws NotSentError invalid_topic */
export function parseFilter(topicFilter: string): Exclude<ReturnType<typeof parseTopicFilter>, { problem: string }> {
  if (typeof topicFilter !== "string") throw new NotSentError("invalid_topic", "a topic filter is a string")
  const parsed = parseTopicFilter(topicFilter)
  if ("problem" in parsed) throw new NotSentError("invalid_topic", parsed.problem)
  return parsed
}

/** One bound given alone moves the other's default. */
function parseBackoff(given: NonNullable<ClientOptions["backoff"]>): BackoffOptions {
  checkNames(given, ["minMs", "maxMs", "factor", "stableAfterMs"], "backoff.")
  const least = duration("backoff.minMs", given.minMs)
  const most = duration("backoff.maxMs", given.maxMs)
  const minMs = least ?? Math.min(DEFAULT_BACKOFF.minMs, most ?? DEFAULT_BACKOFF.minMs)
  const maxMs = most ?? Math.max(DEFAULT_BACKOFF.maxMs, minMs)
  if (maxMs < minMs) throw new InvalidOptionError("backoff.maxMs", "must not be less than backoff.minMs")
  return {
    minMs,
    maxMs,
    factor: optional("backoff.factor", given.factor, isGrowth, "1 or more") ?? DEFAULT_BACKOFF.factor,
    stableAfterMs: duration("backoff.stableAfterMs", given.stableAfterMs) ?? DEFAULT_BACKOFF.stableAfterMs,
  }
}

function parseWill(will: Will): ConnectWill {
  checkNames(will, ["topic", "payload", "qos", "retain", "properties"], "will.")
  const { topic, payload, qos = 0, retain } = will
  const problem = typeof topic === "string" ? topicProblem(topic) : "a topic is a string"
  if (problem !== undefined) throw new NotSentError("invalid_topic", `will.topic: ${problem}`)
  if (!isQos(qos)) throw new InvalidOptionError("will.qos", "must be 0, 1 or 2")
  const { willDelayInterval, ...rest } = will.properties ?? {}
  const delay = integer("will.properties.willDelayInterval", willDelayInterval, 0, 0xffff_ffff)
  const properties: Properties<"will"> = publishProperties(rest, "will.properties.") as object as Properties<"will">
  const parsed: ConnectWill = {
    topic,
    payload: payloadBytes(payload, "will.payload"),
    qos,
    retain: optional("will.retain", retain, isBoolean, "true or false") ?? false,
    properties: delay === undefined ? properties : { ...properties, willDelayInterval: delay },
  }
  const fields = { type: "connect", version: 5, clientId: "", cleanStart: true, keepAliveSeconds: 0 } as const
  checkPacket({ ...fields, will: parsed, properties: {} }, 5, (field) =>
    field.startsWith("will.") ? field : `will.${field}`,
  )
  return parsed
}

function connectProperties(properties: object): Connect["properties"] {
  const known = [
    "receiveMaximum",
    "maximumPacketSize",
    "requestResponseInformation",
    "requestProblemInformation",
    "userProperties",
  ]
  checkNames(properties, known, "properties.")
  const { receiveMaximum: _settled, ...rest } = ownProperties(properties) as Connect["properties"]
  return rest
}

function onLost(given: "fail" | "republish" | undefined): ClientSettings["onLost"] {
  if (given === undefined) return ["republish", "fail"]
  if (given !== "fail" && given !== "republish")
    throw new InvalidOptionError("session.onLost", 'must be "fail" or "republish"')
  return [given, given]
}

/** 23 bytes: what every server has to take (§3.1.3.1). */
function randomClientId(random: () => number): string {
  return `terrapin-${Array.from({ length: 14 }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join("")}`
}

function optional<T>(option: string, value: T | undefined, fits: (value: T) => boolean, what: string): T | undefined {
  if (value === undefined || fits(value)) return value
  throw new InvalidOptionError(option, `must be ${what}`)
}

function integer(option: string, value: number | undefined, least: number, most: number): number | undefined {
  return optional(
    option,
    value,
    (number) => Number.isInteger(number) && number >= least && number <= most,
    `an integer from ${least} to ${most}`,
  )
}

function isLogger(logger: Logger): boolean {
  return typeof logger === "object" && LEVELS.every((level) => typeof logger?.[level] === "function")
}

function isGrowth(value: unknown): boolean {
  return typeof value === "number" && value >= 1
}

function isText(value: unknown): boolean {
  return typeof value === "string"
}

function isBoolean(value: unknown): boolean {
  return typeof value === "boolean"
}
