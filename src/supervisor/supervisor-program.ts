/**
 * The hands of a supervisor; decide.ts is its judgement.
 *
 *     child ends ─▶ decide ─▶ forget · keep
 *                          ─▶ restart: stop (last started first), then start (in order); a start that fails is one more crash
 *                          ─▶ give up: stop all, exit
 *
 * It runs only from the system queue (system.ts), never on a child's stack.
 */

import { type Actor, crash, type ExitReason, type Program, SHUTDOWN, Signal } from "../runtime/index.js"
import type { ChildSpec, Slot } from "./child-spec.js"
import { candidate, type Entry, makeEntry, startEntry, stopEntry } from "./child-table.js"
import { decide, type Policy } from "./decide.js"
import { ChildError, RestartIntensityError } from "./errors.js"
import { andThen, type Eventually, forEachInTurn, onlyPromise, orElse } from "./in-turn.js"
import type { Reporter } from "./report.js"
import { type Request, reasonForChildren } from "./request.js"

export interface SupervisorPlan {
  readonly policy: Policy
  readonly children: readonly ChildSpec[]
  readonly report: Reporter
  /** The slot of a child: those of `children` outlive the supervisor's own restarts. */
  readonly slotFor: (spec: ChildSpec, parent: Actor<never>) => Slot
}

export class SupervisorProgram implements Program<Request<SupervisorProgram>> {
  readonly kind = "supervisor"
  readonly #plan: SupervisorPlan
  readonly #actor: Actor<Request<SupervisorProgram>>
  #entries: Entry[]
  #restarts: readonly number[] = []
  #ending = false

  constructor(plan: SupervisorPlan, actor: Actor<Request<SupervisorProgram>>) {
    this.#plan = plan
    this.#actor = actor
    this.#entries = plan.children.map((spec) => makeEntry(spec, plan.slotFor(spec, actor)))
    actor.own(() => this.#forgetGuests())
  }

  get entries(): readonly Entry[] {
    return this.#entries
  }

  init(): PromiseLike<unknown> | undefined {
    const start = () => forEachInTurn(this.#entries, (entry) => this.#start(entry))
    return onlyPromise(
      orElse<unknown>(start, (error) =>
        andThen(this.#stopAll(SHUTDOWN), () => {
          throw error
        }),
      ),
    )
  }

  handle(request: Request<SupervisorProgram>): PromiseLike<unknown> | undefined {
    return onlyPromise(request.perform(this))
  }

  childEnded(child: Actor<never>): boolean {
    const entry = this.#entryOf(child)
    return entry === undefined || entry.stopping
  }

  signal(signal: Signal): PromiseLike<unknown> | undefined {
    const entry = this.#entryOf(signal.from as Actor<never>)
    return entry === undefined || entry.stopping ? undefined : onlyPromise(this.#ended(entry, signal.reason))
  }

  terminate(reason: ExitReason): PromiseLike<unknown> | undefined {
    this.#ending = true
    return onlyPromise(this.#stopAll(reasonForChildren(reason)))
  }

  // ------------------------------------------------------------------------------------------------ requests

  /** @throws ChildError already_present; StartError: then the supervisor does not keep the specification */
  startChild(spec: ChildSpec): Eventually<unknown> {
    if (this.#find(spec.id) !== undefined) throw new ChildError("already_present", spec.id)
    const entry = makeEntry(spec, this.#plan.slotFor(spec, this.#actor))
    this.#entries.push(entry)
    return orElse<unknown>(
      () => andThen(this.#start(entry), ({ handle }) => handle),
      (error) => {
        this.#remove(entry)
        throw error
      },
    )
  }

  /** The specification stays, unless the child is temporary. @throws ChildError not_found */
  terminateChild(id: string): Eventually<undefined> {
    const entry = this.#expect(id)
    return andThen(stopEntry(entry, SHUTDOWN), () => {
      if (entry.spec.restart === "temporary") this.#remove(entry)
      return undefined
    })
  }

  /** Starts a child that was terminated or ended. @throws ChildError already_present when it runs, not_found; StartError */
  restartChild(id: string): Eventually<undefined> {
    const entry = this.#expect(id)
    if (entry.running !== undefined) throw new ChildError("already_present", id)
    return andThen(this.#start(entry), () => undefined)
  }

  /** Forgets a child that does not run. @throws ChildError already_present when it runs, not_found */
  deleteChild(id: string): void {
    const entry = this.#expect(id)
    if (entry.running !== undefined) throw new ChildError("already_present", id)
    this.#remove(entry)
  }

  // ------------------------------------------------------------------------------------------------ restarting

  #ended(entry: Entry, reason: ExitReason): Eventually<undefined> {
    const { policy, report } = this.#plan
    const { id } = entry.spec
    const supervisor = this.#actor.label
    entry.running = undefined
    entry.retrying = false
    const nowMs = this.#actor.system.clock.now()
    const decision = decide(policy, this.#entries.map(candidate), this.#restarts, { id, reason, nowMs })
    switch (decision.kind) {
      case "forget":
        this.#remove(entry)
        report({ kind: "not_restarted", supervisor, child: id, reason })
        return undefined
      case "keep":
        report({ kind: "not_restarted", supervisor, child: id, reason })
        return undefined
      case "give_up":
        report({ kind: "gave_up", supervisor, child: id, reason })
        return this.#giveUp(new RestartIntensityError(supervisor, id, reason, policy.intensity))
      case "restart": {
        this.#restarts = decision.restarts
        const stop = decision.stop.map((stopId) => this.#expect(stopId))
        return andThen(
          forEachInTurn(stop, (sibling) => stopEntry(sibling, SHUTDOWN)),
          () => {
            for (const forgotten of decision.forget) this.#remove(this.#expect(forgotten))
            const start = decision.start.map((startId) => this.#expect(startId))
            report({ kind: "restarted", supervisor, child: id, reason, started: decision.start })
            return this.#restart(start)
          },
        )
      }
    }
  }

  #restart(entries: readonly Entry[]): Eventually<undefined> {
    let failed: Entry | undefined
    return orElse<undefined>(
      () =>
        forEachInTurn(entries, (entry) => {
          failed = entry
          entry.restarts++
          return this.#start(entry)
        }),
      // OTP: a start that fails during a restart counts as a further restart.
      (error) => (failed === undefined || this.#ending ? undefined : this.#retry(failed, crash(error))),
    )
  }

  /** In a turn of its own, as in OTP: between two attempts it hears what else there is to hear. */
  #retry(entry: Entry, reason: ExitReason): undefined {
    const again: Request<SupervisorProgram> = {
      perform: () => (entry.retrying && !this.#ending ? this.#ended(entry, reason) : undefined),
    }
    entry.retrying = true
    this.#actor.system.post(() => {
      if (this.#actor.alive) this.#actor.send(again)
    })
  }

  #giveUp(error: RestartIntensityError): Eventually<undefined> {
    const reason = crash(error)
    this.#ending = true
    return andThen(this.#stopAll(reasonForChildren(reason)), () => {
      this.#actor.exit(reason)
      return undefined
    })
  }

  #start(entry: Entry): Eventually<{ readonly handle: unknown }> {
    if (this.#ending || this.#actor.exitReason !== undefined) throw new ChildError("not_found", entry.spec.id)
    return andThen(
      startEntry(entry, (actor) => this.#unreportedEnd(actor)),
      (running) => {
        if (this.#ending || this.#actor.exitReason !== undefined) {
          running.actor.shutdown(SHUTDOWN) // this supervisor ended while the child started
          throw new ChildError("not_found", entry.spec.id)
        }
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

  // ------------------------------------------------------------------------------------------------ table

  #entryOf(child: Actor<never>): Entry | undefined {
    return this.#entries.find(({ running }) => running?.actor === child)
  }

  #find(id: string): Entry | undefined {
    return this.#entries.find(({ spec }) => spec.id === id)
  }

  #expect(id: string): Entry {
    const entry = this.#find(id)
    if (entry === undefined) throw new ChildError("not_found", id)
    return entry
  }

  #remove(entry: Entry): void {
    entry.retrying = false
    this.#entries = this.#entries.filter((kept) => kept !== entry)
    entry.slot.forget()
  }

  /** Children that were added later do not come back with this supervisor: their names are free. */
  #forgetGuests(): void {
    for (const { spec, slot } of this.#entries) if (!this.#plan.children.includes(spec)) slot.forget()
  }
}
