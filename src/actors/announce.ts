/**
 * A link came up, went down, or did not come to be: everybody who has to know is told, in one order.
 */

import type { Connack } from "../codec/index.js"
import type { DownCause } from "../session/index.js"
import type { ClientScope } from "./scope.js"

/** `scope.port` and `scope.facts` are the new link's already. */
export function announceUp(scope: ClientScope, connack: Connack): void {
  scope.status = "up"
  scope.handler.tell({ type: "connack", packet: connack })
  scope.handler.tell({ type: "connection", status: "up", cause: undefined })
  scope.names.session.send({ type: "link_up" })
  scope.events.emit({ kind: "up", connack })
}

/** The link that was up is lost, or was given up. */
export function announceDown(scope: ClientScope, cause: DownCause): void {
  scope.status = "down"
  scope.lastCause = cause
  scope.handler.tell({ type: "connection", status: "down", cause })
  scope.events.emit({ kind: "down", cause })
}

export function announceFailure(
  scope: ClientScope,
  failure: { readonly cause: DownCause; readonly attempt: number; readonly retryInMs: number | undefined },
): void {
  scope.status = "down"
  scope.logger.info(
    { cause: failure.cause.kind, attempt: failure.attempt, retryInMs: failure.retryInMs },
    "no connection",
  )
  scope.events.emit({ kind: "connect_failed", ...failure })
}
