/**
 * Asking a supervisor: the work is done in its own turn, at the outermost level, and the answer comes back as a promise.
 */

import { type Actor, ExitedError, type ExitReason, isPromise, type Name, NoProcessError } from "../runtime/index.js"
import type { Eventually } from "./in-turn.js"

export interface Request<P> {
  /** Never throws; a promise while the supervisor is busy with it. */
  perform(program: P): Eventually<unknown>
}

/** Rejects what `work` throws, NoProcessError when the supervisor does not live, ExitedError when it ends first. */
export function ask<P, T>(name: Name<Request<P>>, work: (program: P) => Eventually<T>): Promise<T> {
  const actor = name.whereis()
  const answer = actor === undefined ? refuse<T>(name.label) : request(actor, work)
  answer.catch(() => undefined) // a promise that nobody looks at must not end the process
  return answer
}

function refuse<T>(label: string): Promise<T> {
  return Promise.reject(new NoProcessError(`${label} does not live`))
}

function request<P, T>(actor: Actor<Request<P>>, work: (program: P) => Eventually<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const watcher = {
      ended: (_actor: Actor<never>, reason: ExitReason) => reject(new ExitedError(actor.label, reason)),
    }
    const settle = (answer: () => void) => {
      actor.unwatch(watcher)
      answer()
    }
    actor.watch(watcher)
    const perform = (program: P): Eventually<unknown> => {
      try {
        const result = work(program)
        if (!isPromise(result)) return settle(() => resolve(result))
        return result.then(
          (value) => settle(() => resolve(value)),
          (error: unknown) => settle(() => reject(error)),
        )
      } catch (error) {
        return settle(() => reject(error))
      }
    }
    actor.system.post(() => actor.send({ perform }))
  })
}

/** Children of a supervisor that ends abnormally are shut down all the same; `detail` tells them why, for those who care. */
export function reasonForChildren(reason: ExitReason): ExitReason {
  return reason.kind === "shutdown" ? reason : { kind: "shutdown", detail: reason }
}
