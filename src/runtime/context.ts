/**
 * What an actor's own code gets in hand.
 */

import type { Clock } from "../clock.js"
import { guardedLogger, type Logger } from "../logger.js"
import { type Actor, DEAD } from "./actor.js"
import type { ActorRef } from "./ref.js"

export interface Context<in Message> {
  readonly self: ActorRef<Message>
  /** Bears the actor's name and pid. */
  readonly logger: Logger
  readonly clock: Clock
  /** Aborted when this actor ends, however it ends. */
  readonly signal: AbortSignal
  /** Sends itself a message later; the timer dies with the actor. Returns what cancels it. */
  readonly sendAfter: (delayMs: number, message: Message) => () => void
}

/** @internal the kernel's own implementation; `contextActor` finds the actor behind a Context */
export class ActorContext<in Message> implements Context<Message> {
  readonly #actor: Actor<Message>
  #logger: Logger | undefined = undefined

  constructor(actor: Actor<Message>) {
    this.#actor = actor
  }

  static actorOf(context: ActorContext<never>): Actor<never> {
    return context.#actor
  }

  /** Of an actor that has ended: a ref that counts and drops, so that its late code does not speak to its next life. */
  get self(): ActorRef<Message> {
    const actor = this.#actor
    if (actor.status !== DEAD) return actor.self
    return { pid: actor.pid, send: () => void actor.system.revokedActions++ }
  }

  get logger(): Logger {
    this.#logger ??= guardedLogger(this.#actor.system.logger, { actor: this.#actor.label, pid: this.#actor.pid })
    return this.#logger
  }

  get clock(): Clock {
    return this.#actor.system.clock
  }

  get signal(): AbortSignal {
    return this.#actor.signal
  }

  readonly sendAfter = (delayMs: number, message: Message): (() => void) =>
    setActorTimer(this.#actor, () => this.#actor.send(message), delayMs)
}

/** The actor behind a context that the kernel handed out. @throws TypeError for anything else */
export function contextActor(context: Context<never>): Actor<never> {
  if (!(context instanceof ActorContext)) throw new TypeError("not a context that the runtime made")
  return ActorContext.actorOf(context)
}

/** A timer that dies with its actor. Of an actor that has ended: does nothing and is counted. */
export function setActorTimer(actor: Actor<never>, fire: () => void, delayMs: number): () => void {
  if (actor.status === DEAD) {
    actor.system.revokedActions++
    return () => undefined
  }
  const { system } = actor
  const cancel = system.clock.setTimer(() => {
    disown()
    system.run(fire)
  }, delayMs)
  const disown = actor.own(cancel)
  return () => {
    disown()
    cancel()
  }
}
