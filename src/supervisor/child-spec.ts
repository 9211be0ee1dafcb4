/**
 * What a supervisor has to know of a child, and the slot that a child keeps over its restarts.
 */

import { InvalidOptionError } from "../errors.js"
import {
  type Actor,
  type ActorDefinition,
  type ActorRef,
  type ActorSystem,
  type MaybePromise,
  Name,
  programMaker,
  type System,
  spawnChild,
} from "../runtime/index.js"
import type { RestartType } from "./decide.js"

export interface Started<out Handle> {
  /** What is supervised. */
  readonly ref: ActorRef<never>
  /** What `child(spec)` and `startChild` give: stays good over restarts. */
  readonly handle: Handle
}

/** Given to `start`; the same object at every restart of one child. */
export interface ParentContext {
  readonly system: System
  readonly supervisor: ActorRef<never>
}

export interface ChildSpec<out Handle = unknown> {
  /** Unique within its supervisor. */
  readonly id: string
  readonly start: (parent: ParentContext) => MaybePromise<Started<Handle>>
  /** Default permanent. */
  readonly restart?: RestartType | undefined
  /** How long it may take to stop before it is killed, in ms. Default 5,000; of a supervisor `infinity`. */
  readonly shutdown?: number | "infinity" | "brutal_kill" | undefined
  /** How long start may take, default 5,000; then start_failed. */
  readonly startTimeoutMs?: number | undefined
  readonly type?: "worker" | "supervisor" | undefined
}

export interface ChildOptions {
  /** Default: `name`, else "actor". */
  readonly id?: string | undefined
  /** Registered for `whereis`, and kept over restarts. */
  readonly name?: string | undefined
  readonly trapExit?: boolean | undefined
  /** `kept`: waiting messages go to the restarted actor; default `lost`. */
  readonly mailbox?: "lost" | "kept" | undefined
  readonly restart?: RestartType | undefined
  readonly shutdown?: ChildSpec["shutdown"]
}

/** One child's place below its supervisor: what survives its restarts. @internal */
export class Slot implements ParentContext {
  readonly system: ActorSystem
  readonly supervisor: ActorRef<never>
  /** The supervisor's present life. */
  parent: Actor<never>
  /** The child's actor while it starts, so that a start that takes too long can be ended. */
  starting: Actor<never> | undefined = undefined
  /** What the last start that succeeded gave. */
  handle: { readonly value: unknown } | undefined = undefined
  #memory: unknown = undefined
  #release: (() => void) | undefined = undefined

  constructor(system: ActorSystem, supervisor: ActorRef<never>, parent: Actor<never>) {
    this.system = system
    this.supervisor = supervisor
    this.parent = parent
  }

  /** What `make` made at the first start of this child; `release` runs when the supervisor has no such child any more. */
  remember<T>(make: () => T, release: (made: T) => void = () => undefined): T {
    if (this.#release === undefined) {
      const made = make()
      this.#memory = made
      this.#release = () => release(made)
    }
    return this.#memory as T
  }

  /** The supervisor has no such child any more. */
  forget(): void {
    this.#release?.()
    this.#release = undefined
    this.#memory = undefined
    this.handle = undefined
  }
}

/** @throws InvalidOptionError when the context is not of a supervisor of this package */
export function slotOf(parent: ParentContext): Slot {
  if (parent instanceof Slot) return parent
  throw new InvalidOptionError("parent", "must be what the supervisor passed to start")
}

const CHILD_OPTIONS: readonly string[] = ["id", "name", "trapExit", "mailbox", "restart", "shutdown"]

export function checkChildOptions(options: ChildOptions): void {
  for (const option of Object.keys(options))
    if (!CHILD_OPTIONS.includes(option)) throw new InvalidOptionError(option, "is not an option of a child")
}

const RESTART_TYPES: readonly unknown[] = [undefined, "permanent", "transient", "temporary"]
const SHUTDOWN_WORDS: readonly unknown[] = [undefined, "infinity", "brutal_kill"]

/** @throws InvalidOptionError */
export function checkChildSpec(spec: ChildSpec): void {
  const { id, start, restart, shutdown, startTimeoutMs } = spec
  const refuse = (option: string, message: string): never => {
    throw new InvalidOptionError(`children.${option}`, message)
  }
  if (typeof id !== "string" || id === "") refuse("id", "must be a text that is not empty")
  if (typeof start !== "function") refuse("start", "must be a function")
  if (!RESTART_TYPES.includes(restart)) refuse("restart", `must be ${RESTART_TYPES.slice(1).join(", ")}`)
  if (!SHUTDOWN_WORDS.includes(shutdown) && !(typeof shutdown === "number" && shutdown >= 0))
    refuse("shutdown", `must be ${SHUTDOWN_WORDS.slice(1).join(", ")} or 0 or more ms`)
  if (startTimeoutMs !== undefined && !(startTimeoutMs > 0)) refuse("startTimeoutMs", "must be more than 0")
  if ("significant" in spec && spec.significant === true) refuse("significant", "is not supported yet")
}

/** The child specification of an actor; its handle is a ref that stays good over restarts. */
export function actor<Args, Message>(
  definition: ActorDefinition<Args, Message>,
  args: NoInfer<Args>,
  options: ChildOptions = {},
): ChildSpec<ActorRef<Message>> {
  checkChildOptions(options)
  const make = programMaker(definition)
  const id = options.id ?? options.name ?? "actor"
  return {
    id,
    restart: options.restart,
    shutdown: options.shutdown,
    type: "worker",
    start(parent) {
      const slot = slotOf(parent)
      const register = options.name === undefined ? "private" : "registered"
      const name = slot.remember(
        () => new Name<Message>(slot.system, options.name ?? id, { mailbox: options.mailbox, register }),
        (made) => made.release(),
      )
      return startIn(slot, () =>
        spawnChild(slot.system, {
          make,
          args,
          label: name.label,
          parent: slot.parent,
          identity: name,
          trapExit: options.trapExit,
          startTimeoutMs: Number.POSITIVE_INFINITY, // the supervisor bounds it, by the specification
        }),
      ).with(name)
    },
  }
}

interface Spawned {
  readonly actor: Actor<never>
  readonly started: undefined | Promise<void>
}

/** Spawns in the slot and turns the outcome into what `ChildSpec.start` gives, at once if init was synchronous. */
export function startIn(
  slot: Slot,
  spawn: () => Spawned,
): { with<Handle>(handle: Handle): MaybePromise<Started<Handle>> } {
  const { actor: child, started } = spawn()
  return {
    with: (handle) => {
      if (started === undefined) return { ref: child, handle }
      slot.starting = child
      return started.then(() => ({ ref: child, handle }))
    },
  }
}
