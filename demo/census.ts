/**
 * Which actors live, so that one of them can be picked and killed, and none is left in the end.
 *
 * Clients do not hand out the actors inside them, so this listens where inspectors will: at the system's tap, which is not
 * public yet. Killing itself is public: `stop(ref, { kind: "kill" })`.
 */

import { type ActorRef, stop } from "terrapin"
import type { System } from "terrapin/runtime"

/** An actor as the tap tells of it. */
interface Tapped extends ActorRef<never> {
  readonly label: string
  readonly parent: Tapped | undefined
}

/** The part of the system that inspectors use (src/runtime/tap.ts). */
interface Tappable {
  tap: {
    spawned(actor: Tapped): void
    exited(actor: Tapped): void
    event(): void
    snapshot(): void
  }
}

export class Census {
  readonly #living = new Set<Tapped>()
  #born = 0

  constructor(system: System) {
    const tappable = system as System & Partial<Tappable>
    tappable.tap = {
      spawned: (actor) => {
        this.#living.add(actor)
        this.#born++
      },
      exited: (actor) => this.#living.delete(actor),
      event: () => undefined,
      snapshot: () => undefined,
    }
  }

  /** How many actors there have been. */
  get born(): number {
    return this.#born
  }

  get living(): number {
    return this.#living.size
  }

  /** The first actor of that label inside the client: "connection", "session", or a flow's: "publish", "receive". */
  find(client: string, label: string): ActorRef<never> | undefined {
    for (const actor of this.#living) if (actor.label === label && isWithin(actor, `client ${client}`)) return actor
    return undefined
  }

  /** Kills it without a chance to terminate; false when there is none now. */
  kill(client: string, label: string): boolean {
    const victim = this.find(client, label)
    if (victim === undefined) return false
    void stop(victim, { kind: "kill" })
    return true
  }
}

function isWithin(actor: Tapped, ancestor: string): boolean {
  for (let above = actor.parent; above !== undefined; above = above.parent) if (above.label === ancestor) return true
  return false
}
