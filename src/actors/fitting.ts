/**
 * What the server of the present link forbids: nothing of it is sent, and its caller hears why.
 */

import {
  InvalidPacketError,
  NO_PROPERTIES,
  type ProtocolVersion,
  publishSize,
  type SubscriptionOptions,
} from "../codec/index.js"
import { InvalidOptionError } from "../errors.js"
import { forbiddenSubscription, LARGEST_PACKET, NotSentError, type RequestRecord } from "../session/index.js"
import { packetFits } from "./packet-size.js"
import type { Publishable } from "./port.js"
import { requestPacket } from "./request-packet.js"
import type { LinkFacts } from "./scope.js"

/** Fixed header, topic's length, packet identifier and the properties' length, at most. */
const PUBLISH_OVERHEAD = 11
/** The same of a SUBSCRIBE with an identifier. */
const SUBSCRIBE_OVERHEAD = 16
/** UTF-8 of one UTF-16 unit, at most. */
const LARGEST_UNIT = 3

/** [MQTT-3.2.2-11, -14, -15]. */
export function forbidden(publication: Publishable, facts: LinkFacts): NotSentError | undefined {
  const { limits, version = 5 } = facts
  if (publication.qos > limits.maximumQos)
    return new NotSentError("not_supported", `the server's Maximum QoS is ${limits.maximumQos}`)
  if (publication.retain && !limits.retainAvailable)
    return new NotSentError("not_supported", "the server takes no retained messages")
  return publicationFits(publication, limits.maximumPacketSize, version) ? undefined : tooLarge()
}

/** [MQTT-3.2.2-15], and filters that the server does not offer (§3.2.2.3.11, §3.2.2.3.13). */
export function forbiddenRequest(record: RequestRecord, facts: LinkFacts): NotSentError | undefined {
  const { limits, version = 5 } = facts
  if (record.type === "subscribe")
    for (const { topicFilter } of record.subscriptions)
      if (forbiddenSubscription(topicFilter, limits) !== undefined)
        return new NotSentError("not_supported", `the server has no subscriptions like ${topicFilter}`)
  return packetFits(requestPacket(record, facts), { maximumPacketSize: limits.maximumPacketSize, version })
    ? undefined
    : tooLarge()
}

/** In as many packets as it takes; a filter that is too large even alone gets a packet of its own. */
export function splitSubscriptions(
  subscriptions: readonly SubscriptionOptions[],
  maximumPacketSize: number,
): readonly (readonly SubscriptionOptions[])[] {
  const pieces: SubscriptionOptions[][] = []
  let room = 0
  for (const one of subscriptions) {
    const bytes = LARGEST_UNIT * one.topicFilter.length + 3
    if (bytes > room || pieces.length === 0) {
      pieces.push([])
      room = maximumPacketSize - SUBSCRIBE_OVERHEAD
    }
    pieces.at(-1)?.push(one)
    room -= bytes
  }
  return pieces
}

/** What a caller hears whose packet the encoder refuses. Any other error is our own fault, and goes on. */
export function unsendable(error: unknown): InvalidOptionError {
  if (error instanceof InvalidPacketError) return new InvalidOptionError(error.field, error.message)
  throw error
}

function publicationFits(publication: Publishable, maximumPacketSize: number, version: ProtocolVersion): boolean {
  if (maximumPacketSize >= LARGEST_PACKET) return true
  const { topic, payload, properties } = publication
  const atMost = payload.length + LARGEST_UNIT * topic.length + PUBLISH_OVERHEAD
  if (properties === NO_PROPERTIES && atMost <= maximumPacketSize) return true
  return publishSize(publication, payload.length, version) <= maximumPacketSize
}

function tooLarge(): NotSentError {
  return new NotSentError("packet_too_large", "the server's Maximum Packet Size forbids it")
}
