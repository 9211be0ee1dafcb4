/**
 * What the session actor hears. A record is its own message: new, or with its work done.
 */

import type { OutgoingRecord } from "../session/index.js"

export type SessionMessage =
  | OutgoingRecord
  /** A link is up; `scope.facts` and `scope.port` are its. */
  | { readonly type: "link_up" }
  | { readonly type: "link_down" }
  /** Its caller left: what is unsent is withdrawn, what was sent finishes in the background. */
  | { readonly type: "withdraw"; readonly record: OutgoingRecord }
  /** Calls back once, when nothing is in flight or waiting any more. */
  | { readonly type: "drain"; readonly drained: () => void }
