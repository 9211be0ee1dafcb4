/** An application message inside the in-memory broker, and how it leaves again. */
import type { Properties, Publish, QoS } from "../codec/index.js"

export interface BrokerMessage {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: QoS
  readonly retain: boolean
  readonly properties: Properties<"publish">
  /** When it came, by the broker's clock. */
  readonly atMs: number
  /** The client that published it; undefined when the broker itself did. */
  readonly clientId: string | undefined
}

/** One message as one client is to get it. */
export interface Delivery {
  readonly message: BrokerMessage
  readonly qos: QoS
  readonly retain: boolean
  readonly subscriptionIdentifiers: readonly number[]
}

/** What a client's PUBLISH brings, without what belongs to its link. */
export function messageOf(packet: Publish, clientId: string, atMs: number): BrokerMessage {
  const { topic, payload, qos, retain, properties } = packet
  return { topic, payload, qos, retain, properties, atMs, clientId }
}

/** The properties to send now, its age taken off its expiry (§3.3.2.3.3); undefined when it has expired. */
export function propertiesLeft(
  message: BrokerMessage,
  subscriptionIdentifiers: readonly number[],
  nowMs: number,
): Properties<"publish"> | undefined {
  const { messageExpiryInterval, ...rest } = message.properties
  const identified = subscriptionIdentifiers.length === 0 ? rest : { ...rest, subscriptionIdentifiers }
  if (messageExpiryInterval === undefined) return identified
  const leftSeconds = messageExpiryInterval - Math.floor((nowMs - message.atMs) / 1_000)
  return leftSeconds > 0 ? { ...identified, messageExpiryInterval: leftSeconds } : undefined
}
