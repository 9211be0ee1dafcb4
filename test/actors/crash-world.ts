/**
 * Ways to end an actor of a client in the middle of its work, and to look at what is left.
 */
import type { Client } from "terrapin"
import type { ClientScope } from "../../src/actors/index.js"
import { type Actor, type ActorSystem, actorOf, crash, stop, treeOf } from "../../src/runtime/index.js"
import { settle } from "../../src/testing/index.js"

/** `kill` cannot be answered; `crash` is what a callback that throws leads to. */
export const WAYS: readonly Way[] = ["kill", "crash"]
export type Way = "kill" | "crash"

/** Ends the actor as soon as no other is on the stack. */
export function end(actor: Actor<never>, way: Way): void {
  void stop(actor, way === "kill" ? { kind: "kill" } : crash(new Error("planted")))
}

/** The client's living actors, parents first, in start order. */
export function actorsOf(client: Client): readonly Actor<never>[] {
  const root = actorOf(client.ref)
  return root === undefined ? [] : below(root)
}

/** The living actor of that label, and in that state of its chart if one is given. */
export function actorIn(client: Client, label: string, state?: string): Actor<never> {
  const actors = actorsOf(client)
  const found = actors.find((actor) => actor.label === label && (state === undefined || stateOfActor(actor) === state))
  if (found !== undefined) return found
  const there = actors.map((actor) => `${actor.label} ${stateOfActor(actor)}`)
  throw new Error(`no ${label} in ${state ?? "any state"}, only ${there.join(", ")}`)
}

export async function endActor(client: Client, label: string, state: string | undefined, way: Way): Promise<void> {
  end(actorIn(client, label, state), way)
  await settle()
}

/** The active leaf of its chart as a dotted path; of other actors "idle", "waiting", … */
export function stateOfActor(actor: Actor<never>): string {
  return treeOf(actor).state
}

export interface Prey {
  readonly label: string
  readonly state: string
  readonly spared: number
  readonly victim?: string
}

export interface Hunter {
  /**
   * Ends the next actor of that label that is seen in that state, after letting `spared` of its kind go; or, in the instant
   * in which it is seen, the victim.
   */
  hunt(prey: Prey, way: Way): void
  /** How many it got. */
  readonly hits: number
}

/** Watches a client's actors at each of their steps. It strikes between two of them, before anything else is read or fires. */
export function hunter(system: ActorSystem, client: Client): Hunter {
  let wanted: (Prey & { readonly way: Way }) | undefined
  let spared = 0
  let looking = false
  let hits = 0
  const look = () => {
    looking = false
    const prey = actorsOf(client).find(
      (actor) => actor.label === wanted?.label && actor.alive && stateOfActor(actor) === wanted.state,
    )
    if (prey === undefined || wanted === undefined || spared++ < wanted.spared) return
    const { way, victim } = wanted
    wanted = undefined
    hits++
    end(victim === undefined ? prey : actorIn(client, victim), way)
  }
  const lookSoon = () => {
    if (looking || wanted === undefined) return
    looking = true
    system.post(look)
  }
  system.tap = { spawned: lookSoon, event: () => undefined, snapshot: lookSoon, exited: () => undefined }
  return {
    hunt(prey, way) {
      wanted = { ...prey, way }
      spared = 0
    },
    get hits() {
      return hits
    },
  }
}

/** What the actors of a client share, by one of its inflight actors. */
export function scopeOf(client: Client): ClientScope {
  for (const { program } of actorsOf(client)) if ("scope" in program) return program.scope as ClientScope
  throw new Error("no inflight actor lives")
}

/** The method throws once instead of doing its work. */
export function throwsOnce<T extends object>(target: T, method: keyof T & string): void {
  Object.defineProperty(target, method, {
    configurable: true,
    value: () => {
      Reflect.deleteProperty(target, method)
      throw new Error(`planted in ${method}`)
    },
  })
}

/** The next write to the field throws. */
export function refusesOnce<T extends object>(target: T, field: keyof T & string): void {
  const value = target[field]
  Object.defineProperty(target, field, {
    configurable: true,
    enumerable: true,
    get: () => value,
    set() {
      Object.defineProperty(target, field, { configurable: true, enumerable: true, writable: true, value })
      throw new Error(`planted in ${field}`)
    },
  })
}

function below(actor: Actor<never>): Actor<never>[] {
  const found = [actor]
  for (let child = actor.firstChild; child !== undefined; child = child.nextSibling) found.push(...below(child))
  return found
}
