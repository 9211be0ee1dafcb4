/**
 * What the server allows on this link (MQTT 5 §3.2.2.3). The user's options are another thing and are never written to.
 */

import { type Connack, hasWildcard, type ProtocolVersion, type QoS } from "../codec/index.js"

export interface Limits {
  readonly maximumQos: QoS
  readonly retainAvailable: boolean
  /** How many QoS 1 and 2 publications may be unanswered at a time. */
  readonly receiveMaximum: number
  /** Bytes of a whole packet. */
  readonly maximumPacketSize: number
  readonly topicAliasMaximum: number
  /** In force: the server's if it gave one, else what we offered. 0: none. */
  readonly keepAliveSeconds: number
  readonly wildcardSubscriptions: boolean
  readonly sharedSubscriptions: boolean
  readonly subscriptionIdentifiers: boolean
}

/** The largest packet that the encoding can express (§2.1.4). */
export const LARGEST_PACKET = 268_435_460

/** Before the first CONNACK nothing is known to be forbidden. */
export function unlimited(keepAliveSeconds: number): Limits {
  return {
    maximumQos: 2,
    retainAvailable: true,
    receiveMaximum: 65_535,
    maximumPacketSize: LARGEST_PACKET,
    topicAliasMaximum: 0,
    keepAliveSeconds,
    wildcardSubscriptions: true,
    sharedSubscriptions: true,
    subscriptionIdentifiers: true,
  }
}

/** The reason code that such a filter would be refused with: what the server does not offer is not asked for (§3.2.2.3). */
export function forbiddenSubscription(topicFilter: string, limits: Limits): number | undefined {
  if (topicFilter.startsWith("$share/") && !limits.sharedSubscriptions) return 0x9e
  return !limits.wildcardSubscriptions && hasWildcard(topicFilter) ? 0xa2 : undefined
}

export function limitsOf(connack: Connack, version: ProtocolVersion, offeredKeepAliveSeconds: number): Limits {
  const defaults = unlimited(offeredKeepAliveSeconds)
  if (version < 5) return { ...defaults, subscriptionIdentifiers: false }
  const granted = connack.properties
  return {
    maximumQos: granted.maximumQos ?? defaults.maximumQos,
    retainAvailable: granted.retainAvailable ?? defaults.retainAvailable,
    receiveMaximum: granted.receiveMaximum ?? defaults.receiveMaximum,
    maximumPacketSize: granted.maximumPacketSize ?? defaults.maximumPacketSize,
    topicAliasMaximum: granted.topicAliasMaximum ?? defaults.topicAliasMaximum,
    keepAliveSeconds: granted.serverKeepAlive ?? offeredKeepAliveSeconds,
    wildcardSubscriptions: granted.wildcardSubscriptionAvailable ?? true,
    sharedSubscriptions: granted.sharedSubscriptionAvailable ?? true,
    subscriptionIdentifiers: granted.subscriptionIdentifiersAvailable ?? true,
  }
}
