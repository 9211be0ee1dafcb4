/**
 * What the charts of outgoing requests do: publish with QoS 1 and 2, subscribe, unsubscribe.
 *
 * The record is changed before the packet that the change allows is written: a crash between the two loses nothing.
 */

import { NO_PROPERTIES, type Puback, type Pubcomp, type Pubrec, type Suback, type Unsuback } from "../codec/index.js"
import { type Actor, type Chart, compile } from "../runtime/index.js"
import type {
  InflightEvent,
  OutgoingRecord,
  PublishRecord,
  SubscribeRecord,
  UnsubscribeRecord,
} from "../session/index.js"
import { unsendable } from "./fitting.js"
import { Flow } from "./flow.js"
import { publishQos1Machine } from "./publish-qos1.chart.js"
import { publishQos2Machine } from "./publish-qos2.chart.js"
import { requestPacket } from "./request-packet.js"
import type { ClientScope } from "./scope.js"
import { subscribeMachine } from "./subscribe.chart.js"
import { unsubscribeMachine } from "./unsubscribe.chart.js"

function sendPublish({ record, scope }: Flow<PublishRecord>): void {
  const { port } = scope
  // DUP says that it was written on an earlier link [MQTT-3.3.1-1]; never that somebody tried to.
  const dup = record.writtenOn !== 0
  record.phase = "sent"
  try {
    port.publish(record, record.packetId, dup)
  } catch (error) {
    // Its payload has changed in its length since it was checked.
    record.failure = unsendable(error)
    scope.names.session.send(record)
    return
  }
  if (port.open) record.writtenOn = port.epoch
}

function keepPubrec({ record, scope }: Flow<PublishRecord>, pubrec: Pubrec): void {
  record.pubrec = pubrec
  record.phase = "released"
  record.releaseOrder = scope.session.nextReleaseOrder()
  record.writtenOn = 0
}

function sendPubrel({ record, scope }: Flow<PublishRecord>): void {
  const { port } = scope
  port.ack("pubrel", record.packetId, 0, NO_PROPERTIES)
  if (!port.open) return
  record.writtenOn = port.epoch
  record.pubrels++
}

function finishPublish({ record, scope }: Flow<PublishRecord>, answer: Puback | Pubrec | Pubcomp): void {
  record.answer = answer
  record.phase = "done"
  scope.names.session.send(record)
}

function sendRequest({ record, scope }: Flow<SubscribeRecord> | Flow<UnsubscribeRecord>): void {
  const { port } = scope
  port.send(requestPacket(record, scope.facts))
  if (port.open) record.writtenOn = port.epoch
}

function finishSubscribe({ record, scope }: Flow<SubscribeRecord>, answer: Suback): void {
  record.answer = answer
  scope.names.session.send(record)
}

function finishUnsubscribe({ record, scope }: Flow<UnsubscribeRecord>, answer: Unsuback): void {
  record.answer = answer
  scope.names.session.send(record)
}

const refused = (_flow: Flow<PublishRecord>, event: InflightEvent): boolean =>
  event.type === "pubrec" && event.reasonCode >= 0x80

export const publishQos1Chart: Chart<Flow<PublishRecord>> = compile<Flow<PublishRecord>>(publishQos1Machine, {
  actions: { sendPublish, finish: finishPublish },
})

export const publishQos2Chart: Chart<Flow<PublishRecord>> = compile<Flow<PublishRecord>>(publishQos2Machine, {
  actions: { sendPublish, keepPubrec, sendPubrel, finish: finishPublish },
  guards: { refused },
})

export const subscribeChart: Chart<Flow<SubscribeRecord>> = compile<Flow<SubscribeRecord>>(subscribeMachine, {
  actions: { sendSubscribe: sendRequest, finish: finishSubscribe },
})

export const unsubscribeChart: Chart<Flow<UnsubscribeRecord>> = compile<Flow<UnsubscribeRecord>>(unsubscribeMachine, {
  actions: { sendUnsubscribe: sendRequest, finish: finishUnsubscribe },
})

/** The program of a record's actor; `resumeAt` as in Flow. */
export function outboundFlow(
  scope: ClientScope,
  record: OutgoingRecord,
  actor: Actor<InflightEvent>,
  resumeAt?: string,
): Flow<PublishRecord> | Flow<SubscribeRecord> | Flow<UnsubscribeRecord> {
  switch (record.type) {
    case "publish":
      return new Flow(scope, record, actor, record.qos === 1 ? publishQos1Chart : publishQos2Chart, resumeAt)
    case "subscribe":
      return new Flow(scope, record, actor, subscribeChart, resumeAt)
    case "unsubscribe":
      return new Flow(scope, record, actor, unsubscribeChart, resumeAt)
  }
}

/** Where an actor that is made anew for the record goes on; `epoch` is the live link's, 0 when there is none. */
export function outboundPath(record: OutgoingRecord, epoch: number): string {
  const waiting = epoch !== 0 && record.writtenOn === epoch && !record.inHand
  if (record.type !== "publish") return waiting ? "asked" : "parked"
  if (record.phase === "released") return waiting ? "released" : "parkedReleased"
  return waiting ? "published" : "parked"
}
