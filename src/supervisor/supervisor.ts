/**
 * Supervisors with a fixed list of children (OTP supervisor, Elixir Supervisor): the public face.
 */

import {
  Actor,
  type ActorRef,
  type ActorSystem,
  type ExitReason,
  exited,
  Name,
  NoProcessError,
  SHUTDOWN,
  stop,
  systemOf,
  type Tree,
  treeOf,
} from "../runtime/index.js"
import {
  type ChildOptions,
  type ChildSpec,
  checkChildOptions,
  checkChildSpec,
  type Slot,
  slotOf,
  startIn,
} from "./child-spec.js"
import { type ChildCounts, type ChildInfo, countEntries, describeEntry, newSlot } from "./child-table.js"
import { ChildError } from "./errors.js"
import { guardedReporter, logReports, type Reporter } from "./report.js"
import { ask, type Request } from "./request.js"
import { checkSupervisorOptions, DEFAULT_INTENSITY, type SupervisorOptions } from "./supervisor-options.js"
import { SupervisorProgram } from "./supervisor-program.js"

export interface Supervisor extends AsyncDisposable {
  readonly ref: ActorRef<never>
  /** Resolves when the supervisor ends, for whatever reason; never rejects. */
  readonly exited: Promise<ExitReason>
  /**
   * The child's handle (a Client, an ActorRef, a Supervisor); stays good across restarts, and is given between two lives
   * too. @throws ChildError not_found when there is no such child, or it has never been started
   */
  child<Handle>(spec: ChildSpec<Handle>): Handle
  /** Rejects ChildError already_present, StartError. */
  startChild<Handle>(spec: ChildSpec<Handle>): Promise<Handle>
  /** Stops it and keeps its specification. Rejects ChildError not_found. */
  terminateChild(id: string): Promise<void>
  restartChild(id: string): Promise<void>
  deleteChild(id: string): Promise<void>
  /** In start order. */
  whichChildren(): readonly ChildInfo[]
  countChildren(): ChildCounts
  tree(): Tree
  /** Stops the children, last started first, and then itself. Default reason: shutdown. */
  stop(options?: { reason?: ExitReason | undefined }): Promise<void>
}

/** Starts a tree of its own. Rejects StartError when a child does not start; those started before it are stopped then. */
export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  checkSupervisorOptions(options)
  const system = systemOf(options.system)
  const handle = new SupervisorHandle(system, options, logReports(system.logger))
  await handle.start()
  return handle
}

/** The child specification of a supervisor; its handle stays good over restarts. */
export function supervisor(options: SupervisorOptions, child: ChildOptions = {}): ChildSpec<Supervisor> {
  checkSupervisorOptions(options)
  checkChildOptions(child)
  return supervisorSpec(options, child)
}

/** As `supervisor`, with a reporter of its own. @internal */
export function supervisorSpec(
  options: SupervisorOptions,
  child: ChildOptions,
  report?: Reporter,
): ChildSpec<Supervisor> {
  return {
    id: child.id ?? options.name ?? "supervisor",
    restart: child.restart,
    shutdown: child.shutdown,
    type: "supervisor",
    start(parent) {
      const slot = slotOf(parent)
      const handle = slot.remember(
        () =>
          new SupervisorHandle(
            slot.system,
            { ...options, name: options.name ?? child.name },
            report ?? logReports(slot.system.logger),
            child.id,
          ),
        (made) => made.release(),
      )
      return startIn(slot, () => handle.spawn(slot.parent)).with<Supervisor>(handle)
    },
  }
}

export class SupervisorHandle implements Supervisor {
  readonly #system: ActorSystem
  readonly #options: SupervisorOptions
  readonly #report: Reporter
  readonly #name: Name<Request<SupervisorProgram>>
  readonly #slots = new Map<ChildSpec, Slot>()
  #program: SupervisorProgram | undefined = undefined
  #exited: Promise<ExitReason> = Promise.resolve({ kind: "noproc" })

  constructor(system: ActorSystem, options: SupervisorOptions, report: Reporter, id?: string) {
    this.#system = system
    this.#options = options
    this.#report = guardedReporter(report, system.logger)
    const register = options.name === undefined ? "private" : "registered"
    this.#name = new Name(system, options.name ?? id ?? "supervisor", { register })
  }

  get ref(): ActorRef<never> {
    return this.#name
  }

  get exited(): Promise<ExitReason> {
    return this.#exited
  }

  child<Handle>(spec: ChildSpec<Handle>): Handle {
    const entries = this.#program?.entries ?? []
    const entry = entries.find((known) => known.spec === spec) ?? entries.find((known) => known.spec.id === spec.id)
    const handle = entry?.slot.handle
    if (handle === undefined) throw new ChildError("not_found", spec.id)
    return handle.value as Handle
  }

  startChild<Handle>(spec: ChildSpec<Handle>): Promise<Handle> {
    return ask(this.#name, (program) => {
      checkChildSpec(spec)
      return program.startChild(spec)
    }) as Promise<Handle>
  }

  terminateChild(id: string): Promise<void> {
    return ask(this.#name, (program) => program.terminateChild(id))
  }

  restartChild(id: string): Promise<void> {
    return ask(this.#name, (program) => program.restartChild(id))
  }

  deleteChild(id: string): Promise<void> {
    return ask(this.#name, (program) => program.deleteChild(id))
  }

  whichChildren(): readonly ChildInfo[] {
    return (this.#program?.entries ?? []).map(describeEntry)
  }

  countChildren(): ChildCounts {
    return countEntries(this.#program?.entries ?? [])
  }

  /** @throws NoProcessError when it does not live */
  tree(): Tree {
    const actor = this.#name.whereis()
    if (actor === undefined) throw new NoProcessError(`${this.#name.label} does not live`)
    return treeOf(actor)
  }

  stop(options: { reason?: ExitReason | undefined } = {}): Promise<void> {
    return stop(this.#name, options.reason ?? SHUTDOWN)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** One life of this supervisor. @internal */
  spawn(parent: Actor<never> | undefined): { actor: Actor<never>; started: undefined | Promise<void> } {
    const actor = new Actor<Request<SupervisorProgram>>(this.#system, this.#name.label, {
      parent,
      identity: this.#name,
      trapExit: true,
    })
    if (parent === undefined) actor.own(() => this.release())
    const program = new SupervisorProgram(
      {
        policy: {
          strategy: this.#options.strategy ?? "one_for_one",
          intensity: this.#options.intensity ?? DEFAULT_INTENSITY,
        },
        children: this.#options.children,
        report: this.#report,
        slotFor: (spec, self) => this.#slotFor(spec, self),
      },
      actor,
    )
    this.#program = program
    this.#exited = exited(actor)
    return { actor, started: actor.start(program, Number.POSITIVE_INFINITY) }
  }

  /** A life without a supervisor above. @internal */
  async start(): Promise<void> {
    await this.spawn(undefined).started
  }

  /** @internal */
  release(): void {
    for (const slot of this.#slots.values()) slot.forget()
    this.#slots.clear()
    this.#name.release()
  }

  #slotFor(spec: ChildSpec, parent: Actor<never>): Slot {
    if (!this.#options.children.includes(spec)) return newSlot(this.#system, this.#name, parent)
    const slot = this.#slots.get(spec) ?? newSlot(this.#system, this.#name, parent)
    slot.parent = parent
    this.#slots.set(spec, slot)
    return slot
  }
}
