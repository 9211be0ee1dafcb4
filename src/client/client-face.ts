/**
 * The Client's implementation: parses what users give, and turns it into calls.
 */

import {
  CLIENT_EVENT_KINDS,
  type ClientEventKind,
  type SubscribeOutcome,
  type UnsubscribeOutcome,
} from "../actors/index.js"
import type { Properties } from "../codec/index.js"
import { AbortedError, InvalidOptionError, StoppedError, TerrapinError } from "../errors.js"
import type { ActorRef, Ref } from "../runtime/index.js"
import { NotSentError } from "../session/index.js"
import { checkNames } from "./check-names.js"
import type { Client, ClientEventOf, ClientMessage, ConnectionInfo, PublishOutcome } from "./client.js"
import { ClientRef } from "./client-ref.js"
import type { ClientRoot } from "./client-root.js"
import type {
  CallOptions,
  DisconnectOptions,
  Payload,
  PublishOptions,
  SubscribeOptions,
  SubscriptionRequest,
} from "./option-types.js"
import { duration, parseFilter, parseSubscription } from "./parse-options.js"
import { parsePublication, withoutUndefined } from "./parse-publish.js"
import { publishCall, publishOnly } from "./publishing.js"
import { Readers } from "./readers.js"
import { type RequestOptions, requestSubscribe, requestUnsubscribe } from "./requests.js"
import type { Subscription } from "./subscription.js"

const DISCONNECT_CODES: ReadonlySet<number> = new Set([
  0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
])
const PING_TIMEOUT_MS = 30_000
const CALL_OPTIONS = ["timeoutMs", "signal"]

export class ClientFace implements Client {
  readonly #root: ClientRoot
  readonly #readers: Readers
  readonly ref: ActorRef<ClientMessage>

  constructor(root: ClientRoot) {
    this.#root = root
    this.ref = new ClientRef(this, () => root.whereis())
    this.#readers = new Readers(root.scope)
    // Readers end with the client; a restarted client goes on feeding them.
    root.onEnd((reason) => {
      if (reason.kind === "normal" || reason.kind === "shutdown") this.#readers.end()
    })
  }

  get name(): string {
    return this.#root.scope.name
  }

  get clientId(): string {
    return this.#root.scope.session.assignedClientId ?? this.#root.scope.settings.clientId
  }

  get status(): Client["status"] {
    return this.#root.scope.status
  }

  get info(): ConnectionInfo {
    const { facts, settings, attempts, lastCause } = this.#root.scope
    const { maximumQos, retainAvailable, receiveMaximum, maximumPacketSize, topicAliasMaximum, keepAliveSeconds } =
      facts.limits
    return {
      server: settings.transport.label,
      protocolVersion: facts.version,
      sessionPresent: facts.sessionPresent,
      attempts,
      lastCause,
      connack: facts.connack,
      limits: { maximumQos, retainAvailable, receiveMaximum, maximumPacketSize, topicAliasMaximum, keepAliveSeconds },
    }
  }

  async connected(options: CallOptions = {}): Promise<ConnectionInfo> {
    checkCall(options)
    if (this.status === "up") return this.info
    const { calls, events } = this.#root.scope
    const ref = this.#open("connected", options, 0)
    const off = events.on("up", () => calls.reply(ref, undefined))
    await calls.promise(ref).finally(off)
    return this.info
  }

  publish(topic: string, payload?: Payload | null, options?: PublishOptions): Promise<PublishOutcome> {
    try {
      if (options?.signal?.aborted === true) throw new AbortedError("publish", options.signal.reason)
      return publishCall(this.#root.scope, parsePublication(topic, payload, options), options)
    } catch (error) {
      return rejected(error)
    }
  }

  send(topic: string, payload?: Payload | null, options?: PublishOptions): boolean {
    const publication = parsePublication(topic, payload, options)
    try {
      publishOnly(this.#root.scope, publication)
      return true
    } catch (error) {
      if (!(error instanceof TerrapinError)) throw error
      this.#root.scope.events.emit({ kind: "dropped", direction: "out", topic, reason: error.code })
      return false
    }
  }

  subscribe(requests: readonly SubscriptionRequest[], options?: RequestOptions): Promise<readonly SubscribeOutcome[]>
  subscribe<const F extends string>(topicFilter: F, options?: SubscribeOptions): Promise<Subscription<F>>
  subscribe(
    what: string | readonly SubscriptionRequest[],
    options: SubscribeOptions = {},
  ): Promise<Subscription | readonly SubscribeOutcome[]> {
    try {
      const subscribed =
        typeof what === "string" ? this.#subscribeOne(what, options) : this.#subscribeAll(what, options)
      subscribed.catch(() => undefined)
      return subscribed
    } catch (error) {
      return rejected(error)
    }
  }

  unsubscribe(
    topicFilter: string | readonly string[],
    options: RequestOptions = {},
  ): Promise<readonly UnsubscribeOutcome[]> {
    try {
      checkNames(options, [...CALL_OPTIONS, "userProperties"])
      this.#checkLives(options)
      const filters = (typeof topicFilter === "string" ? [topicFilter] : topicFilter).map(
        (one) => parseFilter(one).wire,
      )
      if (filters.length === 0) throw new InvalidOptionError("topicFilter", "is empty")
      const { scope, inbox } = this.#root
      const unsubscribed = requestUnsubscribe(scope, filters, inbox, options)
      unsubscribed.catch(() => undefined)
      return unsubscribed
    } catch (error) {
      return rejected(error)
    }
  }

  ping(options: CallOptions = {}): Promise<number> {
    try {
      checkCall(options)
      this.#checkLives(options)
      const { scope } = this.#root
      if (scope.status !== "up") throw new NotSentError("not_connected", "there is no link to measure")
      const ref = this.#open("ping", options, PING_TIMEOUT_MS)
      const promise = scope.calls.promise<number>(ref)
      scope.names.connection.send({ type: "ping", ref })
      return promise
    } catch (error) {
      return rejected(error)
    }
  }

  reconnect(): void {
    this.#root.scope.names.connection.send({ type: "reconnect" })
  }

  async disconnect(options: DisconnectOptions = {}): Promise<void> {
    checkNames(options, ["reasonCode", "properties", "drainMs"])
    const { reasonCode = 0 } = options
    if (!DISCONNECT_CODES.has(reasonCode)) throw new InvalidOptionError("reasonCode", "is none that a client may send")
    const properties = options.properties ?? {}
    checkNames(properties, ["sessionExpiryInterval", "reasonString", "userProperties"], "properties.")
    const { scope } = this.#root
    if (scope.status === "stopped") return
    scope.stopRequest ??= {
      reasonCode,
      properties: withoutUndefined(properties) as Properties<"disconnect">,
      drainMs: duration("drainMs", options.drainMs) ?? scope.settings.drainMs,
    }
    const ended = this.#root.exited
    scope.names.connection.send({ type: "stop" })
    await ended
  }

  on<const K extends ClientEventKind>(kind: K, listener: (event: ClientEventOf<K>) => void): () => void {
    if (!CLIENT_EVENT_KINDS.includes(kind))
      throw new InvalidOptionError("kind", `"${kind}" is not an event of a client`)
    return this.#root.scope.events.on(kind, listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disconnect()
  }

  async #subscribeAll(
    requests: readonly SubscriptionRequest[],
    options: RequestOptions,
  ): Promise<readonly SubscribeOutcome[]> {
    checkNames(options, [...CALL_OPTIONS, "userProperties"])
    this.#checkLives(options)
    if (requests.length === 0) throw new InvalidOptionError("requests", "is empty [MQTT-3.8.3-2]")
    const subscriptions = requests.map((one, index) => parseSubscription(one, `requests[${index}].`))
    return requestSubscribe(this.#root.scope, subscriptions, this.#root.inbox, options)
  }

  async #subscribeOne(topicFilter: string, options: SubscribeOptions): Promise<Subscription> {
    this.#checkLives(options)
    return this.#readers.open(topicFilter, options)
  }

  #open(what: string, options: CallOptions, defaultMs: number): Ref {
    this.#checkLives(options)
    return this.#root.scope.calls.open({ what, timeoutMs: options.timeoutMs ?? defaultMs, signal: options.signal })
  }

  #checkLives(options: CallOptions): void {
    const { status, stopRequest } = this.#root.scope
    if (status === "stopped" || stopRequest !== undefined) throw new StoppedError("stopped", "the client is stopped")
    if (options.signal?.aborted === true) throw new AbortedError("the call", options.signal.reason)
  }
}

function checkCall(options: CallOptions): void {
  checkNames(options, CALL_OPTIONS)
  duration("timeoutMs", options.timeoutMs)
}

/** A promise that nobody looks at must not end the process. */
function rejected<T>(error: unknown): Promise<T> {
  const promise = Promise.reject<T>(error)
  promise.catch(() => undefined)
  return promise
}
