/**
 * One try to open a transport. What it leads to, and what its socket says later, arrives with the epoch of the link.
 */

import type { TransportSink } from "../transport/index.js"
import type { SocketMessage } from "./connection-messages.js"
import type { ClientScope } from "./scope.js"

/** Returns what gives the try up. */
export function openLink(scope: ClientScope, epoch: number, hear: (message: SocketMessage) => void): () => void {
  const abort = new AbortController()
  const sink: TransportSink = {
    data: (chunk) => hear({ type: "data", epoch, chunk }),
    drained: () => hear({ type: "link_drained", epoch }),
    closed: (error) => hear({ type: "failed", epoch, cause: { kind: "closed", error } }),
  }
  // In an async function, so that a user's transport that throws at once is no different from one that rejects.
  const open = async () => scope.settings.transport.open(sink, { attempt: scope.attempts, signal: abort.signal })
  open().then(
    (link) => hear({ type: "opened", epoch, link }),
    (error: unknown) => hear({ type: "failed", epoch, cause: { kind: "closed", error: asError(error) } }),
  )
  return () => abort.abort()
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
