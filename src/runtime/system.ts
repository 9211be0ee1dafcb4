/**
 * One world of actors: its clock, its randomness, its names, and the two queues that keep order.
 *
 *     outside (socket, timer, promise) ── enter ─▶ dispatch ─▶ dispatch ─▶ …        nested: inline, on one stack
 *                                                                 │ exits, DOWN, supervisor work
 *                                                                 ▼
 *     leave (outermost) ── drains ─▶  signals, first in first out, then actors whose messages had to wait
 *
 * So a supervisor decides with no other actor on the stack, and before any microtask.
 */

import { type Clock, systemClock, systemRandom } from "../clock.js"
import { InvalidOptionError } from "../errors.js"
import { guardedLogger, type Logger, silentLogger } from "../logger.js"
import type { ExitReason } from "./exit.js"
import { MessageQueue } from "./message-queue.js"
import type { ActorRef } from "./ref.js"
import { guardedTap, type Tap, type Tapped } from "./tap.js"

/** What users see of a system: made by `createSystem`, passed on as the option `system`. */
export interface System {
  readonly clock: Clock
  readonly logger: Logger
}

/** Something that has queued messages to work off. */
export interface Runnable {
  run(): void
}

/** The actor on the stack; `status` as in actor.ts. */
export interface Source extends Tapped {
  readonly status: number
}

/** A message that found no living actor. */
export interface DeadLetter {
  /** The label of the actor or name that it was sent to. */
  readonly target: string
  readonly message: unknown
  /** Why the actor had ended; `noproc` when it is ending, or when nobody bears the name. */
  readonly reason: ExitReason
}

export class ActorSystem implements System {
  readonly clock: Clock
  readonly logger: Logger
  /** In [0, 1). */
  readonly random: () => number
  /** Registered names (OTP: register/2). */
  readonly names: Map<string, ActorRef<never>> = new Map()
  /** How many dispatches are on the stack. */
  depth = 0
  /** The actor whose code runs now; undefined for code outside of all actors. */
  current: Source | undefined = undefined
  /** Messages that found no living actor. */
  deadLetters = 0
  /** What code of an actor tried after that actor had ended. */
  revokedActions = 0
  /** Live actors, for leak checks and `tree()`. */
  actors = 0
  onDeadLetter: ((letter: DeadLetter) => void) | undefined
  #tap: Tap | null = null
  #lastPid = 0
  readonly #signals = new MessageQueue<() => void>()
  readonly #runnables = new MessageQueue<Runnable>()

  constructor(clock: Clock, logger: Logger, random: () => number) {
    this.clock = clock
    this.logger = guardedLogger(logger)
    this.random = random
  }

  /** Who inspects, or nobody. What it throws is logged and reaches no actor. */
  get tap(): Tap | null {
    return this.#tap
  }

  set tap(tap: Tap | null) {
    this.#tap = tap === null ? null : guardedTap(tap, this.logger)
  }

  nextPid(): number {
    return ++this.#lastPid
  }

  /** Work that must not run on the stack of an actor: exits, DOWN messages, decisions of supervisors. */
  post(signal: () => void): void {
    this.#signals.push(signal)
    if (this.depth === 0) {
      this.depth = 1
      this.leave()
    }
  }

  /** An actor that could not be run inline works off its queue later in this turn. */
  schedule(runnable: Runnable): void {
    this.#runnables.push(runnable)
    if (this.depth === 0) {
      this.depth = 1
      this.leave()
    }
  }

  /** The way in for everything from outside: socket events, timers, settled promises. */
  run(work: () => void): void {
    this.depth++
    try {
      work()
    } finally {
      this.leave()
    }
  }

  /** Ends a dispatch; the outermost one drains both queues first. */
  leave(): void {
    if (this.depth === 1 && (this.#signals.length > 0 || this.#runnables.length > 0)) this.#drain()
    this.depth--
  }

  deadLetter(target: string, message: unknown, reason: ExitReason): void {
    this.deadLetters++
    if (this.onDeadLetter === undefined) return
    try {
      this.onDeadLetter({ target, message, reason })
    } catch (error) {
      this.logger.error({ err: error }, "the dead letter listener threw")
    }
  }

  #drain(): void {
    const interrupted = this.current
    this.current = undefined
    for (;;) {
      const signal = this.#signals.take()
      if (signal !== undefined) {
        try {
          signal()
        } catch (error) {
          this.logger.error({ err: error }, "a signal could not be delivered")
        }
        continue
      }
      const runnable = this.#runnables.take()
      if (runnable === undefined) break
      runnable.run()
    }
    this.current = interrupted
  }
}

export interface SystemOptions {
  /** Default: the machine's monotonic clock. */
  readonly clock?: Clock | undefined
  /** Default: silent. */
  readonly logger?: Logger | undefined
  /** In [0, 1); default Math.random. Back-off jitter and generated client identifiers come from it. */
  readonly random?: (() => number) | undefined
}

const SYSTEM_OPTIONS: readonly string[] = ["clock", "logger", "random"]

/** A world of its own: names and registry of two systems do not meet. */
export function createSystem(options: SystemOptions = {}): System {
  for (const option of Object.keys(options))
    if (!SYSTEM_OPTIONS.includes(option)) throw new InvalidOptionError(option, "is not an option of createSystem")
  return new ActorSystem(options.clock ?? systemClock, options.logger ?? silentLogger, options.random ?? systemRandom)
}

let shared: ActorSystem | undefined

/** The system meant: the given one, or the process-wide default. @throws InvalidOptionError when it was not made by `createSystem` */
export function systemOf(system: System | undefined): ActorSystem {
  if (system instanceof ActorSystem) return system
  if (system !== undefined) throw new InvalidOptionError("system", "must come from createSystem()")
  shared ??= new ActorSystem(systemClock, silentLogger, systemRandom)
  return shared
}
