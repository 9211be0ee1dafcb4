/**
 * The hands of a dynamic supervisor: children come and go, each is restarted alone (Elixir DynamicSupervisor).
 */

import {
  type Actor,
  type ActorRef,
  actorOf,
  crash,
  type ExitReason,
  type Program,
  SHUTDOWN,
  Signal,
} from "../runtime/index.js"
import type { ChildSpec, Slot } from "./child-spec.js"
import { type Entry, makeEntry, startEntry, stopEntry } from "./child-table.js"
import { decide, type Intensity } from "./decide.js"
import { ChildError, RestartIntensityError } from "./errors.js"
import { andThen, type Eventually, forEachInTurn, onlyPromise, orElse } from "./in-turn.js"
import type { Reporter } from "./report.js"
import { type Request, reasonForChildren } from "./request.js"

export interface DynamicPlan {
  readonly intensity: Intensity
  readonly maxChildren: number
  readonly report: Reporter
  readonly newSlot: (parent: Actor<never>) => Slot
}

export class DynamicProgram implements Program<Request<DynamicProgram>> {
  readonly kind = "supervisor"
  readonly #plan: DynamicPlan
  readonly #actor: Actor<Request<DynamicProgram>>
  /** In start order. */
  readonly #entries = new Set<Entry>()
  /** The entry of each running child. */
  readonly #byActor = new Map<Actor<never>, Entry>()
  #restarts: readonly number[] = []
  #ending = false

  constructor(plan: DynamicPlan, actor: Actor<Request<DynamicProgram>>) {
    this.#plan = plan
    this.#actor = actor
    actor.own(() => {
      for (const { slot } of this.#entries) slot.forget()
    })
  }

  get entries(): readonly Entry[] {
    return [...this.#entries]
  }

  init(): undefined {
    return undefined // the children come later
  }

  handle(request: Request<DynamicProgram>): PromiseLike<unknown> | undefined {
    return onlyPromise(request.perform(this))
  }

  childEnded(child: Actor<never>): boolean {
    const entry = this.#byActor.get(child)
    return entry === undefined || entry.stopping
  }

  signal(signal: Signal): PromiseLike<unknown> | undefined {
    const entry = this.#byActor.get(signal.from as Actor<never>)
    return entry === undefined || entry.stopping ? undefined : onlyPromise(this.#ended(entry, signal.reason))
  }

  terminate(reason: ExitReason): PromiseLike<unknown> | undefined {
    this.#ending = true
    return onlyPromise(this.#stopAll(reasonForChildren(reason)))
  }

  /** @throws ChildError max_children; StartError: then the supervisor does not keep the specification */
  startChild(spec: ChildSpec): Eventually<unknown> {
    if (this.#entries.size >= this.#plan.maxChildren) throw new ChildError("max_children", spec.id)
    const entry = makeEntry(spec, this.#plan.newSlot(this.#actor))
    this.#entries.add(entry)
    return orElse<unknown>(
      () => andThen(this.#start(entry), ({ handle }) => handle),
      (error) => {
        this.#forget(entry)
        throw error
      },
    )
  }

  /** @throws ChildError not_found */
  terminateChild(child: ActorRef<never>): Eventually<undefined> {
    const entry = this.#find(child)
    if (entry === undefined) throw new ChildError("not_found", `child with pid ${child.pid}`)
    const { running } = entry
    return andThen(stopEntry(entry, SHUTDOWN), () => {
      if (running !== undefined) this.#byActor.delete(running.actor)
      return this.#forget(entry)
    })
  }

  #find(child: ActorRef<never>): Entry | undefined {
    const actor = actorOf(child)
    if (actor !== undefined) return this.#byActor.get(actor)
    // Between two lives only its handle tells whose ref it is.
    return [...this.#entries].find(({ retrying, slot }) => retrying && slot.handle?.value === child)
  }

  #ended(entry: Entry, reason: ExitReason): Eventually<undefined> {
    const { intensity, report } = this.#plan
    const { id } = entry.spec
    const supervisor = this.#actor.label
    this.#release(entry)
    entry.retrying = false
    const policy = { strategy: "one_for_one", intensity } as const
    const nowMs = this.#actor.system.clock.now()
    const own = { id, restart: entry.spec.restart ?? "permanent", running: false }
    const decision = decide(policy, [own], this.#restarts, { id, reason, nowMs })
    switch (decision.kind) {
      case "forget":
      case "keep": // a dynamic supervisor keeps no specification of what does not run
        report({ kind: "not_restarted", supervisor, child: id, reason })
        return this.#forget(entry)
      case "give_up":
        report({ kind: "gave_up", supervisor, child: id, reason })
        return this.#giveUp(crash(new RestartIntensityError(supervisor, id, reason, intensity)))
      case "restart":
        this.#restarts = decision.restarts
        entry.restarts++
        report({ kind: "restarted", supervisor, child: id, reason, started: [id] })
        return orElse<undefined>(
          () => andThen(this.#start(entry), () => undefined),
          (error) => (this.#ending ? undefined : this.#retry(entry, crash(error))),
        )
    }
  }

  /** In a turn of its own, as in OTP: between two attempts it hears what else there is to hear. */
  #retry(entry: Entry, reason: ExitReason): undefined {
    const again: Request<DynamicProgram> = {
      perform: () => (entry.retrying && !this.#ending ? this.#ended(entry, reason) : undefined),
    }
    entry.retrying = true
    this.#actor.system.post(() => {
      if (this.#actor.alive) this.#actor.send(again)
    })
  }

  #giveUp(reason: ExitReason): Eventually<undefined> {
    this.#ending = true
    return andThen(this.#stopAll(reasonForChildren(reason)), () => {
      this.#actor.exit(reason)
      return undefined
    })
  }

  #start(entry: Entry): Eventually<{ readonly handle: unknown }> {
    return andThen(
      startEntry(entry, (actor) => this.#unreportedEnd(actor)),
      (running) => {
        if (this.#ending || this.#actor.exitReason !== undefined) {
          running.actor.shutdown(SHUTDOWN) // this supervisor ended while the child started
          throw new ChildError("not_found", entry.spec.id)
        }
        this.#byActor.set(running.actor, entry)
        this.#unreportedEnd(running.actor) // before it was in the table
        return running
      },
    )
  }

  /** The end of a child that the kernel does not report: it was spawned elsewhere, or was not in the table yet. */
  #unreportedEnd(actor: Actor<never>): void {
    if (!this.childEnded(actor) && actor.exitReason !== undefined)
      this.#actor.receive(new Signal("child", actor, actor.exitReason))
  }

  #stopAll(reason: ExitReason): Eventually<undefined> {
    return forEachInTurn([...this.#entries].reverse(), (entry) => stopEntry(entry, reason))
  }

  #release(entry: Entry): void {
    if (entry.running !== undefined) this.#byActor.delete(entry.running.actor)
    entry.running = undefined
  }

  #forget(entry: Entry): undefined {
    entry.retrying = false
    this.#entries.delete(entry)
    entry.slot.forget()
  }
}
