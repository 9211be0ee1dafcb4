/**
 * A link came up, went down, or did not come to be: everybody who has to know is told, in one order.
 */

import type { Connack, ProtocolVersion } from "../codec/index.js"
import { type DownCause, limitsOf } from "../session/index.js"
import type { Port } from "./port.js"
import type { ClientScope } from "./scope.js"

/** CONNACK accepted: what it says holds from here on, and everything goes out by the new port. */
export function announceUp(scope: ClientScope, port: Port, connack: Connack, version: ProtocolVersion): void {
  const { session, settings, handler } = scope
  const limits = limitsOf(connack, version, settings.keepAliveSeconds)
  scope.facts = { version, connack, sessionPresent: connack.sessionPresent, limits }
  port.maximumPacketSize = limits.maximumPacketSize
  scope.port = port
  scope.status = "up"
  session.assignedClientId = connack.properties.assignedClientIdentifier ?? session.assignedClientId
  session.exists = true
  session.accepted = true
  handler.tell({ type: "connack", packet: connack })
  handler.tell({ type: "connection", status: "up", cause: undefined })
  scope.names.session.send({ type: "link_up" })
  scope.logger.info({ version, sessionPresent: connack.sessionPresent, attempts: scope.attempts }, "link up")
  scope.events.emit({ kind: "up", connack })
}

/** The link that was up is lost, or was given up. */
export function announceDown(scope: ClientScope, cause: DownCause): void {
  scope.status = "down"
  scope.lastCause = cause
  scope.handler.tell({ type: "connection", status: "down", cause })
  scope.logger.info({ cause: cause.kind }, "link down")
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
