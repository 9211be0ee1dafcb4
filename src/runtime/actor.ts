/**
 * The actor: a mailbox, a program, and the rules of dispatch, start and end.
 *
 *     starting ──▶ idle ⇄ running ⇄ waiting (for the promise of a callback)
 *                    │ queued: messages wait, because of nesting too deep
 *                    ▼
 *                 ending (terminate runs) ──▶ dead
 *
 * `send` runs an idle actor at once, on the sender's stack; an actor is never re-entered. Errors stop at its boundary.
 * Exit signals are never inline (system.ts). Children are an intrusive list in start order, so that a child costs no
 * entry in any table. Length: dispatch, start and end are one state machine over `status`; apart they would share it all.
 */

import { attemptAll } from "./cleanup.js"
import { StartError } from "./errors.js"
import { crash, describeExit, type ExitReason, KILLED, NOPROC } from "./exit.js"
import { type Mailbox, MessageQueue } from "./message-queue.js"
import { type Program, Signal } from "./program.js"
import type { ActorRef, Ref } from "./ref.js"
import type { ActorSystem, Runnable } from "./system.js"
import type { Tapped } from "./tap.js"

export const IDLE = 0
export const RUNNING = 1
export const QUEUED = 2
export const WAITING = 3
export const STARTING = 4
export const ENDING = 5
export const DEAD = 6

/** Beyond this many nested dispatches a message is queued, to keep the stack short. */
const MAX_DEPTH = 64

/** How long an asynchronous terminate may take when whoever asked for the end sets no deadline of its own. */
const TERMINATE_TIMEOUT_MS = 5_000

/** The stable name that an actor fills while it lives (name.ts). */
export interface Identity<in Message> extends ActorRef<Message> {
  readonly mailbox: Mailbox<unknown> | undefined
  began(actor: Actor<Message>): void
  ended(actor: Actor<Message>): void
}

/** Who sees to it that an asynchronous terminate comes to an end. */
export type TerminateBound = "bounded" | "by_caller"

/** Somebody who wants to know of an actor's end, once. */
export interface Watcher {
  ended(actor: Actor<never>, reason: ExitReason): void
}

export interface SpawnOptions<in Message> {
  readonly parent?: Actor<never> | undefined
  readonly identity?: Identity<Message> | undefined
  readonly trapExit?: boolean | undefined
}

export class Actor<in Message = never> implements ActorRef<Message>, Tapped, Runnable {
  readonly pid: number
  readonly system: ActorSystem
  readonly label: string
  readonly parent: Actor<never> | undefined
  readonly identity: Identity<Message> | undefined
  readonly trapExit: boolean
  status: number = STARTING
  /** Set when dead. */
  exitReason: ExitReason | undefined = undefined
  /** In start order. */
  firstChild: Actor<never> | undefined = undefined
  lastChild: Actor<never> | undefined = undefined
  nextSibling: Actor<never> | undefined = undefined
  previousSibling: Actor<never> | undefined = undefined
  #program: Program<Message> | undefined = undefined
  #mailbox: Mailbox<unknown> | undefined
  #links: Set<Actor<never>> | undefined = undefined
  #watchers: Set<Watcher> | undefined = undefined
  #cleanups: Set<() => void> | undefined = undefined
  #abort: AbortController | undefined = undefined
  #startEnded: ((reason: ExitReason) => void) | undefined = undefined

  /** Not started yet: `start` takes the program. */
  constructor(system: ActorSystem, label: string, options: SpawnOptions<Message>) {
    this.system = system
    this.pid = system.nextPid()
    this.label = label
    this.parent = options.parent
    this.identity = options.identity
    this.trapExit = options.trapExit ?? false
    this.#mailbox = options.identity?.mailbox
    system.actors++
    options.identity?.began(this)
    options.parent?.adopt(this)
  }

  get program(): Program<Message> {
    return this.#program ?? NOT_STARTED
  }

  get alive(): boolean {
    return this.status < ENDING
  }

  get queued(): number {
    return this.#mailbox?.length ?? 0
  }

  /** What others should hold: the stable name, if it has one. */
  get self(): ActorRef<Message> {
    return this.identity ?? this
  }

  /** Aborted as soon as the actor is stopped, killed or crashed. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController()
      if (!this.alive) this.#abort.abort()
    }
    return this.#abort.signal
  }

  send(message: Message): void {
    const system = this.system
    const source = system.current
    if (source !== undefined && source.status === DEAD) {
      system.revokedActions++
      return
    }
    if (system.tap !== null) system.tap.event(source, this, message)
    if (this.status !== IDLE || system.depth >= MAX_DEPTH) {
      this.#enqueue(message)
      return
    }
    system.depth++
    system.current = this
    this.status = RUNNING
    try {
      const waiting = this.program.handle(message)
      if (waiting !== undefined) this.#wait(waiting)
    } catch (error) {
      this.#crashed(error)
    }
    if (system.tap !== null && this.status < ENDING) system.tap.snapshot(this, message)
    if (this.status === RUNNING) this.#settle()
    system.current = source
    system.leave()
  }

  /** A signal takes its place in the mailbox. */
  receive(signal: Signal): void {
    if (this.status >= ENDING) return
    if (this.status !== IDLE) this.#queue().push(signal)
    else this.#enter(() => this.#deliver(signal))
  }

  /** Works off the mailbox of an actor that had to be queued. */
  run(): void {
    if (this.status === QUEUED) this.#enter(() => undefined)
  }

  // ------------------------------------------------------------------------------------------------ start

  /** Runs init. A promise only when init is asynchronous. @throws StartError, also as rejection; the parent is not told then */
  start(program: Program<Message>, timeoutMs: number): undefined | Promise<void> {
    this.#program = program
    const { system } = this
    system.tap?.spawned(this)
    const source = system.current
    system.depth++
    system.current = this
    try {
      if (source?.status === DEAD || (this.parent !== undefined && !this.parent.alive)) this.#refuse()
      const waiting = program.init()
      if (waiting !== undefined && this.status === STARTING) return this.#awaitInit(waiting, timeoutMs)
      waiting?.then(undefined, () => undefined) // it ended in init: nobody asks for the result any more
      if (this.exitReason !== undefined) throw new Error(`it ended in init (${describeExit(this.exitReason)})`)
      this.#ready()
      return undefined
    } catch (error) {
      this.exit(crash(error))
      throw new StartError(this.label, error instanceof Error ? error.message : String(error), error)
    } finally {
      system.current = source
      system.leave()
    }
  }

  /** Actors are not started by what has ended, nor below it: there they would be nobody's. */
  #refuse(): never {
    this.system.revokedActions++
    throw new Error("whoever starts it has ended")
  }

  #awaitInit(waiting: PromiseLike<unknown>, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = (message: string, cause?: unknown) => reject(new StartError(this.label, message, cause))
      const kill = () => this.system.run(() => this.exit(KILLED))
      const cancel = Number.isFinite(timeoutMs) ? this.system.clock.setTimer(kill, timeoutMs) : () => undefined
      this.#startEnded = (reason) => {
        cancel()
        refuse(reason === KILLED ? `init did not end within ${timeoutMs} ms, or was killed` : describeExit(reason))
      }
      const settle = (then: () => void) => {
        if (this.status !== STARTING) return
        cancel()
        this.#startEnded = undefined
        this.#enter(then)
      }
      waiting.then(
        (value) =>
          settle(() => {
            try {
              this.program.settled?.(value)
            } catch (error) {
              this.exit(crash(error))
              refuse("init failed", error)
              return
            }
            this.status = RUNNING
            resolve()
          }),
        (error: unknown) =>
          settle(() => {
            this.exit(crash(error))
            refuse(error instanceof Error ? error.message : String(error), error)
          }),
      )
    })
  }

  #ready(): void {
    this.status = RUNNING
    this.#settle()
  }

  // ------------------------------------------------------------------------------------------------ dispatch

  #enqueue(message: Message): void {
    if (this.status >= ENDING) {
      const { identity } = this
      if (identity?.mailbox === undefined) {
        this.system.deadLetter(this.label, message, this.exitReason ?? NOPROC)
        return
      }
      if (this.status === DEAD) {
        identity.send(message) // the next life has the mailbox now
        return
      }
    }
    this.#queue().push(message)
    if (this.status === IDLE) {
      this.status = QUEUED
      this.system.schedule(this)
    }
  }

  #queue(): Mailbox<unknown> {
    this.#mailbox ??= new MessageQueue()
    return this.#mailbox
  }

  /** Runs `work` as this actor, then what waits in the mailbox. */
  #enter(work: () => void): void {
    const { system } = this
    const source = system.current
    system.depth++
    system.current = this
    if (this.status !== STARTING) this.status = RUNNING
    work()
    if (this.status === RUNNING) this.#settle()
    system.current = source
    system.leave()
  }

  #settle(): void {
    const mailbox = this.#mailbox
    if (mailbox !== undefined) {
      while (mailbox.length > 0) {
        this.#deliver(mailbox.take())
        if (this.status !== RUNNING) return
      }
    }
    this.status = IDLE
  }

  #deliver(item: unknown): void {
    try {
      const waiting = item instanceof Signal ? this.program.signal?.(item) : this.program.handle(item as Message)
      if (waiting !== undefined) this.#wait(waiting)
    } catch (error) {
      this.#crashed(error)
    }
    if (this.system.tap !== null && this.status < ENDING) this.system.tap.snapshot(this, item)
  }

  #wait(waiting: PromiseLike<unknown>): void {
    if (this.status === RUNNING) this.status = WAITING
    const settle = (then: () => void) => {
      if (this.status === WAITING) this.#enter(then) // else it ended meanwhile: the late result is ignored
    }
    // A foreign thenable may answer twice or at once; a promise answers once and later.
    Promise.resolve(waiting).then(
      (value) =>
        settle(() => {
          try {
            this.program.settled?.(value)
          } catch (error) {
            this.#crashed(error)
          }
        }),
      (error: unknown) => settle(() => this.#crashed(error)),
    )
  }

  #crashed(error: unknown): void {
    const { logger } = this.system
    if (this.status >= ENDING) logger.debug({ err: error, actor: this.label }, "an actor that had ended threw")
    else {
      if (this.parent === undefined) logger.error({ err: error, actor: this.label }, "an unsupervised actor crashed")
      this.#terminate(crash(error), "bounded")
    }
  }

  // ------------------------------------------------------------------------------------------------ end

  /**
   * Ends it orderly: terminate runs, then it exits with the reason. `kill` cannot be answered. An asynchronous terminate
   * may take 5,000 ms, unless the caller sees to its end `by_caller`. One that still starts has nothing to terminate,
   * except a supervisor, which has children.
   */
  shutdown(reason: ExitReason, bound: TerminateBound = "bounded"): void {
    if (reason.kind === "kill") this.exit(KILLED)
    else if (this.status === STARTING && this.program.kind !== "supervisor") this.exit(reason)
    else if (this.status < ENDING) this.#terminate(reason, bound)
  }

  /** Its parent ended: one that traps exits (a supervisor) may still end its own affairs, any other is gone at once. */
  orphaned(reason: ExitReason): void {
    if (this.trapExit) this.shutdown(reason)
    else this.exit(reason)
  }

  /** An actor it is linked to ended (Erlang: exit signals). */
  linkedExit(from: ActorRef<never>, reason: ExitReason): void {
    if (from instanceof Actor) this.#links?.delete(from)
    if (this.trapExit) this.receive(new Signal("exited", from instanceof Actor ? from.self : from, reason))
    else if (reason.kind !== "normal") this.exit(reason)
  }

  #terminate(reason: ExitReason, bound: TerminateBound): void {
    const { system } = this
    const source = system.current
    this.status = ENDING
    system.depth++
    system.current = this
    try {
      this.#abort?.abort()
      const waiting = this.program.terminate?.(reason)
      if (waiting === undefined) this.exit(reason)
      else this.#awaitTerminate(waiting, reason, bound)
    } catch (error) {
      this.exit(crash(error))
    }
    system.current = source
    system.leave()
  }

  #awaitTerminate(waiting: PromiseLike<unknown>, reason: ExitReason, bound: TerminateBound): void {
    const end = (why: ExitReason) => this.system.run(() => this.exit(why))
    // A supervisor ends when its children have, and each of those has a deadline.
    if (this.program.kind !== "supervisor" && bound === "bounded")
      this.own(this.system.clock.setTimer(() => end(reason), TERMINATE_TIMEOUT_MS))
    waiting.then(
      () => end(reason),
      (error: unknown) => end(crash(error)),
    )
  }

  /** Dead from here on: refs, names, links, mailbox and everything it owned. */
  exit(reason: ExitReason): void {
    if (this.status === DEAD) return
    const starting = this.status === STARTING
    const { system } = this
    const source = system.current
    system.depth++ // so that what follows is told to others only when this is whole
    system.current = undefined // cleaning up is the kernel's work, not that of an actor that has ended
    this.status = DEAD
    this.exitReason = reason
    system.actors--
    if (this.#abort !== undefined || this.#cleanups !== undefined) this.#release()
    if (this.identity !== undefined) this.identity.ended(this)
    if (this.#mailbox !== undefined) this.#drop(this.#mailbox, reason)
    this.#startEnded?.(reason)
    if (this.firstChild !== undefined) this.#orphan(reason) // first: its next life must not meet the children of this one
    if (this.parent !== undefined) this.#tellParent(this.parent, reason, starting)
    if (this.#links !== undefined) for (const linked of this.#links) system.post(() => linked.linkedExit(this, reason))
    if (this.#watchers !== undefined)
      for (const watcher of this.#watchers) system.post(() => watcher.ended(this, reason))
    if (system.tap !== null) system.tap.exited(this, reason)
    system.current = source
    system.leave()
  }

  #tellParent(parent: Actor<never>, reason: ExitReason, starting: boolean): void {
    parent.abandon(this)
    if (starting || parent.status >= ENDING) {
      parent.program.childEnded?.(this, reason)
      return
    }
    if (parent.program.childEnded?.(this, reason) !== true)
      this.system.post(() => parent.receive(new Signal("child", this, reason)))
  }

  #orphan(reason: ExitReason): void {
    for (let child = this.firstChild; child !== undefined; child = child.nextSibling) {
      const orphan = child
      this.system.post(() => orphan.orphaned(reason))
    }
  }

  /** Signals were meant for this life alone; of a kept mailbox the messages stay. */
  #drop(mailbox: Mailbox<unknown>, reason: ExitReason): void {
    const kept = this.identity?.mailbox === mailbox
    for (let left = mailbox.length; left > 0; left--) {
      const item = mailbox.take()
      if (item instanceof Signal) continue
      if (kept) mailbox.push(item)
      else this.system.deadLetter(this.label, item, reason)
    }
  }

  #release(): void {
    this.#abort?.abort()
    const cleanups = this.#cleanups
    this.#cleanups = undefined
    if (cleanups !== undefined) attemptAll(cleanups, this.system.logger)
  }

  // ------------------------------------------------------------------------------------------------ bonds

  /** Ties a resource to this actor's life, as Erlang ties a port: `cleanup` runs at its end, however it ends. Returns what unties it. */
  own(cleanup: () => void): () => void {
    if (this.status === DEAD) {
      this.system.revokedActions++
      cleanup()
      return () => undefined
    }
    this.#cleanups ??= new Set()
    const cleanups = this.#cleanups
    cleanups.add(cleanup)
    return () => cleanups.delete(cleanup)
  }

  watch(watcher: Watcher): void {
    this.#watchers ??= new Set()
    this.#watchers.add(watcher)
  }

  unwatch(watcher: Watcher): void {
    this.#watchers?.delete(watcher)
  }

  link(other: Actor<never>): void {
    this.#links ??= new Set()
    this.#links.add(other)
  }

  /** @internal kernel only: a child was spawned. */
  adopt(child: Actor<never>): void {
    child.previousSibling = this.lastChild
    if (this.lastChild === undefined) this.firstChild = child
    else this.lastChild.nextSibling = child
    this.lastChild = child
  }

  /** @internal kernel only: a child ended. */
  abandon(child: Actor<never>): void {
    const { previousSibling: previous, nextSibling: next } = child
    if (previous === undefined) this.firstChild = next
    else previous.nextSibling = next
    if (next === undefined) this.lastChild = previous
    else next.previousSibling = previous
  }
}

/** Stands in until `start` gives the program; an actor that never started handles nothing. */
const NOT_STARTED: Program<unknown> = { kind: "actor", init: () => undefined, handle: () => undefined }

/** The DOWN message of a monitor. */
export function downSignal(from: ActorRef<never>, reason: ExitReason, ref: Ref): Signal {
  return new Signal("down", from, reason, ref)
}
