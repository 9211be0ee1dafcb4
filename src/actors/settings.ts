/**
 * A client's options as its actors see them: parsed, complete, never written to. src/client/parse-options.ts makes them.
 */

import type { Connect, ProtocolVersion, SubscriptionOptions } from "../codec/index.js"
import type { BackoffOptions } from "../session/index.js"
import type { Transport } from "../transport/index.js"

export interface ClientSettings {
  readonly clientId: string
  readonly transport: Transport
  /** Tried in this order; never empty. */
  readonly versions: readonly ProtocolVersion[]
  /** What the user said; undefined: by what is remembered. */
  readonly cleanStart: boolean | undefined
  readonly keepAliveSeconds: number
  readonly pingTimeoutMs: number
  readonly attemptTimeoutMs: number
  readonly username: string | undefined
  readonly password: Uint8Array | undefined
  readonly will: Connect["will"]
  /** Without the session expiry interval, which `expirySeconds` decides. */
  readonly connectProperties: Connect["properties"]
  /** Undefined: not given by the user. */
  readonly expirySeconds: number | undefined
  /** For QoS 1 and QoS 2. */
  readonly onLost: readonly ["fail" | "republish", "fail" | "republish"]
  readonly subscriptions: readonly SubscriptionOptions[]
  readonly backoff: BackoffOptions
  /** The most QoS 1 and 2 publications unanswered at a time. */
  readonly inflightWindow: number
  /** Ours, offered to the server: QoS 1 and 2 messages unacknowledged at a time. */
  readonly receiveMaximum: number
  /**
   * More of them end the link. Only what the user chose is enforced: mosquitto up to 2.0.11 sends all that it has after the
   * first PUBACK, and a link ended for that would be ended again and again.
   */
  readonly receiveLimit: number
  /** Ours, offered to the server, in bytes. */
  readonly maximumPacketSize: number
  readonly drainMs: number
}

/** MQTT 5: kept for so long by default. */
const DEFAULT_EXPIRY_SECONDS = 300

/** What CONNECT says about the session: its life in seconds (MQTT 5), or whether it outlives the link at all (3.1, 3.1.1). */
export function expirySeconds(settings: ClientSettings, version: ProtocolVersion): number {
  return settings.expirySeconds ?? (version === 5 ? DEFAULT_EXPIRY_SECONDS : 0)
}
