/**
 * From what users write to a publication that may be sent: checked here, at the caller, before anything else happens.
 */

import { NO_PROPERTIES, type Properties, type PublishHead, publishSize, topicProblem } from "../codec/index.js"
import { InvalidOptionError } from "../errors.js"
import { isQos, LARGEST_PACKET, NotSentError } from "../session/index.js"
import { CALL_OPTIONS, checkCallValues } from "./check-call.js"
import { checkNames } from "./check-names.js"
import type { Payload, PublishOptions } from "./option-types.js"

export interface Publication extends PublishHead {
  readonly payload: Uint8Array
}

const OPTIONS = ["qos", "retain", "properties", ...CALL_OPTIONS]
const PROPERTY_NAMES = [
  "payloadFormatIndicator",
  "messageExpiryInterval",
  "responseTopic",
  "correlationData",
  "contentType",
  "userProperties",
]
const EMPTY = new Uint8Array(0)
const NO_OPTIONS: PublishOptions = Object.freeze({})

/** @throws NotSentError invalid_topic, packet_too_large; InvalidOptionError; AbortedError */
export function parsePublication(
  topic: string,
  payload: Payload | null | undefined,
  options: PublishOptions = NO_OPTIONS,
): Publication {
  if (options !== NO_OPTIONS) checkNames(options, OPTIONS)
  if (options.timeoutMs !== undefined || options.signal !== undefined) checkCallValues("publish", options)
  const problem = typeof topic === "string" ? topicProblem(topic) : "a topic is a string"
  if (problem !== undefined) throw new NotSentError("invalid_topic", problem)
  const { qos = 0, retain = false } = options
  if (!isQos(qos)) throw new InvalidOptionError("qos", "must be 0, 1 or 2")
  if (typeof retain !== "boolean") throw new InvalidOptionError("retain", "must be true or false")
  const bytes = payloadBytes(payload)
  const { properties: given } = options
  const properties = given === undefined ? NO_PROPERTIES : publishProperties(given)
  const publication: Publication = { topic, qos, retain, properties, payload: bytes }
  checkSize(publication, bytes.length)
  return publication
}

/** Not copied: the caller leaves the array alone until the publication has settled. @throws InvalidOptionError */
export function payloadBytes(payload: Payload | null | undefined, option = "payload"): Uint8Array {
  if (typeof payload === "string") return Buffer.from(payload)
  if (payload === undefined || payload === null) return EMPTY
  if (payload instanceof Uint8Array) return payload
  throw new InvalidOptionError(option, "must be a string, a Uint8Array or null")
}

/** @throws InvalidOptionError for an unknown name; values are checked by the encoder's own rules */
export function publishProperties(properties: object, path = "properties."): Properties<"publish"> {
  checkNames(properties, PROPERTY_NAMES, path)
  return ownProperties(properties) as Properties<"publish">
}

/** A copy that later changes do not reach, read once. A property given as undefined is not given. */
export function ownProperties<P extends object>(properties: P): P {
  const given = Object.entries(properties).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given.map(([name, value]) => [name, ownValue(value)])) as P
}

/** Bytes and lists of pairs; all else is immutable, or refused by the encoder. */
function ownValue(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value)
  return Array.isArray(value) ? value.map((pair: unknown) => (Array.isArray(pair) ? [...pair] : pair)) : value
}

function checkSize(head: PublishHead, payloadLength: number): void {
  if (payloadLength + head.topic.length > LARGEST_PACKET - 16) throw tooLarge()
  if (head.properties === NO_PROPERTIES) return
  try {
    publishSize(head, payloadLength, 5)
  } catch (error) {
    throw new InvalidOptionError("properties", error instanceof Error ? error.message : String(error))
  }
}

function tooLarge(): NotSentError {
  return new NotSentError("packet_too_large", "the packet is larger than it may be")
}
