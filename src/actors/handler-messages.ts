/**
 * What the handler actor hears, in the order in which it happened.
 */

import type { Connack, Disconnect, QoS } from "../codec/index.js"
import type { DownCause } from "../session/index.js"
import type { Delivery } from "./delivery.js"

export type SubscriptionStatus =
  | "up"
  | "down"
  | { readonly warn: { readonly requested: QoS; readonly granted: QoS } }
  | { readonly error: number }

export type HandlerMessage =
  | { readonly type: "message"; readonly delivery: Delivery }
  | { readonly type: "connection"; readonly status: "up" | "down"; readonly cause: DownCause | undefined }
  | { readonly type: "connack"; readonly packet: Connack }
  | { readonly type: "disconnect"; readonly packet: Disconnect }
  | { readonly type: "subscription"; readonly status: SubscriptionStatus; readonly topicFilter: string }
