/**
 * What a client tells those who listen. A closed union; listeners that throw lose their event and nothing else (case 85).
 */

import type { Connack, QoS } from "../codec/index.js"
import type { Logger } from "../logger.js"
import type { DownCause } from "../session/index.js"
import type { Message } from "./message.js"

export type ClientEvent =
  | { readonly kind: "up"; readonly connack: Connack }
  | { readonly kind: "down"; readonly cause: DownCause }
  /** Once for every attempt that fails; `retryInMs` undefined: no further attempt is made. */
  | {
      readonly kind: "connect_failed"
      readonly cause: DownCause
      readonly attempt: number
      readonly retryInMs: number | undefined
    }
  | { readonly kind: "ping"; readonly roundTripMs: number }
  | {
      readonly kind: "subscription_up" | "subscription_down"
      readonly topicFilter: string
      readonly reasonCode: number
    }
  | { readonly kind: "subscription_warn"; readonly topicFilter: string; readonly requested: QoS; readonly granted: QoS }
  | { readonly kind: "dropped"; readonly direction: "in" | "out"; readonly topic: string; readonly reason: string }
  /** The message that a handler crashed on; the only copy left. */
  | { readonly kind: "dead_letter"; readonly message: Message; readonly error: unknown }
  | { readonly kind: "handler_crash"; readonly error: unknown }
  /** One of the client's actors was restarted. */
  | { readonly kind: "restart"; readonly child: string }
  | { readonly kind: "packet_sent" | "packet_received"; readonly packet: unknown; readonly bytes: number }
  /** The client has ended: `reason` undefined after disconnect(). */
  | { readonly kind: "stopped"; readonly reason: DownCause | undefined }

export type ClientEventKind = ClientEvent["kind"]
/** All but the packets. */
export type QuietEventKind = Exclude<ClientEventKind, "packet_sent" | "packet_received">

export const CLIENT_EVENT_KINDS: readonly ClientEventKind[] = [
  "up",
  "down",
  "connect_failed",
  "ping",
  "subscription_up",
  "subscription_down",
  "subscription_warn",
  "dropped",
  "dead_letter",
  "handler_crash",
  "restart",
  "packet_sent",
  "packet_received",
  "stopped",
]

export class EventHub {
  readonly #listeners = new Map<ClientEventKind, Set<(event: never) => void>>()
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** Whether anybody listens: what nobody hears need not be built. */
  wants(kind: ClientEventKind): boolean {
    return this.#listeners.has(kind)
  }

  /** Returns what takes the listener away again. */
  on(kind: ClientEventKind, listener: (event: never) => void): () => void {
    const entry = (event: never) => listener(event) // the same listener may be there twice
    const listeners = this.#listeners.get(kind) ?? new Set()
    this.#listeners.set(kind, listeners.add(entry))
    return () => {
      listeners.delete(entry)
      if (listeners.size === 0 && this.#listeners.get(kind) === listeners) this.#listeners.delete(kind)
    }
  }

  emit(event: ClientEvent): void {
    const listeners = this.#listeners.get(event.kind)
    if (listeners === undefined) return
    for (const listener of [...listeners]) {
      try {
        // A listener may be async: its rejection is its author's fault, and ends here as its throw does.
        const result: unknown = (listener as (event: ClientEvent) => unknown)(event)
        if (result instanceof Promise) result.catch((error: unknown) => this.#blame(event.kind, error))
      } catch (error) {
        this.#blame(event.kind, error)
      }
    }
  }

  #blame(kind: ClientEventKind, error: unknown): void {
    this.#logger.error({ err: error, event: kind }, "an event listener threw")
  }
}
