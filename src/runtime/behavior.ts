/**
 * An actor described by callbacks over a state, as OTP's gen_server is.
 */

import { InvalidOptionError } from "../errors.js"
import type { Actor } from "./actor.js"
import { ActorContext, type Context } from "./context.js"
import type { ExitReason } from "./exit.js"
import { isPromise, type MaybePromise, type Program, type Signal } from "./program.js"
import type { ActorRef, Ref } from "./ref.js"

/** What a callback asks for; nothing keeps the state. */
export type Next<State> = void | { readonly state?: State; readonly stop?: ExitReason }

/** The callbacks of an actor. One that returns a promise keeps the actor busy until it settles. */
export interface Behavior<Args, Message, State> {
  /** Makes the first state; also after every restart. A throw is the starter's error. */
  init(args: Args, context: Context<Message>): MaybePromise<State>
  handle(message: Message, state: State, context: Context<Message>): MaybePromise<Next<NoInfer<State>>>
  /** A monitored actor ended. */
  down?(
    ref: Ref,
    from: ActorRef<never>,
    reason: ExitReason,
    state: State,
    context: Context<Message>,
  ): MaybePromise<Next<NoInfer<State>>>
  /** A linked actor ended; only with trapExit: true, otherwise its abnormal exit ends this actor too. */
  exited?(
    from: ActorRef<never>,
    reason: ExitReason,
    state: State,
    context: Context<Message>,
  ): MaybePromise<Next<NoInfer<State>>>
  /** On a crash, an own stop, or shutdown by the parent; never on kill. */
  terminate?(reason: ExitReason, state: State): MaybePromise<void>
}

declare const actorTypes: unique symbol

/** A behavior with its State erased: short to write down, safe to pass on. */
export interface ActorDefinition<in Args, in Message> {
  readonly [actorTypes]: (args: Args, message: Message) => void
}

/** Makes the program of one life of an actor. */
export type MakeProgram<Args, Message> = (args: Args, actor: Actor<Message>) => Program<Message>

const makers = new WeakMap<object, MakeProgram<never, never>>()

/** Hides how a definition becomes a program behind its public, typed face. */
export function makeDefinition<Args, Message>(make: MakeProgram<Args, Message>): ActorDefinition<Args, Message> {
  const definition = Object.freeze({}) as ActorDefinition<Args, Message>
  makers.set(definition, make as unknown as MakeProgram<never, never>)
  return definition
}

/** @throws InvalidOptionError for what no `defineActor` made */
export function programMaker<Args, Message>(definition: ActorDefinition<Args, Message>): MakeProgram<Args, Message> {
  const make = makers.get(definition)
  if (make === undefined) throw new InvalidOptionError("definition", "must come from defineActor()")
  return make as unknown as MakeProgram<Args, Message>
}

const CALLBACKS: readonly string[] = ["init", "handle", "down", "exited", "terminate"]

/** Checks the callbacks' names and hides the state's type. @throws InvalidOptionError for an unknown or a missing callback */
export function defineActor<Args = void, Message = never, State = undefined>(
  behavior: Behavior<Args, Message, State>,
): ActorDefinition<Args, Message> {
  for (const callback of Object.keys(behavior))
    if (!CALLBACKS.includes(callback)) throw new InvalidOptionError(callback, "is not a callback of an actor")
  for (const callback of ["init", "handle"] as const)
    if (typeof behavior[callback] !== "function") throw new InvalidOptionError(callback, "must be a function")
  return makeDefinition((args: Args, actor: Actor<Message>) => new BehaviorProgram(behavior, args, actor))
}

class BehaviorProgram<Args, Message, State> implements Program<Message> {
  readonly kind = "actor"
  readonly #behavior: Behavior<Args, Message, State>
  readonly #args: Args
  readonly #actor: Actor<Message>
  readonly #context: Context<Message>
  /** Set by init, before any other callback runs. */
  #state: State | undefined = undefined
  #initialized = false

  constructor(behavior: Behavior<Args, Message, State>, args: Args, actor: Actor<Message>) {
    this.#behavior = behavior
    this.#args = args
    this.#actor = actor
    this.#context = new ActorContext(actor)
  }

  init(): PromiseLike<unknown> | undefined {
    const state = this.#behavior.init(this.#args, this.#context)
    if (isPromise(state)) return state
    this.settled(state)
    return undefined
  }

  handle(message: Message): PromiseLike<unknown> | undefined {
    return this.#take(this.#behavior.handle(message, this.#state as State, this.#context))
  }

  signal(signal: Signal): PromiseLike<unknown> | undefined {
    const state = this.#state as State
    const { from, reason, ref } = signal
    if (signal.kind === "down") return this.#take(this.#behavior.down?.(ref, from, reason, state, this.#context))
    if (signal.kind === "child") return undefined // it supervises nobody
    return this.#take(this.#behavior.exited?.(from, reason, state, this.#context))
  }

  settled(value: unknown): void {
    if (this.#initialized) this.#apply(value as Next<State>)
    else {
      this.#state = value as State
      this.#initialized = true
    }
  }

  terminate(reason: ExitReason): PromiseLike<unknown> | undefined {
    const waiting = this.#behavior.terminate?.(reason, this.#state as State)
    return isPromise(waiting) ? waiting : undefined
  }

  snapshot(): unknown {
    return this.#state
  }

  #take(next: MaybePromise<Next<State>>): PromiseLike<unknown> | undefined {
    if (isPromise(next)) return next
    this.#apply(next)
    return undefined
  }

  #apply(next: Next<State>): void {
    if (next === undefined || next === null) return
    if (next.state !== undefined) this.#state = next.state
    if (next.stop !== undefined) this.#actor.shutdown(next.stop)
  }
}
