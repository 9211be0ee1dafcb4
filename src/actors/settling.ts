/**
 * A publication has come to its end: its caller gets the reply that bears its reference.
 */

import type { Puback, Pubcomp, Pubrec } from "../codec/index.js"
import type { Ref } from "../runtime/index.js"
import { type Delivered, type PublishRecord, RejectedError } from "../session/index.js"
import type { ClientScope } from "./scope.js"

/** PUBCOMP 0x92 after a repeated PUBREL: the server had completed it and forgotten it. */
const PACKET_IDENTIFIER_NOT_FOUND = 0x92

export const QOS0_OUTCOME: { readonly qos: 0 } = Object.freeze({ qos: 0 })

export function settlePublish(scope: ClientScope, record: PublishRecord): void {
  if (record.ref === 0) return
  const { ref } = record
  const failure = record.failure ?? refusal(record)
  if (failure !== undefined) scope.calls.fail(ref as Ref, failure)
  else scope.calls.reply(ref as Ref, outcome(record))
  record.ref = 0
}

function refusal(record: PublishRecord): RejectedError | undefined {
  const { answer } = record
  if (answer === undefined || answer.reasonCode < 0x80) return undefined
  const delivered = answer.type === "pubcomp" && answer.reasonCode === PACKET_IDENTIFIER_NOT_FOUND && record.pubrels > 1
  return delivered ? undefined : new RejectedError(answer)
}

function outcome(record: PublishRecord): Delivered | { readonly qos: 0 } {
  const { packetId, pubrec, answer } = record
  if (record.qos === 0) return QOS0_OUTCOME
  if (record.qos === 1) return { qos: 1, packetId, puback: answer as Puback }
  return { qos: 2, packetId, pubrec: pubrec as Pubrec, pubcomp: answer as Pubcomp }
}
