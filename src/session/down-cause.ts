/**
 * Why there is no link: a closed union, so that users can branch on it.
 */

import type { Connack, Disconnect } from "../codec/index.js"

export type DownCause =
  | { readonly kind: "server_disconnect"; readonly packet: Disconnect; readonly reasonCode: number }
  /** CONNACK refused; the code as the server sent it, so of 3.1.1 a return code from 1 to 5. */
  | { readonly kind: "refused"; readonly connack: Connack; readonly reasonCode: number }
  | {
      readonly kind: "ping_timeout" | "attempt_timeout" | "overload" | "recycle" | "session_mismatch" | "user"
    }
  /** The link ended, or never came to be; `error` is the platform's, if it gave one. */
  | { readonly kind: "closed"; readonly error: Error | undefined }
  /** The server broke the protocol; `reasonCode` is what our DISCONNECT said. */
  | { readonly kind: "protocol_error"; readonly reasonCode: number; readonly error: Error }
