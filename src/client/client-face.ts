/**
 * The Client's implementation: parses what users give, and turns it into calls.
 */

import {
  CLIENT_EVENT_KINDS,
  type ClientEventKind,
  type SubscribeOutcome,
  type UnsubscribeOutcome,
} from "../actors/index.js"
import { InvalidOptionError, StoppedError, TerrapinError } from "../errors.js"
import type { ActorRef, Ref } from "../runtime/index.js"
import { NotSentError } from "../session/index.js"
import { CALL_OPTIONS, checkCall, REQUEST_OPTIONS, unlooked } from "./check-call.js"
import type { Client, ClientEventOf, ClientMessage, ConnectionInfo, PublishOutcome } from "./client.js"
import { ClientRef } from "./client-ref.js"
import type { ClientRoot } from "./client-root.js"
import { openCall } from "./open-call.js"
import type {
  CallOptions,
  DisconnectOptions,
  Payload,
  PublishOptions,
  SubscribeOptions,
  SubscriptionRequest,
} from "./option-types.js"
import { parseDisconnect } from "./parse-disconnect.js"
import { parseFilter, parseSubscription } from "./parse-options.js"
import { parsePublication } from "./parse-publish.js"
import { publishCall, publishOnly } from "./publishing.js"
import { Readers } from "./readers.js"
import { type RequestOptions, requestSubscribe, requestUnsubscribe } from "./requests.js"
import type { Subscription } from "./subscription.js"

const PING_TIMEOUT_MS = 30_000

export class ClientFace implements Client {
  readonly #root: ClientRoot
  readonly #readers: Readers
  readonly ref: ActorRef<ClientMessage>

  constructor(root: ClientRoot) {
    this.#root = root
    this.ref = new ClientRef(this, root.scope.logger, () => root.whereis())
    this.#readers = new Readers(root.scope)
    // Readers end with the client; a restarted client goes on feeding them.
    root.onEnd((reason) => {
      if (reason.kind === "normal" || reason.kind === "shutdown") this.#readers.end()
    })
    root.onOver(() => this.#readers.end())
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

  connected(options: CallOptions = {}): Promise<ConnectionInfo> {
    return unlooked(this.#connected(options))
  }

  publish(topic: string, payload?: Payload | null, options?: PublishOptions): Promise<PublishOutcome> {
    try {
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
    return unlooked<Subscription | readonly SubscribeOutcome[]>(
      typeof what === "string" ? this.#subscribeOne(what, options) : this.#subscribeAll(what, options),
    )
  }

  unsubscribe(
    topicFilter: string | readonly string[],
    options: RequestOptions = {},
  ): Promise<readonly UnsubscribeOutcome[]> {
    return unlooked(this.#unsubscribe(typeof topicFilter === "string" ? [topicFilter] : topicFilter, options))
  }

  ping(options: CallOptions = {}): Promise<number> {
    return unlooked(this.#ping(options))
  }

  reconnect(): void {
    this.#root.scope.names.connection.send({ type: "reconnect" })
  }

  disconnect(options: DisconnectOptions = {}): Promise<void> {
    return unlooked(this.#disconnect(options))
  }

  on<const K extends ClientEventKind>(kind: K, listener: (event: ClientEventOf<K>) => void): () => void {
    if (!CLIENT_EVENT_KINDS.includes(kind))
      throw new InvalidOptionError("kind", `"${kind}" is not an event of a client`)
    if (typeof listener !== "function") throw new InvalidOptionError("listener", "must be a function")
    return this.#root.scope.events.on(kind, listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disconnect()
  }

  async #connected(options: CallOptions): Promise<ConnectionInfo> {
    checkCall("connected", options, CALL_OPTIONS)
    if (this.status === "up") return this.info
    const { calls, events } = this.#root.scope
    const ref = this.#open("connected", options, 0)
    const off = events.on("up", () => calls.reply(ref, undefined))
    await calls.promise(ref).finally(off)
    return this.info
  }

  async #subscribeAll(
    requests: readonly SubscriptionRequest[],
    options: RequestOptions,
  ): Promise<readonly SubscribeOutcome[]> {
    checkCall("subscribe", options, REQUEST_OPTIONS)
    this.#checkLives()
    if (requests.length === 0) throw new InvalidOptionError("requests", "is empty [MQTT-3.8.3-2]")
    const subscriptions = requests.map((one, index) => parseSubscription(one, `requests[${index}].`))
    return requestSubscribe(this.#root.scope, subscriptions, this.#root.inbox, options)
  }

  async #subscribeOne(topicFilter: string, options: SubscribeOptions): Promise<Subscription> {
    this.#checkLives()
    return this.#readers.open(topicFilter, options)
  }

  async #unsubscribe(topicFilters: readonly string[], options: RequestOptions): Promise<readonly UnsubscribeOutcome[]> {
    checkCall("unsubscribe", options, REQUEST_OPTIONS)
    this.#checkLives()
    if (topicFilters.length === 0) throw new InvalidOptionError("topicFilter", "is empty [MQTT-3.10.3-2]")
    const filters = topicFilters.map((one) => parseFilter(one).wire)
    return requestUnsubscribe(this.#root.scope, filters, this.#root.inbox, options)
  }

  async #ping(options: CallOptions): Promise<number> {
    checkCall("ping", options, CALL_OPTIONS)
    this.#checkLives()
    const { scope } = this.#root
    if (scope.status !== "up") throw new NotSentError("not_connected", "there is no link to measure")
    const ref = this.#open("ping", options, PING_TIMEOUT_MS)
    const promise = scope.calls.promise<number>(ref)
    scope.names.connection.send({ type: "ping", ref })
    return promise
  }

  async #disconnect(options: DisconnectOptions): Promise<void> {
    const { scope } = this.#root
    const request = parseDisconnect(options, scope)
    if (scope.status === "stopped") return
    const { drainUntilMs } = request
    const earlier = scope.stopRequest ?? request
    scope.stopRequest = drainUntilMs < earlier.drainUntilMs ? { ...earlier, drainUntilMs } : earlier
    const ended = this.#root.exited
    scope.names.connection.send({ type: "stop" })
    await ended
  }

  #open(what: string, options: CallOptions, defaultMs: number): Ref {
    this.#checkLives()
    return openCall(this.#root.scope, { what, timeoutMs: options.timeoutMs ?? defaultMs, signal: options.signal })
  }

  #checkLives(): void {
    const { status, stopRequest } = this.#root.scope
    if (status === "stopped" || stopRequest !== undefined) throw new StoppedError("stopped", "the client is stopped")
  }
}

function rejected<T>(error: unknown): Promise<T> {
  return unlooked(Promise.reject<T>(error))
}
