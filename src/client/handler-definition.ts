/**
 * The user's handler: callbacks over a state, checked and typed here, run by the handler actor.
 */

import type { HandlerCallbacks, Message, SubscriptionStatus } from "../actors/index.js"
import type { Connack, Disconnect, UserProperties } from "../codec/index.js"
import { InvalidOptionError } from "../errors.js"
import type { Logger } from "../logger.js"
import type { ActorRef, MaybePromise } from "../runtime/index.js"
import type { DownCause } from "../session/index.js"
import { checkNames } from "./check-names.js"
import type { Client } from "./client.js"
import type { HandlerDefinition } from "./handler-types.js"
import type { DisconnectOptions, PublishRequest, SubscriptionRequest } from "./option-types.js"

/** Reason code and properties of the PUBACK or PUBREC that answers the message. */
export interface HandlerReply {
  /** Default 0x00; 0x80 and more refuse the message (MQTT 5). */
  readonly reasonCode?: number
  readonly properties?: { readonly reasonString?: string; readonly userProperties?: UserProperties }
}

/** What a callback may ask for, as data. */
export type NextAction =
  | ({ readonly type: "subscribe" } & SubscriptionRequest)
  | { readonly type: "unsubscribe"; readonly topicFilter: string }
  | ({ readonly type: "publish" } & PublishRequest)
  | { readonly type: "disconnect"; readonly options?: DisconnectOptions }
  /** Ends the client at once: nothing is waited for. */
  | { readonly type: "stop" }

/** What a callback returns; nothing keeps the state. */
export type HandlerNext<State, Reply = never> = void | {
  readonly state?: State
  /** Performed in order, after the state was taken. */
  readonly actions?: readonly NextAction[]
  readonly reply?: Reply
}

type Result<State, Reply = never> = MaybePromise<HandlerNext<State, Reply>>

export interface HandlerContext<in Info = never> {
  /** May be used in any callback, awaited too. */
  readonly client: Client
  readonly self: ActorRef<Info>
  readonly logger: Logger
  /** Aborted when this handler is stopped or restarted. */
  readonly signal: AbortSignal
}

/** Callbacks run one after another; the arguments end with state and context. One that throws crashes the handler alone. */
export interface Handler<Args, State, Info> {
  /** Makes the first state; also after every restart. */
  init?(args: Args, context: HandlerContext<Info>): MaybePromise<State>
  connection?(
    status: "up" | "down",
    state: NoInfer<State>,
    context: HandlerContext<Info> & { readonly cause: DownCause | undefined },
  ): Result<NoInfer<State>>
  subscription?(
    status: SubscriptionStatus,
    topicFilter: string,
    state: NoInfer<State>,
    context: HandlerContext<Info>,
  ): Result<NoInfer<State>>
  handleConnack?(connack: Connack, state: NoInfer<State>, context: HandlerContext<Info>): Result<NoInfer<State>>
  /** The message is acknowledged when this is done. */
  handlePublish?(
    topicLevels: readonly string[],
    message: Message,
    state: NoInfer<State>,
    context: HandlerContext<Info>,
  ): Result<NoInfer<State>, HandlerReply>
  handleDisconnect?(
    disconnect: Disconnect,
    state: NoInfer<State>,
    context: HandlerContext<Info>,
  ): Result<NoInfer<State>>
  terminate?(reason: unknown, state: NoInfer<State>): MaybePromise<void>
}

const CALLBACKS = [
  "init",
  "connection",
  "subscription",
  "handleConnack",
  "handlePublish",
  "handleDisconnect",
  "terminate",
]

const definitions = new WeakMap<object, HandlerCallbacks>()

/** Checks the callbacks' names and hides the state's type. @throws InvalidOptionError for an unknown callback */
export function defineHandler<Args = void, State = undefined, Info = never>(
  callbacks: Handler<Args, State, Info>,
): HandlerDefinition<Args, Info> {
  checkNames(callbacks, CALLBACKS)
  for (const [name, callback] of Object.entries(callbacks))
    if (callback !== undefined && typeof callback !== "function")
      throw new InvalidOptionError(name, "must be a function")
  const definition = Object.freeze({}) as HandlerDefinition<Args, Info>
  definitions.set(definition, callbacks as HandlerCallbacks)
  return definition
}

/** @throws InvalidOptionError for what no `defineHandler` made */
export function handlerCallbacks(definition: unknown): HandlerCallbacks {
  const callbacks = typeof definition === "object" && definition !== null ? definitions.get(definition) : undefined
  if (callbacks === undefined) throw new InvalidOptionError("handler", "must come from defineHandler()")
  return callbacks
}
