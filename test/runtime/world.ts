/**
 * A world to test actors in: manual time, a listening logger, and an actor that does what each message says.
 */
import type { Logger } from "../../src/logger.js"
import {
  type ActorDefinition,
  type ActorOptions,
  type ActorRef,
  ActorSystem,
  type Behavior,
  type Context,
  defineActor,
  type ExitReason,
  type MaybePromise,
  type Next,
  startActor,
} from "../../src/runtime/index.js"
import { type ManualClock, manualClock } from "../../src/testing/index.js"

export interface World {
  readonly clock: ManualClock
  readonly system: ActorSystem
  /** Level and text of every line logged. */
  readonly logged: string[]
  /** What the test's actors noted, in order. */
  readonly notes: string[]
  readonly note: (text: string) => void
}

export function world(): World {
  const logged: string[] = []
  const notes: string[] = []
  const clock = manualClock()
  return {
    clock,
    system: new ActorSystem(clock, listening(logged), () => 0.5),
    logged,
    notes,
    note: (text) => {
      notes.push(text)
    },
  }
}

/** A message that says what to do with it. */
export type Do = (context: Context<Do>) => MaybePromise<Next<unknown>>

/** Does what each message says; `extra` replaces callbacks. */
export function doer(extra: Partial<Behavior<void, Do, unknown>> = {}): ActorDefinition<void, Do> {
  return defineActor<void, Do, unknown>({
    init: () => undefined,
    handle: (message, _state, context) => message(context),
    ...extra,
  })
}

export function startDoer(
  { system }: World,
  extra: Partial<Behavior<void, Do, unknown>> = {},
  options: ActorOptions = {},
): Promise<ActorRef<Do>> {
  return startActor(doer(extra), undefined, { system, ...options })
}

/** A promise with its handles outside. */
export interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

export function deferred<T = void>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<T>((take, refuse) => {
    resolve = take
    reject = refuse
  })
  return { promise, resolve, reject }
}

/** Runs `work` on the stack of a fresh actor. */
export async function inside(at: World, work: Do): Promise<void> {
  const ref = await startDoer(at)
  ref.send(work)
}

export function throwing(message: string): never {
  throw new Error(message)
}

/** "crash boom", "shutdown", … */
export function inWords(reason: ExitReason): string {
  return reason.kind === "crash" ? `crash ${(reason.error as Error).message}` : reason.kind
}

function listening(lines: string[]): Logger {
  const line =
    (level: string) =>
    (_fields: object, message = ""): void => {
      lines.push(`${level} ${message}`)
    }
  return { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") }
}
