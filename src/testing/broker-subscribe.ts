/** Subscriptions of the in-memory broker: what SUBSCRIBE changes, and which of them make a message go to a client. */
import { type ProtocolVersion, type QoS, type Subscribe, topicMatches } from "../codec/index.js"
import type { BrokerMessage, Delivery } from "./broker-message.js"
import type { BrokerSession, BrokerSubscription } from "./broker-session.js"

/**
 * Adds the subscriptions to the session. Shared ones are refused, as CONNACK says.
 * @returns the SUBACK's reason codes, and for which subscriptions retained messages are due now.
 */
export function subscribe(
  packet: Subscribe,
  session: BrokerSession,
  version: ProtocolVersion,
): { readonly reasonCodes: readonly number[]; readonly retainedFor: readonly BrokerSubscription[] } {
  const identifier = packet.properties.subscriptionIdentifier
  const retainedFor: BrokerSubscription[] = []
  const reasonCodes = packet.subscriptions.map(({ topicFilter, qos, noLocal, retainAsPublished, retainHandling }) => {
    if (version === 5 && topicFilter.startsWith("$share/")) return 0x9e
    const subscription = { topicFilter, qos, noLocal, retainAsPublished, identifier }
    if (retainHandling === 0 || (retainHandling === 1 && !session.subscriptions.has(topicFilter)))
      retainedFor.push(subscription)
    session.subscriptions.set(topicFilter, subscription)
    return qos
  })
  return { reasonCodes, retainedFor }
}

/** The session's subscriptions that want the message; its own messages not where it said "no local". */
export function matching(session: BrokerSession, message: BrokerMessage): BrokerSubscription[] {
  const own = session.clientId === message.clientId
  return [...session.subscriptions.values()].filter(
    ({ topicFilter, noLocal }) => !(own && noLocal) && topicMatches(topicFilter, message.topic),
  )
}

/** One copy for all subscriptions that match, at the highest QoS among them [MQTT-3.3.4-2]. */
export function deliveryOf(message: BrokerMessage, subscriptions: readonly BrokerSubscription[]): Delivery {
  const highest = Math.max(0, ...subscriptions.map(({ qos }) => qos))
  return {
    message,
    qos: Math.min(highest, message.qos) as QoS,
    retain: message.retain && subscriptions.some(({ retainAsPublished }) => retainAsPublished),
    subscriptionIdentifiers: subscriptions.flatMap(({ identifier }) => identifier ?? []),
  }
}
