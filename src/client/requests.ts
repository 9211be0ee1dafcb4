/**
 * SUBSCRIBE and UNSUBSCRIBE as calls: the record exists, and the wanted set is changed, before anything else happens.
 */

import {
  type ClientScope,
  forbiddenRequest,
  leaveFilter,
  type Recipient,
  type SubscribeOutcome,
  type UnsubscribeOutcome,
} from "../actors/index.js"
import {
  NO_PROPERTIES,
  type Properties,
  parseTopicFilter,
  type SubscriptionOptions,
  type UserProperties,
} from "../codec/index.js"
import { StoppedError } from "../errors.js"
import type { Ref } from "../runtime/index.js"
import { optionsOf, type RequestRecord, subscribeRecord, unsubscribeRecord } from "../session/index.js"
import { checkPacket } from "./check-packet.js"
import { openCall } from "./open-call.js"
import type { CallOptions } from "./option-types.js"
import { ownProperties } from "./parse-publish.js"

const TIMEOUT_MS = 30_000

export interface RequestOptions extends CallOptions {
  readonly userProperties?: UserProperties | undefined
}

/** Asks for the filters on behalf of `owner`. A refused filter is not wanted any more. @throws InvalidOptionError, NotSentError */
export function requestSubscribe(
  scope: ClientScope,
  subscriptions: readonly SubscriptionOptions[],
  owner: Recipient,
  options: RequestOptions,
): Promise<readonly SubscribeOutcome[]> {
  const properties = propertiesOf(options)
  checkPacket({ type: "subscribe", packetId: 1, subscriptions, properties })
  const wanted = scope.session.subscriptions
  const identifier = wanted.nextIdentifier()
  checkAllowed(scope, subscribeRecord(subscriptions, identifier, properties))
  const claims = subscriptions.map((asked) => wanted.want(asked, matchFilterOf(asked.topicFilter), owner, identifier))
  const record = subscribeRecord(
    claims.map((claim) => optionsOf(claim.wanted)),
    identifier,
    properties,
  )
  const settle = (outcomes: readonly SubscribeOutcome[]) => {
    for (const [index, claim] of claims.entries())
      if (outcomes[index]?.grantedQos === undefined) claim.withdraw()
      else claim.confirm()
  }
  try {
    const asked = open<readonly SubscribeOutcome[]>(scope, record, "subscribe", options)
    asked.then(settle, () => settle([]))
    return asked
  } catch (error) {
    settle([])
    throw error
  }
}

/** The owner leaves the filters; those that no other owner wants are told to the server, and so are those nobody knows of. */
export async function requestUnsubscribe(
  scope: ClientScope,
  topicFilters: readonly string[],
  owner: Recipient,
  options: RequestOptions,
): Promise<readonly UnsubscribeOutcome[]> {
  const properties = propertiesOf(options)
  checkPacket({ type: "unsubscribe", packetId: 1, topicFilters, properties })
  checkAllowed(scope, unsubscribeRecord(topicFilters, properties))
  const told = topicFilters.filter(
    (topicFilter) =>
      scope.session.subscriptions.get(topicFilter) === undefined ||
      leaveFilter(scope, topicFilter, owner) !== undefined,
  )
  const outcomes = told.length === 0 ? [] : await ask(scope, told, properties, options)
  return topicFilters.map(
    (topicFilter) => outcomes.find((outcome) => outcome.topicFilter === topicFilter) ?? { topicFilter, reasonCode: 0 },
  )
}

function ask(
  scope: ClientScope,
  told: readonly string[],
  properties: Properties<"unsubscribe">,
  options: RequestOptions,
): Promise<readonly UnsubscribeOutcome[]> {
  return open(scope, unsubscribeRecord(told, properties), "unsubscribe", options)
}

function propertiesOf({ userProperties }: RequestOptions): Properties<"subscribe"> & Properties<"unsubscribe"> {
  return userProperties === undefined ? NO_PROPERTIES : ownProperties({ userProperties })
}

/** What the server of the present link forbids is refused here. @throws NotSentError */
function checkAllowed(scope: ClientScope, record: RequestRecord): void {
  const failure = scope.port.open ? forbiddenRequest(record, scope.facts) : undefined
  if (failure !== undefined) throw failure
}

/** @throws StoppedError */
function open<T>(scope: ClientScope, record: RequestRecord, what: string, options: CallOptions): Promise<T> {
  if (scope.status === "stopped") throw new StoppedError("stopped", "the client is stopped")
  const ref: Ref = openCall(scope, {
    what,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    signal: options.signal,
    left: () => scope.names.session.send({ type: "withdraw", record }),
  })
  const promise = scope.calls.promise<T>(ref)
  record.ref = ref
  scope.session.requests.append(record)
  scope.names.session.send(record)
  return promise
}

/** What topics are matched against: the filter without `$share/name/`. */
export function matchFilterOf(topicFilter: string): string {
  const parsed = parseTopicFilter(topicFilter)
  return "matchFilter" in parsed ? parsed.matchFilter : topicFilter
}
