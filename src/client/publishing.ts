/**
 * PUBLISH as a call: checked, recorded, and on its way.
 */

import { type ClientScope, forbidden, QOS0_OUTCOME } from "../actors/index.js"
import { StoppedError } from "../errors.js"
import type { CallRequest } from "../runtime/index.js"
import { NotSentError, type PublishRecord, publishRecord } from "../session/index.js"
import type { PublishOutcome } from "./client.js"
import { openCall } from "./open-call.js"
import type { CallOptions } from "./option-types.js"
import type { Publication } from "./parse-publish.js"

/** What may wait: for a link, for quota, and on the way out of a congested link. */
const MAXIMUM_QUEUED = 10_000
const MAXIMUM_QUEUED_BYTES = 64 * 1_048_576

/** Of every publish without timeout and signal: one object for all. */
const PUBLISH: CallRequest = Object.freeze({ what: "publish", timeoutMs: 0 })
const TAKEN: Promise<PublishOutcome> = Promise.resolve(QOS0_OUTCOME)

/** @throws StoppedError, NotSentError, before anything is written */
export function publishCall(
  scope: ClientScope,
  publication: Publication,
  options: CallOptions | undefined,
): Promise<PublishOutcome> {
  if (publication.qos === 0 && goesStraight(scope, publication)) return sendQos0(scope, publication, options)
  checkRoom(scope, publication)
  const record = mayLeave(options) ? recordOf(ownCopy(publication)) : recordOf(publication)
  const ref = openCall(scope, mayLeave(options) ? withdrawable(scope, record, options) : PUBLISH)
  const promise = scope.calls.promise<PublishOutcome>(ref)
  record.ref = ref
  enqueue(scope, record)
  return promise
}

/** Without a caller: nobody learns when the payload's array is free again, so that it is copied. @throws as publishCall */
export function publishOnly(scope: ClientScope, publication: Publication): void {
  if (publication.qos === 0 && goesStraight(scope, publication)) {
    if (!scope.port.takeCredit()) checkFlow(scope)
    scope.port.publish(publication, 0, false)
    return
  }
  checkRoom(scope, publication)
  enqueue(scope, recordOf(ownCopy(publication)))
}

/** QoS 0 needs no record when it can leave at once, and overtakes no other QoS 0. */
function goesStraight(scope: ClientScope, publication: Publication): boolean {
  checkAllowed(scope, publication)
  return scope.port.open && scope.session.waitingQos0 === 0
}

function sendQos0(
  scope: ClientScope,
  publication: Publication,
  options: CallOptions | undefined,
): Promise<PublishOutcome> {
  const { port } = scope
  const atOnce = port.takeCredit()
  if (!atOnce) checkFlow(scope)
  port.publish(publication, 0, false)
  if (atOnce) return TAKEN
  const ref = openCall(scope, mayLeave(options) ? { ...PUBLISH, ...limitsOf(options) } : PUBLISH)
  const promise = scope.calls.promise<PublishOutcome>(ref)
  port.whenTaken(() => scope.calls.reply(ref, QOS0_OUTCOME))
  return promise
}

function ownCopy(publication: Publication): Publication {
  return { ...publication, payload: new Uint8Array(publication.payload) }
}

function checkFlow({ port }: ClientScope): void {
  if (port.pendingBytes > MAXIMUM_QUEUED_BYTES)
    throw new NotSentError("queue_full", "the link does not take what is sent")
}

function enqueue(scope: ClientScope, record: PublishRecord): void {
  scope.session.append(record)
  scope.names.session.send(record)
}

/** A caller who may leave before the end is then free to use the array again, and what was sent may have to be sent once more. */
function mayLeave(options: CallOptions | undefined): options is CallOptions {
  return options !== undefined && (options.timeoutMs !== undefined || options.signal !== undefined)
}

function limitsOf({ timeoutMs = 0, signal }: CallOptions): Pick<CallRequest, "timeoutMs" | "signal"> {
  return { timeoutMs, signal }
}

function withdrawable(scope: ClientScope, record: PublishRecord, options: CallOptions): CallRequest {
  const left = () => scope.names.session.send({ type: "withdraw", record })
  return { ...PUBLISH, ...limitsOf(options), left }
}

function recordOf(publication: Publication): PublishRecord {
  return publishRecord(publication, publication.payload, publication.payload.length + publication.topic.length)
}

function checkRoom(scope: ClientScope, publication: Publication): void {
  if (publication.qos !== 0) checkAllowed(scope, publication)
  const { port } = scope
  const { publishes, waiting, waitingBytes } = scope.session
  if (port.open && publishes.cursor === undefined) return // it does not have to wait
  if (waiting >= MAXIMUM_QUEUED || waitingBytes > MAXIMUM_QUEUED_BYTES)
    throw new NotSentError("queue_full", `${waiting} messages wait already`)
}

/** What the server of the present link forbids is refused here: a throw inside an actor would cost more. */
function checkAllowed(scope: ClientScope, publication: Publication): void {
  if (scope.stopRequest !== undefined || scope.status === "stopped")
    throw new StoppedError("stopped", "the client is stopped")
  if (!scope.port.open) return
  const failure = forbidden(publication, scope.facts)
  if (failure !== undefined) throw failure
}
