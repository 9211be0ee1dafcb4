/**
 * Supervisors whose children come and go (Elixir DynamicSupervisor): the public face.
 */

import { InvalidOptionError } from "../errors.js"
import {
  Actor,
  type ActorRef,
  type ActorSystem,
  type ExitReason,
  exited,
  Name,
  NoProcessError,
  SHUTDOWN,
  type System,
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
  Slot,
  slotOf,
  startIn,
} from "./child-spec.js"
import { type ChildCounts, type ChildInfo, countEntries, describeEntry } from "./child-table.js"
import type { Intensity } from "./decide.js"
import { DynamicProgram } from "./dynamic-program.js"
import { logReports } from "./report.js"
import { ask, type Request } from "./request.js"
import { checkIntensity, DEFAULT_INTENSITY } from "./supervisor-options.js"

export interface DynamicSupervisorOptions {
  /** Registered for `whereis`. */
  readonly name?: string | undefined
  /** Default 3 restarts in 5,000 ms. */
  readonly intensity?: Intensity | undefined
  /** Default: no limit. */
  readonly maxChildren?: number | undefined
  readonly system?: System | undefined
}

export interface DynamicSupervisor extends AsyncDisposable {
  readonly ref: ActorRef<never>
  /** Resolves when the supervisor ends, for whatever reason; never rejects. */
  readonly exited: Promise<ExitReason>
  /** Rejects ChildError max_children, StartError. */
  startChild<Handle>(spec: ChildSpec<Handle>): Promise<Handle>
  /** Stops and forgets it. Rejects ChildError not_found. */
  terminateChild(child: ActorRef<never> | { readonly ref: ActorRef<never> }): Promise<void>
  /** In start order. */
  whichChildren(): readonly ChildInfo[]
  countChildren(): ChildCounts
  tree(): Tree
  /** Stops the children, last started first, and then itself. */
  stop(): Promise<void>
}

const OPTIONS: readonly string[] = ["name", "intensity", "maxChildren", "system"]

/** Starts one without a supervisor above. */
export async function startDynamicSupervisor(options: DynamicSupervisorOptions = {}): Promise<DynamicSupervisor> {
  checkOptions(options)
  const handle = new DynamicHandle(systemOf(options.system), options)
  handle.spawn(undefined)
  return handle
}

/** The child specification of a dynamic supervisor; its handle stays good over restarts, its children do not. */
export function dynamicSupervisor(
  options: DynamicSupervisorOptions = {},
  child: ChildOptions = {},
): ChildSpec<DynamicSupervisor> {
  checkOptions(options)
  checkChildOptions(child)
  return {
    id: child.id ?? options.name ?? "dynamic_supervisor",
    restart: child.restart,
    shutdown: child.shutdown,
    type: "supervisor",
    start(parent) {
      const slot = slotOf(parent)
      const handle = slot.remember(
        () => new DynamicHandle(slot.system, { ...options, name: options.name ?? child.name }),
        (made) => made.release(),
      )
      return startIn(slot, () => handle.spawn(slot.parent)).with<DynamicSupervisor>(handle)
    },
  }
}

function checkOptions(options: DynamicSupervisorOptions): void {
  for (const option of Object.keys(options))
    if (!OPTIONS.includes(option)) throw new InvalidOptionError(option, "is not an option of a dynamic supervisor")
  checkIntensity(options.intensity)
  const { maxChildren } = options
  if (maxChildren !== undefined && !(maxChildren >= 0)) throw new InvalidOptionError("maxChildren", "must be 0 or more")
}

class DynamicHandle implements DynamicSupervisor {
  readonly #system: ActorSystem
  readonly #options: DynamicSupervisorOptions
  readonly #name: Name<Request<DynamicProgram>>
  #program: DynamicProgram | undefined = undefined
  #exited: Promise<ExitReason> = Promise.resolve({ kind: "noproc" })

  constructor(system: ActorSystem, options: DynamicSupervisorOptions) {
    this.#system = system
    this.#options = options
    const register = options.name === undefined ? "private" : "registered"
    this.#name = new Name(system, options.name ?? "dynamic_supervisor", { register })
  }

  get ref(): ActorRef<never> {
    return this.#name
  }

  get exited(): Promise<ExitReason> {
    return this.#exited
  }

  startChild<Handle>(spec: ChildSpec<Handle>): Promise<Handle> {
    return ask(this.#name, (program) => {
      checkChildSpec(spec)
      return program.startChild(spec)
    }) as Promise<Handle>
  }

  terminateChild(child: ActorRef<never> | { readonly ref: ActorRef<never> }): Promise<void> {
    return ask(this.#name, (program) => program.terminateChild("ref" in child ? child.ref : child))
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

  stop(): Promise<void> {
    return stop(this.#name, SHUTDOWN)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  spawn(parent: Actor<never> | undefined): { actor: Actor<never>; started: undefined } {
    const actor = new Actor<Request<DynamicProgram>>(this.#system, this.#name.label, {
      parent,
      identity: this.#name,
      trapExit: true,
    })
    if (parent === undefined) actor.own(() => this.release())
    const program = new DynamicProgram(
      {
        intensity: this.#options.intensity ?? DEFAULT_INTENSITY,
        maxChildren: this.#options.maxChildren ?? Number.POSITIVE_INFINITY,
        report: logReports(this.#system.logger),
        newSlot: (self) => new Slot(this.#system, this.#name, self),
      },
      actor,
    )
    this.#program = program
    this.#exited = exited(actor)
    actor.start(program, Number.POSITIVE_INFINITY)
    return { actor, started: undefined }
  }

  release(): void {
    this.#name.release()
  }
}
