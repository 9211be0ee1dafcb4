/**
 * What the chart of a received QoS 2 message does.
 */

import { type AckProperties, NO_PROPERTIES, type Pubrel } from "../codec/index.js"
import { type Actor, type Chart, compile } from "../runtime/index.js"
import type { InboundRecord, InflightEvent } from "../session/index.js"
import type { DeliveryReply } from "./delivery.js"
import { Flow } from "./flow.js"
import { receiveQos2Machine } from "./receive-qos2.chart.js"
import { route } from "./route.js"
import type { ClientScope } from "./scope.js"

function deliver({ record, scope, actor }: Flow<InboundRecord>): void {
  route(scope, record.message, (outcome) => delivered(scope, record, actor, outcome))
  record.delivered = true
}

/** The record knows the outcome before the actor does: an actor that is restarted in between finds it there. */
function delivered(
  scope: ClientScope,
  record: InboundRecord,
  actor: Actor<InflightEvent>,
  outcome: DeliveryReply | "left",
): void {
  if (scope.session.inbound.get(record.packetId) !== record) return // the session was lost meanwhile
  // 3.1.1 cannot refuse: to its server any PUBREC means received, and an identifier forgotten here would be delivered again.
  if (outcome !== "left") record.outcome = scope.facts.version === 5 ? outcome : SUCCESS
  const inflight = record.inflight ?? actor
  if (outcome !== "left") inflight.send({ type: "handled" })
  else if (inflight.alive) inflight.send({ type: "abandoned" })
  else forgetRecord(scope, record) // no actor will: the server's next PUBLISH of it is delivered again
}

function sendPubrec({ record }: Flow<InboundRecord>): void {
  const { reasonCode, properties } = record.outcome ?? SUCCESS
  record.phase = "handled" // before PUBREC leaves: from here on it is never delivered again
  const pubrecs = record.pubrecs
  record.pubrecs = []
  for (const pubrec of pubrecs) pubrec.ready(reasonCode, properties)
}

function forget({ record, scope }: Flow<InboundRecord>): void {
  forgetRecord(scope, record)
}

function forgetRecord(scope: ClientScope, record: InboundRecord): void {
  if (scope.session.inbound.get(record.packetId) === record) scope.session.inbound.release(record.packetId)
  for (const pubrec of record.pubrecs) pubrec.skip()
}

function sendPubcomp({ scope }: Flow<InboundRecord>, pubrel: Pubrel): void {
  scope.port.ack("pubcomp", pubrel.packetId, 0, NO_PROPERTIES)
}

const SUCCESS: { readonly reasonCode: number; readonly properties: AckProperties } = {
  reasonCode: 0,
  properties: NO_PROPERTIES,
}

export const receiveQos2Chart: Chart<Flow<InboundRecord>> = compile<Flow<InboundRecord>>(receiveQos2Machine, {
  actions: { deliver, sendPubrec, forget, sendPubcomp },
})

/** The program of a record's actor; `resumeAt` as in Flow. */
export function inboundFlow(
  scope: ClientScope,
  record: InboundRecord,
  actor: Actor<InflightEvent>,
  resumeAt?: string,
): Flow<InboundRecord> {
  return new Flow(scope, record, actor, receiveQos2Chart, resumeAt)
}

/** Where an actor that is made anew for the record goes on; undefined: at the start, for nobody has the message yet. */
export function inboundPath(record: InboundRecord): string | undefined {
  if (record.phase === "handled") return "received"
  return record.delivered ? "delivering" : undefined
}
