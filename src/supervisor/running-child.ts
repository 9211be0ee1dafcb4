/**
 * Starting and stopping one child: in time, or killed.
 *
 * Both are synchronous when the child is: then a restart is over before anything else runs.
 */

import { type Actor, actorOf, type ExitReason, isPromise, KILLED, SHUTDOWN, StartError } from "../runtime/index.js"
import type { ChildSpec, Slot, Started } from "./child-spec.js"

const START_TIMEOUT_MS = 5_000
const SHUTDOWN_MS = 5_000

/** What is supervised, and the handle it is known by. It may have ended already, as after any start. */
export interface Running {
  readonly actor: Actor<never>
  readonly handle: unknown
}

/** @throws StartError, also as rejection */
export function startChild(
  spec: ChildSpec,
  slot: Slot,
  exited: (actor: Actor<never>, reason: ExitReason) => void,
): Running | Promise<Running> {
  let outcome: Started<unknown> | Promise<Started<unknown>>
  try {
    outcome = spec.start(slot)
  } catch (error) {
    throw asStartError(spec.id, error)
  }
  if (!isPromise(outcome)) return running(spec, slot, outcome, exited)
  return bounded(spec, slot, outcome).then((started) => running(spec, slot, started, exited))
}

/** Ends the child with `reason` within its shutdown time, else kills it. A promise only when that takes time. */
export function stopChild(spec: ChildSpec, child: Actor<never>, reason: ExitReason): undefined | Promise<void> {
  const shutdown = spec.shutdown ?? (spec.type === "supervisor" ? "infinity" : SHUTDOWN_MS)
  if (shutdown === "brutal_kill") child.exit(KILLED)
  else child.shutdown(reason, "by_caller")
  if (child.exitReason !== undefined) return undefined
  return new Promise((resolve) => {
    const cancel =
      shutdown === "infinity" || shutdown === "brutal_kill"
        ? () => undefined
        : child.system.clock.setTimer(() => child.system.run(() => child.exit(KILLED)), shutdown)
    child.watch({
      ended: () => {
        cancel()
        resolve()
      },
    })
  })
}

function bounded(spec: ChildSpec, slot: Slot, outcome: Promise<Started<unknown>>): Promise<Started<unknown>> {
  const limitMs = spec.startTimeoutMs ?? START_TIMEOUT_MS
  const { starting, parent, system } = slot
  return new Promise((resolve, reject) => {
    let late = false
    const cancel = system.clock.setTimer(() => {
      late = true
      over()
      system.run(() => starting?.exit(KILLED))
      reject(new StartError(spec.id, `start did not end within ${limitMs} ms`))
    }, limitMs)
    const disown = parent.own(cancel)
    const over = (): void => {
      disown()
      cancel()
      if (slot.starting === starting) slot.starting = undefined // else the slot is on its next start already
    }
    outcome.then(
      (started) => {
        over()
        if (late) actorOf(started.ref)?.shutdown(SHUTDOWN)
        else resolve(started)
      },
      (error: unknown) => {
        over()
        reject(asStartError(spec.id, error))
      },
    )
  })
}

function running(
  spec: ChildSpec,
  slot: Slot,
  started: Started<unknown>,
  exited: (actor: Actor<never>, reason: ExitReason) => void,
): Running {
  const actor = actorOf(started.ref)
  if (actor === undefined) throw new StartError(spec.id, "what it started does not live")
  if (actor.parent !== slot.parent && actor.exitReason === undefined) bind(actor, slot.parent, exited)
  return { actor, handle: started.handle }
}

/** A child that was started elsewhere is tied to its supervisor by hand: it reports its end and does not outlive it. */
function bind(
  actor: Actor<never>,
  parent: Actor<never>,
  exited: (actor: Actor<never>, reason: ExitReason) => void,
): void {
  const disown = parent.own(() => actor.system.post(() => actor.orphaned(KILLED)))
  actor.watch({
    ended: (_actor, reason) => {
      disown()
      exited(actor, reason)
    },
  })
}

function asStartError(id: string, error: unknown): StartError {
  if (error instanceof StartError) return error
  return new StartError(id, error instanceof Error ? error.message : String(error), error)
}
