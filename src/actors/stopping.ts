/**
 * Leaving a server in good order.
 */

import type { ExitReason } from "../runtime/index.js"
import type { DisconnectRequest } from "./connection-messages.js"
import type { Link } from "./link.js"
import type { ClientScope } from "./scope.js"

/** Leaves the link and keeps the session: the next one goes on with it. */
export const LEAVE: DisconnectRequest = { reasonCode: 0, properties: {}, drainUntilMs: 0 }

/** Writes DISCONNECT. 3.1.1 has no reason codes: there, any other end than the normal one is a closed connection (will included). */
export function sendDisconnect(link: Link, request: DisconnectRequest): void {
  const { port } = link
  const { reasonCode, properties } = request
  if (port.version === 5) port.send({ type: "disconnect", reasonCode, properties })
  else if (reasonCode === 0) port.send({ type: "disconnect", reasonCode: 0, properties: {} })
}

/**
 * A link that is up while the client is shut down: DISCONNECT when all is done that can be done, at most after `drainMs`.
 * `cancelBy` gets what ends the waiting early. A promise only when there is something to wait for.
 */
export function leaveInGoodOrder(
  scope: ClientScope,
  link: Link,
  cancelBy: (cancel: () => void) => void,
): PromiseLike<unknown> | undefined {
  const { names, system, settings } = scope
  // Without the session and the inflight actors nothing can finish: this is a restart, not the end of the client.
  if (names.session.whereis()?.alive !== true || names.inflight.whereis()?.alive !== true) {
    sendDisconnect(link, LEAVE)
    return undefined
  }
  const drained = new Promise<void>((resolve) => {
    const cancelTimer = system.clock.setTimer(resolve, settings.drainMs)
    const end = () => {
      cancelTimer()
      resolve()
    }
    cancelBy(end)
    names.session.send({ type: "drain", drained: end })
  })
  return drained.then(() => sendDisconnect(link, LEAVE))
}

/** disconnect() ends the session too, unless the user said how long it is to be kept (§3.14.2.2.2). */
export function endOfSession(scope: ClientScope, request: DisconnectRequest): DisconnectRequest {
  if (scope.settings.expirySeconds !== undefined || request.properties.sessionExpiryInterval !== undefined)
    return request
  return { ...request, properties: { ...request.properties, sessionExpiryInterval: 0 } }
}

/** Whether a shutdown comes from above in good order: a root that crashed or was killed leaves its will to the server. */
export function isOrderly(reason: ExitReason): boolean {
  return reason.kind === "shutdown" && !isAbnormalDetail(reason.detail)
}

function isAbnormalDetail(detail: unknown): boolean {
  if (typeof detail !== "object" || detail === null || !("kind" in detail)) return false
  return detail.kind === "crash" || detail.kind === "killed"
}
