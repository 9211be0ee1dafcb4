/**
 * Watching and binding lives: exited, stop, monitor, link.
 */

import type { Actor } from "./actor.js"
import { downSignal } from "./actor.js"
import { type Context, contextActor } from "./context.js"
import { type ExitReason, NOPROC, NORMAL } from "./exit.js"
import { actorOf } from "./lookup.js"
import type { ActorRef, Ref } from "./ref.js"

/**
 * For code outside actors: resolves with the reason when the actor ends, never rejects. Of an actor that has ended already,
 * its reason; of a name that nobody bears, `noproc`.
 */
export function exited(ref: ActorRef<never>): Promise<ExitReason> {
  const actor = actorOf(ref)
  if (actor === undefined) return Promise.resolve(NOPROC)
  if (actor.exitReason !== undefined) return Promise.resolve(actor.exitReason)
  return new Promise((resolve) => actor.watch({ ended: (_actor, reason) => resolve(reason) }))
}

/**
 * Ends an actor and resolves when it has ended; terminate runs, unless the reason is `kill` (GenServer.stop).
 * Default reason: normal. Its supervisor restarts it as its restart type says.
 */
export function stop(ref: ActorRef<never>, reason: ExitReason = NORMAL): Promise<void> {
  const actor = actorOf(ref)
  if (actor === undefined || actor.exitReason !== undefined) return Promise.resolve()
  const ended = exited(actor).then(() => undefined)
  actor.system.post(() => actor.shutdown(reason))
  return ended
}

/** The actor of the context gets `down` once, when the other ends; at once, with `noproc`, when it does not live (Erlang: monitor/2). */
export function monitor(context: Context<never>, ref: ActorRef<never>): Ref {
  const own = contextActor(context)
  const monitorRef = own.system.nextPid() as Ref
  const other = actorOf(ref)
  if (other !== undefined && other.exitReason === undefined) {
    const watcher = {
      ended: (actor: Actor<never>, reason: ExitReason) => {
        disown()
        own.receive(downSignal(actor.self, reason, monitorRef))
      },
    }
    other.watch(watcher)
    const disown = own.own(() => other.unwatch(watcher))
  } else own.system.post(() => own.receive(downSignal(ref, NOPROC, monitorRef)))
  return monitorRef
}

/**
 * Binds two lives: the abnormal end of one ends the other, unless that one traps exits (Erlang: link/1). To link to what
 * does not live is to hear of its end as `noproc`.
 */
export function link(context: Context<never>, ref: ActorRef<never>): void {
  const own = contextActor(context)
  const other = actorOf(ref)
  if (other === own) return
  if (own.exitReason !== undefined) {
    own.system.revokedActions++
    return
  }
  if (other === undefined || other.exitReason !== undefined) {
    own.system.post(() => own.linkedExit(ref, NOPROC))
    return
  }
  own.link(other)
  other.link(own)
}
