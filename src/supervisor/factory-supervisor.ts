/**
 * A dynamic supervisor of one kind of child, made from arguments (OTP simple_one_for_one, gleam's factory_supervisor).
 *
 * For children that are many and short-lived: spawning is inline, a child is nothing but its actor in the kernel's intrusive
 * list of siblings, and a normal end is unlinked inline. Only crashes go through the system queue and are decided upon.
 */

import { type Actor, crash, type ExitReason, isAbnormal, type Program, type Signal } from "../runtime/index.js"
import { countRestart, type Intensity } from "./decide.js"
import { RestartIntensityError } from "./errors.js"
import { guardedReporter, type Reporter } from "./report.js"

/** How children are made. Their restart type is transient; both functions are synchronous. */
export interface FactoryTemplate {
  /** Called once, when the supervisor has started: children that must exist from the start (rebuilt from records). */
  rebuild(supervisor: Actor<never>): void
  /** A new life for what the crashed child stood for. May throw: then that counts as one more crash. */
  restart(crashed: Actor<never>, supervisor: Actor<never>): void
}

export interface FactoryPlan {
  readonly intensity: Intensity
  readonly template: FactoryTemplate
  readonly report: Reporter
}

export class FactoryProgram implements Program<never> {
  readonly kind = "supervisor"
  readonly #plan: FactoryPlan
  readonly #actor: Actor<never>
  readonly #tell: Reporter
  #restarts: readonly number[] = []

  constructor(plan: FactoryPlan, actor: Actor<never>) {
    this.#plan = plan
    this.#actor = actor
    this.#tell = guardedReporter(plan.report, actor.system.logger)
  }

  init(): undefined {
    this.#plan.template.rebuild(this.#actor)
  }

  handle(): undefined {
    return undefined
  }

  childEnded(_child: Actor<never>, reason: ExitReason): boolean {
    return !isAbnormal(reason)
  }

  signal(signal: Signal): undefined {
    this.#ended(signal.from as Actor<never>, signal.reason)
  }

  /** Children have nothing to wait for: last started first, at once. */
  terminate(reason: ExitReason): undefined {
    for (let child = this.#actor.lastChild; child !== undefined; child = this.#actor.lastChild)
      child.exit(reason.kind === "shutdown" ? reason : { kind: "shutdown", detail: reason })
  }

  #ended(child: Actor<never>, reason: ExitReason): void {
    const { intensity, template } = this.#plan
    let why = reason
    for (;;) {
      const counted = countRestart(intensity, this.#restarts, this.#actor.system.clock.now())
      if (counted === undefined) {
        this.#giveUp(child, why)
        return
      }
      this.#restarts = counted
      this.#report("restarted", child, why)
      try {
        template.restart(child, this.#actor)
        return
      } catch (error) {
        why = crash(error)
      }
    }
  }

  #giveUp(child: Actor<never>, reason: ExitReason): void {
    this.#report("gave_up", child, reason)
    this.#actor.shutdown(crash(new RestartIntensityError(this.#actor.label, child.label, reason, this.#plan.intensity)))
  }

  #report(kind: "restarted" | "gave_up", { label }: Actor<never>, reason: ExitReason): void {
    const event = { supervisor: this.#actor.label, child: label, reason }
    this.#tell(kind === "restarted" ? { kind, ...event, started: [label] } : { kind, ...event })
  }
}
