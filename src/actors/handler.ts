/**
 * The handler actor: runs the user's callbacks one after another. What waits is kept over its restarts; what it crashed on is
 * rejected, and told of as a dead letter.
 */

import { NO_PROPERTIES } from "../codec/index.js"
import { guardedLogger, type Logger } from "../logger.js"
import { type Actor, type ExitReason, isPromise, type Program } from "../runtime/index.js"
import type { Delivery, DeliveryReply } from "./delivery.js"
import type { HandlerMessage } from "./handler-messages.js"
import { ReceivedMessage } from "./message.js"
import type { ClientScope } from "./scope.js"
import { isOrderly } from "./stopping.js"

/** Implementation specific error (MQTT 5): what a message is refused with when the handler crashed on it. */
const HANDLER_CRASHED: DeliveryReply = { reasonCode: 0x83, properties: NO_PROPERTIES }

/** The user's callbacks as the actor calls them: arguments first, then state and context. src/client types them. */
export interface HandlerCallbacks {
  init?(args: unknown, context: object): unknown
  connection?(status: "up" | "down", state: unknown, context: object): unknown
  subscription?(status: unknown, topicFilter: string, state: unknown, context: object): unknown
  handleConnack?(packet: unknown, state: unknown, context: object): unknown
  handlePublish?(levels: readonly string[], message: unknown, state: unknown, context: object): unknown
  handleDisconnect?(packet: unknown, state: unknown, context: object): unknown
  terminate?(reason: unknown, state: unknown): unknown
}

/** What a callback returned, validated. */
export interface CallbackResult {
  readonly state?: unknown
  readonly reply?: DeliveryReply
  /** Performs the next actions; called after the state was taken. */
  readonly perform: () => void
}

export interface HandlerPlan {
  readonly callbacks: HandlerCallbacks
  readonly args: unknown
  /** The user's view of the client. */
  readonly client: () => unknown
  /** Checks what a callback returned. @throws for what is no result: that is a crash of the handler */
  readonly read: (returned: unknown) => CallbackResult | undefined
}

export class HandlerProgram implements Program<HandlerMessage> {
  readonly kind = "actor"
  readonly #scope: ClientScope
  readonly #plan: HandlerPlan
  readonly #actor: Actor<HandlerMessage>
  readonly #logger: Logger
  /** What callbacks get last. One for all: made anew it was a fifth of what a message costs. */
  readonly #context: object
  #state: unknown = undefined
  #initialized = false
  #inHand: Delivery | undefined = undefined

  constructor(scope: ClientScope, plan: HandlerPlan, actor: Actor<HandlerMessage>) {
    this.#scope = scope
    this.#plan = plan
    this.#actor = actor
    this.#logger = guardedLogger(scope.logger, { actor: "handler" })
    this.#context = this.#contextWith({})
    actor.own(() => scope.system.post(() => this.#refuseInHand(undefined)))
  }

  init(): PromiseLike<unknown> | undefined {
    const state = this.#plan.callbacks.init?.(this.#plan.args, this.#context)
    if (isPromise(state)) return state
    this.settled(state)
    return undefined
  }

  handle(message: HandlerMessage): PromiseLike<unknown> | undefined {
    if (message.type === "message") this.#inHand = message.delivery
    const returned = this.#call(message)
    if (isPromise(returned)) return returned
    this.#take(returned)
    return undefined
  }

  settled(value: unknown): void {
    if (this.#initialized) this.#take(value)
    else {
      this.#state = value
      this.#initialized = true
    }
  }

  terminate(reason: ExitReason): PromiseLike<unknown> | undefined {
    if (reason.kind === "crash") this.#reportCrash(reason.error)
    else if (isOrderly(reason)) this.#leaveInHand()
    if (!this.#initialized) return undefined
    const waiting = this.#plan.callbacks.terminate?.(reason, this.#state)
    return isPromise(waiting) ? waiting : undefined
  }

  snapshot(): unknown {
    return this.#state
  }

  #call(message: HandlerMessage): unknown {
    const { callbacks } = this.#plan
    const state = this.#state
    switch (message.type) {
      case "message": {
        const received = new ReceivedMessage(message.delivery.message)
        return callbacks.handlePublish?.(received.levels, received, state, this.#context)
      }
      case "connection":
        return callbacks.connection?.(message.status, state, this.#contextWith({ cause: message.cause }))
      case "subscription":
        return callbacks.subscription?.(message.status, message.topicFilter, state, this.#context)
      case "connack":
        return callbacks.handleConnack?.(message.packet, state, this.#context)
      case "disconnect":
        return callbacks.handleDisconnect?.(message.packet, state, this.#context)
    }
  }

  #take(returned: unknown): void {
    const result = this.#plan.read(returned)
    if (result !== undefined && "state" in result) this.#state = result.state
    const delivery = this.#inHand
    this.#inHand = undefined
    delivery?.done(result?.reply)
    result?.perform()
  }

  #contextWith(more: object): object {
    const actor = this.#actor
    const plan = this.#plan
    return Object.freeze({
      ...more,
      self: actor.self,
      logger: this.#logger,
      get client() {
        return plan.client()
      },
      get signal() {
        return actor.signal
      },
    })
  }

  #reportCrash(error: unknown): void {
    this.#scope.logger.error({ err: error }, "the handler crashed")
    this.#refuseInHand(error)
    this.#scope.events.emit({ kind: "handler_crash", error })
  }

  /** The message that it crashed on: the server does not send it again, so whoever listens gets the only copy left. */
  #refuseInHand(thrown: unknown): void {
    const delivery = this.#inHand
    if (delivery === undefined) return
    this.#inHand = undefined
    const error = thrown ?? new Error("the handler was killed while it worked on the message")
    this.#scope.events.emit({ kind: "dead_letter", message: new ReceivedMessage(delivery.message), error })
    delivery.done(HANDLER_CRASHED)
  }

  /** The client is stopped in good order: what was begun is left to the server, which sends it again. */
  #leaveInHand(): void {
    this.#inHand?.leave()
    this.#inHand = undefined
  }
}
