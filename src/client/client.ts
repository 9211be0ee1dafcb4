/**
 * A client as users see it. Everything it does is a message to the client's actors; its object outlives their restarts.
 */

import type { ClientEvent, ClientEventKind, SubscribeOutcome, UnsubscribeOutcome } from "../actors/index.js"
import type { Connack, Puback, Pubcomp, Pubrec, QoS, UserProperties } from "../codec/index.js"
import type { ActorRef, ReplyTo } from "../runtime/index.js"
import type { DownCause } from "../session/index.js"
import type {
  CallOptions,
  DisconnectOptions,
  Payload,
  PublishOptions,
  SubscribeOptions,
  SubscriptionRequest,
} from "./option-types.js"
import type { Subscription } from "./subscription.js"

export type PublishOutcome =
  | { readonly qos: 0 }
  | { readonly qos: 1; readonly packetId: number; readonly puback: Puback }
  | { readonly qos: 2; readonly packetId: number; readonly pubrec: Pubrec; readonly pubcomp: Pubcomp }

/** What the server allows; before the first CONNACK nothing is known to be forbidden. */
export interface Limits {
  readonly maximumQos: QoS
  readonly retainAvailable: boolean
  readonly receiveMaximum: number
  readonly maximumPacketSize: number
  readonly topicAliasMaximum: number
  /** In force. */
  readonly keepAliveSeconds: number
}

export interface ConnectionInfo {
  /** The transport's label; never with credentials. */
  readonly server: string
  readonly protocolVersion: 5 | 4 | 3 | undefined
  readonly sessionPresent: boolean
  /** Since the link was last stable. */
  readonly attempts: number
  readonly lastCause: DownCause | undefined
  readonly connack: Connack | undefined
  readonly limits: Limits
}

/** One kind's event; of kinds that share a shape, with that kind. */
export type ClientEventOf<K extends ClientEventKind> = K extends unknown
  ? Extract<ClientEvent, { readonly kind: K }> extends never
    ? OneOf<K>
    : Extract<ClientEvent, { readonly kind: K }>
  : never

type OneOf<K> = ClientEvent extends infer E
  ? E extends { readonly kind: infer Kinds }
    ? K extends Kinds
      ? E & { readonly kind: K }
      : never
    : never
  : never

/** What an actor may send to `client.ref`. */
export type ClientMessage =
  | {
      readonly kind: "publish"
      readonly topic: string
      readonly payload?: Payload | null
      readonly options?: PublishOptions
      readonly replyTo?: ReplyTo<PublishOutcome>
    }
  | { readonly kind: "disconnect"; readonly options?: DisconnectOptions }

export interface Client extends AsyncDisposable {
  readonly name: string
  /** The one in use: an assigned one once the server gave it. */
  readonly clientId: string
  readonly status: "connecting" | "up" | "down" | "stopped"
  readonly info: ConnectionInfo
  readonly ref: ActorRef<ClientMessage>
  /** Resolves when a link is up, at once if it is. Rejects StoppedError when the client is stopped. */
  connected(options?: CallOptions): Promise<ConnectionInfo>
  /**
   * Resolves when the handshake of the QoS is complete; with QoS 0 when the bytes are on their way. Survives lost links.
   * Rejects with a TerrapinFailure; bad input before anything is written.
   */
  publish(topic: string, payload?: Payload | null, options?: PublishOptions): Promise<PublishOutcome>
  /** Without a promise: true, it was taken; false, it was dropped, and a `dropped` event says why. @throws for bad input */
  send(topic: string, payload?: Payload | null, options?: PublishOptions): boolean
  /** For the handler. Resolves with each filter's reason code, refusals included. Default timeout 30,000 ms. */
  subscribe(
    requests: readonly SubscriptionRequest[],
    options?: CallOptions & { readonly userProperties?: UserProperties | undefined },
  ): Promise<readonly SubscribeOutcome[]>
  /** For one reader. Rejects RejectedError when the server refuses the filter. Default timeout 30,000 ms. */
  subscribe<const F extends string>(topicFilter: F, options?: SubscribeOptions): Promise<Subscription<F>>
  /** The handler's interest in the filters ends. Default timeout 30,000 ms. */
  unsubscribe(
    topicFilter: string | readonly string[],
    options?: CallOptions & { readonly userProperties?: UserProperties | undefined },
  ): Promise<readonly UnsubscribeOutcome[]>
  /** The round trip of a PINGREQ in ms. Rejects not_connected without a link. Default timeout 30,000 ms. */
  ping(options?: CallOptions): Promise<number>
  /** Skips what is left of the back-off. */
  reconnect(): void
  /** Lets what is in flight finish, says DISCONNECT, ends the client. Always resolves. */
  disconnect(options?: DisconnectOptions): Promise<void>
  /** Returns what takes the listener away again. @throws InvalidOptionError for an unknown kind */
  on<const K extends ClientEventKind>(kind: K, listener: (event: ClientEventOf<K>) => void): () => void
}
