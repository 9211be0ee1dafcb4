/**
 * The server has no session for us (Session Present 0): old identifiers and DUP must not be used again [MQTT-3.2.2-5].
 */

import { type PublishRecord, SessionLostError } from "../session/index.js"
import type { ClientScope } from "./scope.js"

const ABANDONED = { type: "abandoned" } as const

/** Inbound is forgotten; outbound goes by `onLost`; of the subscriptions the server has none. */
export function loseSession(scope: ClientScope): void {
  const { session } = scope
  for (const record of [...session.inbound.holders()]) {
    session.inbound.release(record.packetId)
    record.inflight?.send(ABANDONED)
  }
  for (const record of session.publishes) if (record.packetId !== 0 && record.phase !== "done") lose(scope, record)
  // Identifiers held back for records that an earlier link refused are free again.
  for (const record of [...session.outbound.holders()])
    if (record.type === "publish" && record.failure !== undefined && record.phase !== "done")
      session.outbound.release(record.packetId)
  session.subscriptions.forgetGrants()
}

function lose(scope: ClientScope, record: PublishRecord): void {
  const { session, settings, names } = scope
  const written = record.writtenOn !== 0 || record.phase === "released"
  const onLost = record.qos === 1 ? settings.onLost[0] : settings.onLost[1]
  record.inflight?.send(ABANDONED)
  if (written && (record.phase === "released" || onLost === "fail")) {
    record.failure = new SessionLostError(true, record.pubrec)
    record.phase = "done"
    names.session.send(record)
    return
  }
  // A new publication: new identifier, DUP 0, at its place before newer calls. It may arrive twice.
  session.giveBack(record)
}
