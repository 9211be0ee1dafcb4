/**
 * Opens a call in the mailbox of all JavaScript callers.
 */

import type { ClientScope } from "../actors/index.js"
import { type CallRequest, type Ref, TooManyCallsError } from "../runtime/index.js"
import { NotSentError } from "../session/index.js"

/** @throws NotSentError queue_full: as many calls are open as refs can tell apart */
export function openCall({ calls }: ClientScope, request: CallRequest): Ref {
  try {
    return calls.open(request)
  } catch (error) {
    if (error instanceof TooManyCallsError) throw new NotSentError("queue_full", error.message)
    throw error
  }
}
