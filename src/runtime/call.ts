/**
 * Asking an actor and waiting for its answer (GenServer.call with a delegated reply).
 */

import { AbortedError } from "../errors.js"
import type { Actor } from "./actor.js"
import { Calls } from "./calls.js"
import { ExitedError, NoProcessError } from "./errors.js"
import type { ExitReason } from "./exit.js"
import { actorOf } from "./lookup.js"
import type { ActorRef, Ref, ReplyTo } from "./ref.js"
import type { ActorSystem } from "./system.js"

export interface CallOptions {
  /** Default 5,000; 0: none. */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

const DEFAULT_TIMEOUT_MS = 5_000

/** The callers outside of any client tree share one table a system. */
const tables = new WeakMap<ActorSystem, Calls>()

/**
 * Sends the message that `makeMessage` builds around the place for the answer, and waits for it.
 *
 * Rejects TimedOutError, AbortedError, ExitedError when the actor ends first, NoProcessError when it does not live or
 * when an actor calls itself from its own callback (it could never answer); and with what `makeMessage` throws.
 */
export function call<Message, Value, const Sent extends Message>(
  ref: ActorRef<Message>,
  makeMessage: (replyTo: ReplyTo<Value>) => Sent,
  options: CallOptions = {},
): Promise<Value> {
  const actor = actorOf(ref)
  if (actor === undefined || !actor.alive) return refused(new NoProcessError("the actor called does not live"))
  const { system } = actor
  if (system.current === actor) return refused(new NoProcessError(`${actor.label} calls itself`))
  if (options.signal?.aborted === true) return refused(new AbortedError("call", options.signal.reason))
  const calls = callsOf(system)
  const what = `call to ${actor.label}`
  const opened: Ref = calls.open({
    what,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    signal: options.signal,
    left: () => actor.unwatch(watcher),
  })
  const watcher = {
    ended: (_actor: Actor<never>, reason: ExitReason) => calls.fail(opened, new ExitedError(what, reason)),
  }
  actor.watch(watcher)
  const answer = (settle: () => void) => {
    actor.unwatch(watcher)
    settle()
  }
  const promise = calls.promise<Value>(opened)
  const replyTo: ReplyTo<Value> = {
    reply: (value) => answer(() => calls.reply(opened, value)),
    fail: (error) => answer(() => calls.fail(opened, error)),
  }
  let message: Sent
  try {
    message = makeMessage(replyTo)
  } catch (error) {
    replyTo.fail(error as Error) // the caller's own error comes back as it is
    return promise
  }
  ref.send(message)
  return promise
}

function callsOf(system: ActorSystem): Calls {
  const existing = tables.get(system)
  if (existing !== undefined) return existing
  const calls = new Calls(system.clock)
  tables.set(system, calls)
  return calls
}

/** A rejected promise that does not end the process when nobody looks at it. */
function refused<T>(error: Error): Promise<T> {
  const promise = Promise.reject<T>(error)
  promise.catch(() => undefined)
  return promise
}
