/**
 * What an actor runs. The kernel knows nothing else of it: a behavior, a compiled statechart and a supervisor are programs.
 */

import type { ExitReason } from "./exit.js"
import type { ActorRef, Ref } from "./ref.js"

/** News of another actor's end, delivered in mailbox order. */
export class Signal {
  /** `down`: monitored; `exited`: linked, and this one traps exits; `child`: a child of this supervisor. */
  readonly kind: "down" | "exited" | "child"
  readonly from: ActorRef<never>
  readonly reason: ExitReason
  /** Of the monitor; 0 for the other kinds. */
  readonly ref: Ref

  constructor(kind: Signal["kind"], from: ActorRef<never>, reason: ExitReason, ref: Ref = 0 as Ref) {
    this.kind = kind
    this.from = from
    this.reason = reason
    this.ref = ref
  }
}

/**
 * `init`, `handle` and `signal` return nothing, or a promise: then the actor is busy until it settles, and `settled`
 * gets its value, unless the actor has ended meanwhile. A throw or a rejection is a crash.
 */
export interface Program<in Message> {
  readonly kind: "actor" | "statechart" | "supervisor"
  /** The statechart's definition, for inspectors. */
  readonly definition?: object | undefined
  init(): PromiseLike<unknown> | undefined
  handle(message: Message): PromiseLike<unknown> | undefined
  settled?(value: unknown): void
  signal?(signal: Signal): PromiseLike<unknown> | undefined
  /** Inline, while the child ends: true when there is nothing more to do about it. */
  childEnded?(child: ActorRef<never>, reason: ExitReason): boolean
  /** On a crash in a callback, on the actor's own stop, on shutdown by the parent; never on kill. */
  terminate?(reason: ExitReason): PromiseLike<unknown> | undefined
  snapshot?(): unknown
}

/** What a callback may return where it may be asynchronous. */
export type MaybePromise<T> = T | Promise<T>

export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return (
    typeof value === "object" && value !== null && typeof (value as { readonly then?: unknown }).then === "function"
  )
}
