/**
 * Subscriptions as declared state: what has to be asked so that the server has what is wanted, and what its answers mean.
 */

import { NO_PROPERTIES, type QoS, type Suback, type Unsuback } from "../codec/index.js"
import type { Ref } from "../runtime/index.js"
import {
  forbiddenSubscription,
  type NotSentError,
  optionsOf,
  RejectedError,
  type RequestRecord,
  type SubscribeRecord,
  subscribeRecord,
  type UnsubscribeRecord,
  unsubscribeRecord,
  type Wanted,
} from "../session/index.js"
import type { Recipient } from "./delivery.js"
import { splitSubscriptions } from "./fitting.js"
import type { ClientScope } from "./scope.js"

const PACKET_TOO_LARGE = 0x95

/** What came of one filter. */
export interface SubscribeOutcome {
  readonly topicFilter: string
  readonly reasonCode: number
  /** Undefined: refused. */
  readonly grantedQos: QoS | undefined
}

export interface UnsubscribeOutcome {
  readonly topicFilter: string
  readonly reasonCode: number
}

/** One SUBSCRIBE for each identifier whose filters the server does not have and nobody is asking for at this moment. */
export function requestsToRestore(scope: ClientScope): readonly SubscribeRecord[] {
  const { session, facts } = scope
  const asked = new Set<string>()
  for (const record of session.requests)
    if (record.type === "subscribe") for (const { topicFilter } of record.subscriptions) asked.add(topicFilter)
  const groups = new Map<number, Wanted<Recipient>[]>()
  for (const wanted of session.subscriptions.all) {
    if (wanted.granted !== undefined || asked.has(wanted.topicFilter)) continue
    const forbidden = forbiddenSubscription(wanted.topicFilter, facts.limits)
    if (forbidden !== undefined) {
      noteRefusal(scope, wanted.topicFilter, forbidden)
      continue
    }
    groups.set(wanted.identifier, [...(groups.get(wanted.identifier) ?? []), wanted])
  }
  return [...groups].flatMap(([identifier, group]) =>
    splitSubscriptions(group.map(optionsOf), facts.limits.maximumPacketSize).map((piece) =>
      subscribeRecord(piece, identifier, NO_PROPERTIES),
    ),
  )
}

/** The present server forbids it, and it is not asked. */
export function refuseRequest(scope: ClientScope, record: RequestRecord, failure: NotSentError): void {
  if (record.ref !== 0) {
    scope.calls.fail(record.ref as Ref, failure)
    record.ref = 0
  } else if (record.type === "subscribe") {
    for (const { topicFilter } of record.subscriptions)
      if (scope.session.subscriptions.get(topicFilter) !== undefined)
        noteRefusal(scope, topicFilter, forbiddenSubscription(topicFilter, scope.facts.limits) ?? PACKET_TOO_LARGE)
  }
}

export function finishSubscribe(scope: ClientScope, record: SubscribeRecord): void {
  const codes = (record.answer as Suback).reasonCodes
  const outcomes = record.subscriptions.map(({ topicFilter }, index): SubscribeOutcome => {
    const reasonCode = codes[index] ?? 0x80
    return { topicFilter, reasonCode, grantedQos: reasonCode < 0x80 ? (reasonCode as QoS) : undefined }
  })
  for (const outcome of outcomes) note(scope, outcome, record.identifier)
  leaveUnwanted(scope, outcomes)
  if (record.ref !== 0) scope.calls.reply(record.ref as Ref, outcomes)
}

/** Granted after its caller had left: the server is told that nobody wants it any more. */
function leaveUnwanted(scope: ClientScope, outcomes: readonly SubscribeOutcome[]): void {
  const { requests, subscriptions } = scope.session
  const leaving = new Set<string>()
  for (const record of requests)
    if (record.type === "unsubscribe") for (const topicFilter of record.topicFilters) leaving.add(topicFilter)
  const unwanted = outcomes
    .filter(({ grantedQos }) => grantedQos !== undefined)
    .map(({ topicFilter }) => topicFilter)
    .filter((topicFilter) => subscriptions.get(topicFilter) === undefined && !leaving.has(topicFilter))
  if (unwanted.length > 0) requests.append(unsubscribeRecord(unwanted, NO_PROPERTIES))
}

export function finishUnsubscribe(scope: ClientScope, record: UnsubscribeRecord): void {
  const codes = (record.answer as Unsuback).reasonCodes
  const outcomes = record.topicFilters.map((topicFilter, index): UnsubscribeOutcome => {
    const reasonCode = codes[index] ?? 0 // 3.1.1's UNSUBACK has none: it means success
    if (reasonCode < 0x80) {
      scope.handler.tell({ type: "subscription", status: "down", topicFilter })
      scope.events.emit({ kind: "subscription_down", topicFilter, reasonCode })
    }
    return { topicFilter, reasonCode }
  })
  if (record.ref !== 0) scope.calls.reply(record.ref as Ref, outcomes)
}

/** The owner leaves; when it was the last, the server is told. Returns the record to wait for, if there is one. */
export function leaveFilter(scope: ClientScope, topicFilter: string, owner: Recipient): UnsubscribeRecord | undefined {
  const wanted = scope.session.subscriptions.get(topicFilter)
  if (scope.session.subscriptions.leave(topicFilter, owner) !== "last") return undefined
  // Never granted and nobody asking: the server does not know of it.
  const asking = [...scope.session.requests].some(
    (record) => record.type === "subscribe" && record.subscriptions.some((asked) => asked.topicFilter === topicFilter),
  )
  return wanted?.granted === undefined && !asking ? undefined : unsubscribeRecord([topicFilter], NO_PROPERTIES)
}

/** What the answer to one filter means for the declared state, and who is told. */
function note(scope: ClientScope, outcome: SubscribeOutcome, identifier: number): void {
  const { topicFilter, reasonCode, grantedQos } = outcome
  const { session, handler, events } = scope
  const wanted = session.subscriptions.get(topicFilter)
  if (grantedQos === undefined) {
    noteRefusal(scope, topicFilter, reasonCode)
    return
  }
  session.subscriptions.grant(topicFilter, grantedQos, identifier)
  const requested = wanted === undefined ? grantedQos : optionsOf(wanted).qos
  if (grantedQos < requested) {
    handler.tell({ type: "subscription", status: { warn: { requested, granted: grantedQos } }, topicFilter })
    events.emit({ kind: "subscription_warn", topicFilter, requested, granted: grantedQos })
    return
  }
  handler.tell({ type: "subscription", status: "up", topicFilter })
  events.emit({ kind: "subscription_up", topicFilter, reasonCode })
}

function noteRefusal({ handler, events }: ClientScope, topicFilter: string, reasonCode: number): void {
  handler.tell({ type: "subscription", status: { error: reasonCode }, topicFilter })
  events.emit({ kind: "subscription_down", topicFilter, reasonCode })
}

/** The error of the single form when the filter was refused. */
export function subscribeRefusal(outcome: SubscribeOutcome): RejectedError {
  return new RejectedError({ type: "suback", reasonCode: outcome.reasonCode, properties: NO_PROPERTIES })
}
