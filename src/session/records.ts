/**
 * What the session remembers of one request or one received message. An outgoing record is message, queue entry and record
 * in one object, made before anything else happens to it, so that no crash can lose the call.
 *
 *     queued ──▶ sent ──▶ (QoS 2) released ──▶ done
 *       ▲          │ link lost: still sent, written again with DUP
 *       └──────────┘ session lost and onLost "republish": as if never sent
 */

import type {
  AckProperties,
  Properties,
  Puback,
  Pubcomp,
  Publish,
  PublishHead,
  Pubrec,
  Pubrel,
  QoS,
  Suback,
  SubscriptionOptions,
  Unsuback,
} from "../codec/index.js"

/** The inflight actor of a record, as far as the session knows it. */
export interface Inflight {
  readonly alive: boolean
  send(event: InflightEvent): void
}

/** What an inflight actor hears. */
export type InflightEvent =
  | { readonly type: "resume" }
  | { readonly type: "park" }
  | Puback
  | Pubrec
  | Pubcomp
  | Suback
  | Unsuback
  | Publish
  | Pubrel
  | { readonly type: "handled" }
  | { readonly type: "abandoned" }

/** What every outgoing record has. `next` and `previous` are the intrusive list in send order (record-list.ts). */
interface OutgoingBase {
  /** The correlation reference of the caller; 0 when nobody waits. */
  ref: number
  /** 1…65,535; 0 until it is first sent. */
  packetId: number
  /** The epoch of the link that its present packet was handed to; 0: none. */
  writtenOn: number
  /** Its actor is in the middle of an event: if it dies now, that event is lost. */
  inHand: boolean
  inflight: Inflight | undefined
  next: OutgoingRecord | undefined
  previous: OutgoingRecord | undefined
}

export interface PublishRecord extends PublishHead, OutgoingBase {
  readonly type: "publish"
  /** The caller's own array until the call settles; a record that outlives its caller has a copy. */
  payload: Uint8Array
  phase: "queued" | "sent" | "released" | "done"
  /** Takes part in the send quota of the present link. */
  metered: boolean
  /** Place in the order of PUBRECs; PUBRELs are resent in that order. */
  releaseOrder: number
  pubrec: Pubrec | undefined
  /** How often its PUBREL was written. */
  pubrels: number
  /** The packet that ended the flow: what the caller gets when the record is done. */
  answer: Puback | Pubrec | Pubcomp | undefined
  /** Why it is done without an answer. */
  failure: Error | undefined
  /** Bytes counted against the queue's bound. */
  readonly bytes: number
}

export interface SubscribeRecord extends OutgoingBase {
  readonly type: "subscribe"
  readonly subscriptions: readonly SubscriptionOptions[]
  /** Our Subscription Identifier; sent where the server has them. */
  readonly identifier: number
  readonly properties: Properties<"subscribe">
  answer: Suback | undefined
}

export interface UnsubscribeRecord extends OutgoingBase {
  readonly type: "unsubscribe"
  readonly topicFilters: readonly string[]
  readonly properties: Properties<"unsubscribe">
  answer: Unsuback | undefined
}

export type RequestRecord = SubscribeRecord | UnsubscribeRecord
export type OutgoingRecord = PublishRecord | RequestRecord

/** One received QoS 2 message, from its PUBLISH to its PUBREL. */
export interface InboundRecord {
  readonly packetId: number
  /** `delivering`: the recipients work on it. `handled`: PUBREC has been decided on and is never taken back. */
  phase: "delivering" | "handled"
  inHand: boolean
  inflight: Inflight | undefined
  readonly message: Publish
  /** It was given to its recipients: they may still work on it. */
  delivered: boolean
  /** What the recipients decided, when all were done. */
  outcome: { readonly reasonCode: number; readonly properties: AckProperties } | undefined
  /** The places in the order of acknowledgements that wait for its PUBREC; more than one when it was sent repeatedly. */
  pubrecs: PendingAck[]
}

/** A place in a link's order of acknowledgements. */
export interface PendingAck {
  ready(reasonCode: number, properties: AckProperties): void
  /** It is left unacknowledged: those behind it need not wait. */
  skip(): void
}

export function publishRecord(head: PublishHead, payload: Uint8Array, bytes: number): PublishRecord {
  return {
    type: "publish",
    topic: head.topic,
    qos: head.qos,
    retain: head.retain,
    properties: head.properties,
    payload,
    bytes,
    ref: 0,
    packetId: 0,
    phase: "queued",
    writtenOn: 0,
    metered: false,
    inHand: false,
    releaseOrder: 0,
    pubrels: 0,
    pubrec: undefined,
    answer: undefined,
    failure: undefined,
    inflight: undefined,
    next: undefined,
    previous: undefined,
  }
}

export function subscribeRecord(
  subscriptions: readonly SubscriptionOptions[],
  identifier: number,
  properties: Properties<"subscribe">,
): SubscribeRecord {
  return { type: "subscribe", subscriptions, identifier, properties, answer: undefined, ...unsent() }
}

export function unsubscribeRecord(
  topicFilters: readonly string[],
  properties: Properties<"unsubscribe">,
): UnsubscribeRecord {
  return { type: "unsubscribe", topicFilters, properties, answer: undefined, ...unsent() }
}

/** What the caller of a publish with QoS 1 or 2 gets. */
export type Delivered =
  | { readonly qos: 1; readonly packetId: number; readonly puback: Puback }
  | { readonly qos: 2; readonly packetId: number; readonly pubrec: Pubrec; readonly pubcomp: Pubcomp }

export function isQos(value: unknown): value is QoS {
  return value === 0 || value === 1 || value === 2
}

function unsent(): OutgoingBase {
  return { ref: 0, packetId: 0, writtenOn: 0, inHand: false, inflight: undefined, next: undefined, previous: undefined }
}
