/**
 * Leaving a server in good order.
 */

import type { ExitReason } from "../runtime/index.js"
import type { DisconnectRequest } from "./connection-messages.js"
import type { Link } from "./link.js"
import { withoutExcess } from "./packet-size.js"
import type { ClientScope } from "./scope.js"

/** Leaves the link and keeps the session: the next one goes on with it. */
export const LEAVE: DisconnectRequest = { reasonCode: 0, properties: {}, drainUntilMs: 0 }

/** Writes DISCONNECT. 3.1.1 has no reason codes: there, any other end than the normal one is a closed connection (will included). */
export function sendDisconnect(link: Link, request: DisconnectRequest): void {
  const { port } = link
  const { reasonCode, properties } = request
  if (port.version === 5) port.send(withoutExcess({ type: "disconnect", reasonCode, properties }, port))
  else if (reasonCode === 0) port.send({ type: "disconnect", reasonCode: 0, properties: {} })
}

/** disconnect() ends the session too, unless the user said how long it is to be kept (§3.14.2.2.2). */
function endOfSession(scope: ClientScope, request: DisconnectRequest): DisconnectRequest {
  if (scope.settings.expirySeconds !== undefined || request.properties.sessionExpiryInterval !== undefined)
    return request
  return { ...request, properties: { ...request.properties, sessionExpiryInterval: 0 } }
}

/** The last DISCONNECT of a client: as disconnect() said, if it was called. */
export function sendLast(scope: ClientScope, link: Link | undefined): void {
  const request = scope.stopRequest === undefined ? LEAVE : endOfSession(scope, scope.stopRequest)
  if (link !== undefined) sendDisconnect(link, request)
  if (request.properties.sessionExpiryInterval === 0) scope.session.exists = false
}

/** Whether a shutdown comes from above in good order: a root that crashed or was killed leaves its will to the server. */
export function isOrderly(reason: ExitReason): boolean {
  return reason.kind === "shutdown" && !isAbnormalDetail(reason.detail)
}

function isAbnormalDetail(detail: unknown): boolean {
  if (typeof detail !== "object" || detail === null || !("kind" in detail)) return false
  return detail.kind === "crash" || detail.kind === "killed"
}
