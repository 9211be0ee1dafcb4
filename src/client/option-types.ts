/**
 * The options of a client, as users write them. `undefined` means "not given" everywhere.
 */

import type { QoS, UserProperties } from "../codec/index.js"
import type { Logger } from "../logger.js"
import type { System } from "../runtime/index.js"
import type { ServerAddress } from "../transport/index.js"
import type { HandlerDefinition } from "./handler-types.js"

export type Payload = string | Uint8Array

export interface Credentials {
  readonly username?: string | undefined
  readonly password?: string | Uint8Array | undefined
}

export interface PublishProperties {
  readonly payloadFormatIndicator?: 0 | 1 | undefined
  /** Seconds. */
  readonly messageExpiryInterval?: number | undefined
  readonly responseTopic?: string | undefined
  readonly correlationData?: Uint8Array | undefined
  readonly contentType?: string | undefined
  readonly userProperties?: UserProperties | undefined
}

export interface ConnectProperties {
  /**
   * How many QoS 1 and 2 messages the server may send before we acknowledge; 1…65,535, default 1,000. A server that exceeds
   * the number given here loses the link (0x93); the default is told to the server, and not enforced.
   */
  readonly receiveMaximum?: number | undefined
  /** Bytes of a whole packet that we accept; default: all that the protocol can express. */
  readonly maximumPacketSize?: number | undefined
  readonly requestResponseInformation?: boolean | undefined
  readonly requestProblemInformation?: boolean | undefined
  readonly userProperties?: UserProperties | undefined
}

export interface DisconnectProperties {
  /** Seconds; may not be above 0 when CONNECT said 0. */
  readonly sessionExpiryInterval?: number | undefined
  readonly reasonString?: string | undefined
  readonly userProperties?: UserProperties | undefined
}

/** What the server publishes for us when the link is lost. */
export interface Will {
  readonly topic: string
  readonly payload?: Payload | null | undefined
  readonly qos?: QoS | undefined
  readonly retain?: boolean | undefined
  readonly properties?: (PublishProperties & { readonly willDelayInterval?: number | undefined }) | undefined
}

export interface SubscriptionRequest {
  /** Named wildcards are allowed: `building/+floor/#rest`. */
  readonly topicFilter: string
  /** The highest wanted; default 0. */
  readonly qos?: QoS | undefined
  /** MQTT 5. */
  readonly noLocal?: boolean | undefined
  /** MQTT 5. */
  readonly retainAsPublished?: boolean | undefined
  /** MQTT 5: retained messages are sent 0 always, 1 when the subscription is new, 2 never. */
  readonly retainHandling?: 0 | 1 | 2 | undefined
}

// biome-ignore lint/suspicious/noExplicitAny: options kept in a variable fit whatever their handler's arguments are
export interface ClientOptions<Args = any> {
  /** For `lookup`; default: the clientId. */
  readonly name?: string | undefined
  /** Default "terrapin-" and 14 random letters and digits; "" lets an MQTT 5 server assign one. */
  readonly clientId?: string | undefined
  /** Default "auto": 5, then 4 (3.1.1) when the server refuses 5. 3 is MQTT 3.1. */
  readonly protocolVersion?: 5 | 4 | 3 | "auto" | undefined
  /** Default: true when no session is remembered. Asked for on the first accepted connection only. */
  readonly cleanStart?: boolean | undefined
  /** 0…65,535; 0 turns it off. Default 60. */
  readonly keepAliveSeconds?: number | undefined
  /** How long PINGRESP may take; default 10,000. */
  readonly pingTimeoutMs?: number | undefined
  /** From opening the transport to CONNACK; default 10,000. */
  readonly attemptTimeoutMs?: number | undefined
  readonly credentials?: Credentials | undefined
  readonly will?: Will | undefined
  readonly properties?: ConnectProperties | undefined
  readonly session?:
    | {
        /** How long the server keeps the session after the link is lost. Default 300 on MQTT 5, 0 on 3.1.1. */
        readonly expirySeconds?: number | undefined
        /** What becomes of messages in flight when the server lost the session; default republish QoS 1, fail QoS 2. */
        readonly onLost?: "fail" | "republish" | undefined
      }
    | undefined
  /** Wanted from the start, for the handler; restored whenever the server has lost them. */
  readonly subscriptions?: readonly SubscriptionRequest[] | undefined
  readonly handler?:
    | HandlerDefinition<void>
    | readonly [definition: HandlerDefinition<Args>, args: NoInfer<Args>]
    | undefined
  readonly backoff?:
    | {
        /** Default 250; maxMs when that is less. */
        readonly minMs?: number | undefined
        /** Default 30,000; minMs when that is more. */
        readonly maxMs?: number | undefined
        /** Default 2. */
        readonly factor?: number | undefined
        /** Default 5,000. */
        readonly stableAfterMs?: number | undefined
      }
    | undefined
  /** QoS 1 and 2 publications unanswered at a time, 1…65,535; the server's Receive Maximum bounds it too. Default 65,535. */
  readonly inflightWindow?: number | undefined
  /** pino's, console's or any of the same form; default silent. */
  readonly logger?: Logger | undefined
  readonly system?: System | undefined
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export interface ConnectOptions<Args = any> extends ClientOptions<Args> {
  /** Until the first CONNACK; default 30,000. */
  readonly connectTimeoutMs?: number | undefined
  /** Gives up connecting; without effect once connected. */
  readonly signal?: AbortSignal | undefined
}

/** One address. Several are one logical server, in a later version. */
export type Servers = ServerAddress

export interface CallOptions {
  /** 0: none. */
  readonly timeoutMs?: number | undefined
  /** Frees the caller; what was sent finishes in the background. */
  readonly signal?: AbortSignal | undefined
}

export interface PublishOptions extends CallOptions {
  /** Default 0. */
  readonly qos?: QoS | undefined
  readonly retain?: boolean | undefined
  /** MQTT 5; an older server's link carries none. */
  readonly properties?: PublishProperties | undefined
}

export interface PublishRequest extends PublishOptions {
  readonly topic: string
  readonly payload?: Payload | null | undefined
}

export interface SubscribeOptions extends CallOptions {
  readonly qos?: QoS | undefined
  readonly noLocal?: boolean | undefined
  readonly retainAsPublished?: boolean | undefined
  readonly retainHandling?: 0 | 1 | 2 | undefined
  readonly userProperties?: UserProperties | undefined
  /** Messages that may wait for the reader, default 1,000; beyond it the oldest that needs no acknowledgement is dropped. */
  readonly maxQueued?: number | undefined
}

export interface DisconnectOptions {
  /** 0x00 (default), 0x04 (with will), 0x80-0x83, 0x90, 0x93-0x99. */
  readonly reasonCode?: number | undefined
  readonly properties?: DisconnectProperties | undefined
  /** How long what is in flight may take to finish; default 5,000. */
  readonly drainMs?: number | undefined
}
