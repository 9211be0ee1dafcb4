/**
 * What MQTT remembers, and the arithmetic of the protocol: plain data and pure functions, no actor, no I/O.
 */

export {
  asReasonCode,
  type BackoffOptions,
  backoffDelayMs,
  DEFAULT_BACKOFF,
  type Retry,
  retryAfter,
} from "./backoff.js"
export type { DownCause } from "./down-cause.js"
export { NotSentError, RejectedError, SessionLostError } from "./errors.js"
export { pingDueInMs } from "./keep-alive.js"
export { forbiddenSubscription, LARGEST_PACKET, type Limits, limitsOf, unlimited } from "./limits.js"
export { MAXIMUM_PACKET_ID, PacketIds } from "./packet-ids.js"
export { RecordList } from "./record-list.js"
export {
  type Delivered,
  type InboundRecord,
  type Inflight,
  type InflightEvent,
  isQos,
  type OutgoingRecord,
  type PendingAck,
  type PublishRecord,
  publishRecord,
  type RequestRecord,
  type SubscribeRecord,
  subscribeRecord,
  type UnsubscribeRecord,
  unsubscribeRecord,
} from "./records.js"
export { SessionState } from "./session-state.js"
export { type Claim, optionsFor, optionsOf, Subscriptions, type Wanted } from "./subscriptions.js"
