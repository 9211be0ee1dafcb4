/**
 * What the connection actor hears. Everything born of a socket bears the epoch of its link: older ones are dropped.
 */

import type { Connack, Properties } from "../codec/index.js"
import type { Ref } from "../runtime/index.js"
import type { DownCause } from "../session/index.js"
import type { TransportLink } from "../transport/index.js"

export interface DisconnectRequest {
  readonly reasonCode: number
  readonly properties: Properties<"disconnect">
  /** On the clock: what is in flight may finish until then. */
  readonly drainUntilMs: number
}

/** What moves the connection's chart. */
export type ConnectionEvent =
  | { readonly type: "opened"; readonly epoch: number; readonly link: TransportLink }
  /** The attempt or the link failed. */
  | { readonly type: "failed"; readonly epoch: number; readonly cause: DownCause }
  | { readonly type: "connack"; readonly packet: Connack }
  | { readonly type: "pingresp" }
  /** A user asks for the round trip; the ref is answered with milliseconds. */
  | { readonly type: "ping"; readonly ref: Ref }
  /** disconnect(): the request is in `scope.stopRequest`. */
  | { readonly type: "stop" }
  | { readonly type: "drained" }
  /** An inflight actor cannot know whether its packet was answered: the link is taken down in good order and set up anew. */
  | { readonly type: "recycle" }
  /** Skips what is left of the back-off. */
  | { readonly type: "reconnect" }

/** What its socket makes the connection hear. */
export type SocketMessage = Extract<ConnectionMessage, { readonly epoch: number }>

export type ConnectionMessage =
  | ConnectionEvent
  /** Valid only during the call. */
  | { readonly type: "data"; readonly epoch: number; readonly chunk: Uint8Array }
  | { readonly type: "link_drained"; readonly epoch: number }
