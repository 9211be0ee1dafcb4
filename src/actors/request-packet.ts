/**
 * A SUBSCRIBE or UNSUBSCRIBE as this link's server may be asked: by its version and its limits, not by those of the link
 * on which it was wanted first.
 */

import type { Subscribe, Unsubscribe } from "../codec/index.js"
import { optionsFor, type RequestRecord } from "../session/index.js"
import type { LinkFacts } from "./scope.js"

export function requestPacket(record: RequestRecord, { limits, version = 5 }: LinkFacts): Subscribe | Unsubscribe {
  const packetId = record.packetId === 0 ? 1 : record.packetId // not allocated yet: of the same size
  if (record.type === "unsubscribe")
    return { type: "unsubscribe", packetId, topicFilters: record.topicFilters, properties: record.properties }
  const subscriptionIdentifier = record.identifier
  return {
    type: "subscribe",
    packetId,
    subscriptions: record.subscriptions.map((options) => optionsFor(version, options)),
    properties: limits.subscriptionIdentifiers ? { subscriptionIdentifier, ...record.properties } : record.properties,
  }
}
