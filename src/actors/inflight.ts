/**
 * The supervisor of the inflight actors: one child for each direction and packet identifier, made from its record.
 *
 * A child that crashed goes on where its record says. Only when the event it had in hand is lost, and with it the knowledge
 * whether the server has answered, the link is recycled: MQTT 5 forbids resending on a live one [MQTT-4.4.0-1].
 */

import { Actor, crash, Signal } from "../runtime/index.js"
import type { InboundRecord, InflightEvent, OutgoingRecord, PublishRecord } from "../session/index.js"
import { SessionLostError } from "../session/index.js"
import type { ChildSpec, FactoryTemplate, Intensity, Reporter } from "../supervisor/index.js"
import { FactoryProgram, slotOf } from "../supervisor/index.js"
import type { Flow } from "./flow.js"
import { inboundFlow, inboundPath } from "./inbound.js"
import { outboundFlow, outboundPath } from "./outbound.js"
import { type ClientScope, sessionSurvives } from "./scope.js"

const INTENSITY: Intensity = { restarts: 10, periodMs: 1_000 }

export function inflightSupervisor(scope: ClientScope, report: Reporter): ChildSpec {
  return {
    id: "inflight",
    type: "supervisor",
    start(parent) {
      const slot = slotOf(parent)
      const identity = scope.names.inflight
      const actor = new Actor<never>(slot.system, "inflight", { parent: slot.parent, identity, trapExit: true })
      actor.start(new FactoryProgram({ intensity: INTENSITY, template: template(scope), report }, actor), 0)
      return { ref: actor, handle: undefined }
    },
  }
}

/** A record's first actor: its chart enters the initial state, which writes the packet. */
export function startOutbound(scope: ClientScope, record: OutgoingRecord): void {
  const supervisor = scope.names.inflight.whereis()
  if (supervisor?.alive === true) spawnOutbound(scope, record, supervisor, undefined)
}

export function startInbound(scope: ClientScope, record: InboundRecord): void {
  const supervisor = scope.names.inflight.whereis()
  if (supervisor?.alive !== true) return
  const actor = newActor(scope, "receive", supervisor)
  try {
    actor.start(inboundFlow(scope, record, actor), 0)
  } catch (error) {
    // A crash as any other: the connection, which is on the stack, lives on.
    scope.system.post(() => supervisor.receive(new Signal("child", actor, crash(error))))
  }
}

function template(scope: ClientScope): FactoryTemplate {
  return {
    rebuild(supervisor) {
      for (const record of inSendOrder(scope)) spawnOutbound(scope, record, supervisor, outboundPath(record, 0))
      for (const record of scope.session.inbound.holders()) restartInbound(scope, record, supervisor)
    },
    restart(crashed, supervisor) {
      const { record } = crashed.program as unknown as Flow<OutgoingRecord | InboundRecord>
      if ("type" in record) restartOutbound(scope, record, supervisor)
      else restartInbound(scope, record, supervisor)
    },
  }
}

function restartOutbound(scope: ClientScope, record: OutgoingRecord, supervisor: Actor<never>): void {
  if (scope.session.outbound.get(record.packetId) !== record || isRefused(record)) return
  if (isDone(record)) {
    scope.names.session.send(record) // perhaps it crashed on telling so
    return
  }
  const { port } = scope
  const path = outboundPath(record, port.open ? port.epoch : 0)
  // SUBSCRIBE and UNSUBSCRIBE are simply asked again: nothing of them belongs to the session.
  const lostEvent = record.type === "publish" && record.inHand && port.open && record.writtenOn === port.epoch
  if (lostEvent && !sessionSurvives(scope)) {
    settleAsLost(scope, record)
    return
  }
  record.inHand = false
  const actor = spawnOutbound(scope, record, supervisor, path)
  if (lostEvent) scope.names.connection.send({ type: "recycle" })
  else if (path.startsWith("parked") && hadItsTurn(record, port.open)) actor.send({ type: "resume" })
}

function restartInbound(scope: ClientScope, record: InboundRecord, supervisor: Actor<never>): void {
  if (scope.session.inbound.get(record.packetId) !== record) {
    // It had forgotten its message and crashed on saying so: the server's PUBREL is answered on the next link.
    if (record.inHand && scope.port.open) scope.names.connection.send({ type: "recycle" })
    return
  }
  const lostEvent = record.inHand && record.phase === "handled"
  record.inHand = false
  const actor = spawnInbound(scope, record, supervisor, inboundPath(record))
  if (record.phase === "delivering" && record.outcome !== undefined) actor.send({ type: "handled" })
  // A PUBREL or a repeated PUBLISH may have been lost with the crash: the server sends it again on a new link.
  if (lostEvent && scope.port.open) scope.names.connection.send({ type: "recycle" })
}

function spawnOutbound(
  scope: ClientScope,
  record: OutgoingRecord,
  supervisor: Actor<never>,
  path: string | undefined,
): Actor<InflightEvent> {
  const actor = newActor(scope, record.type, supervisor)
  actor.start(outboundFlow(scope, record, actor, path), 0)
  return actor
}

function spawnInbound(
  scope: ClientScope,
  record: InboundRecord,
  supervisor: Actor<never>,
  path: string | undefined,
): Actor<InflightEvent> {
  const actor = newActor(scope, "receive", supervisor)
  actor.start(inboundFlow(scope, record, actor, path), 0)
  return actor
}

function newActor(scope: ClientScope, label: string, supervisor: Actor<never>): Actor<InflightEvent> {
  return new Actor<InflightEvent>(scope.system, label, { parent: supervisor })
}

/** It has its identifier, and on this link it is not waiting for quota. */
function hadItsTurn(record: OutgoingRecord, up: boolean): boolean {
  if (!up) return false
  return record.type !== "publish" || record.metered || record.phase === "released"
}

function isDone(record: OutgoingRecord): boolean {
  return record.type === "publish" ? record.phase === "done" : record.answer !== undefined
}

/** Forbidden on a link, or given up: it was rejected, and only its identifier is kept. */
function isRefused(record: OutgoingRecord): boolean {
  return record.type === "publish" && record.failure !== undefined && record.phase !== "done"
}

/** A recycled link would lose the whole session. The identifier stays taken, for the server may still answer on this link. */
function settleAsLost(scope: ClientScope, record: PublishRecord): void {
  record.failure = new SessionLostError(true, record.pubrec)
  record.inflight = undefined
  scope.names.session.send(record)
}

function* inSendOrder(scope: ClientScope): IterableIterator<OutgoingRecord> {
  for (const record of scope.session.requests) if (record.packetId !== 0 && !isDone(record)) yield record
  for (const record of scope.session.publishes) if (record.packetId !== 0 && !isDone(record)) yield record
}
