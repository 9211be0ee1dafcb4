/**
 * An in-process broker for tests of applications and of the client itself: speaks 3.1, 3.1.1 and 5, opens no socket.
 *
 *   client ⇄ memory transport ⇄ link ⇄ session          (broker-link.ts, broker-session.ts)
 *                                 └──── core ────┘       sessions by client id, retained messages, wills: here
 *
 * It answers at once and in order, and refuses what it does not do: shared subscriptions, topic aliases, enhanced
 * authentication. It keeps no limits on what a slow client makes it hold.
 */
import { type Clock, systemClock } from "../clock.js"
import { type Connect, type Properties, type PublishHead, type QoS, topicMatches } from "../codec/index.js"
import { memoryServer, type Transport } from "../transport/index.js"
import type { BrokerCore, LiveLink } from "./broker-core.js"
import { BrokerLink } from "./broker-link.js"
import type { BrokerMessage } from "./broker-message.js"
import { BrokerSession } from "./broker-session.js"
import { deliveryOf, matching } from "./broker-subscribe.js"

/** A message that a client has published. */
export interface PublishedMessage extends PublishHead {
  readonly clientId: string | undefined
  readonly payload: Uint8Array
  /** The payload as UTF-8. */
  text(): string
  json(): unknown
}

export interface MemoryBrokerOptions {
  /** Measures keep alive, session expiry, will delay and message expiry; default: the system's. */
  readonly clock?: Clock | undefined
  /** What every CONNACK of version 5 says besides; `receiveMaximum` and `maximumPacketSize` are enforced too. */
  readonly connack?: Properties<"connack"> | undefined
}

export interface MemoryBroker extends AsyncDisposable {
  readonly transport: Transport
  /** Publishes to the clients that subscribe, as if by one more client. */
  publish(
    topic: string,
    payload?: string | Uint8Array,
    options?: { readonly qos?: QoS; readonly retain?: boolean; readonly properties?: Properties<"publish"> },
  ): Promise<void>
  /** What clients have published, in the order it came; a repeated QoS 2 PUBLISH counts once. */
  readonly published: readonly PublishedMessage[]
  /** The client ids that are connected now. */
  readonly clients: readonly string[]
  /** Breaks all links, as a network does; sessions stay as long as their clients asked for. */
  cutLinks(): void
  /** Answers the next `times` (default 1) CONNECTs with this reason code; 3.1.1 gets the return code that means the same. */
  refuse(reasonCode: number, times?: number): void
}

interface Entry {
  readonly session: BrokerSession
  link: LiveLink | undefined
  /** Cancels what time will do to it: expiry, the will. */
  cancelTimers: (() => void)[]
  /** The will that waits for its delay. */
  waitingWill: (() => void) | undefined
}

/** Starts a broker; disposing it breaks the links and forgets everything. */
export async function memoryBroker(options: MemoryBrokerOptions = {}): Promise<MemoryBroker> {
  return startBroker(options.clock ?? systemClock, { sharedSubscriptionAvailable: false, ...options.connack })
}

function startBroker(clock: Clock, offered: Properties<"connack">): MemoryBroker {
  const entries = new Map<string, Entry>()
  const retained = new Map<string, BrokerMessage>()
  const published: PublishedMessage[] = []
  const refusals: number[] = []
  let assigned = 0

  const core: BrokerCore = {
    clock,
    offered,
    takeRefusal: () => refusals.shift(),
    openSession(connect, link) {
      const clientId = connect.clientId === "" ? `assigned-${++assigned}` : connect.clientId
      entries.get(clientId)?.link?.end(0x8e) // [MQTT-3.1.4-3]
      const old = entries.get(clientId)
      if (old !== undefined) for (const cancel of old.cancelTimers.splice(0)) cancel()
      if (old !== undefined && !connect.cleanStart) {
        old.waitingWill = undefined
        old.link = link
        return { session: old.session, present: true }
      }
      if (old !== undefined) endSession(old)
      const session = new BrokerSession(clientId)
      entries.set(clientId, { session, link, cancelTimers: [], waitingWill: undefined })
      return { session, present: false }
    },
    closeSession(link, session, will, expirySeconds) {
      session.detach()
      const entry = entries.get(session.clientId)
      if (entry === undefined || entry.link !== link) return
      entry.link = undefined
      const delaySeconds = Math.min(will?.properties.willDelayInterval ?? 0, expirySeconds)
      if (will !== undefined) {
        entry.waitingWill = () => route(willMessage(will, session.clientId))
        after(entry, delaySeconds, tellWill)
      }
      after(entry, expirySeconds, endSession)
    },
    route(message) {
      published.push(publishedMessage(message))
      return route(message)
    },
    retainedFor: (topicFilter) => [...retained.values()].filter(({ topic }) => topicMatches(topicFilter, topic)),
  }

  function route(message: BrokerMessage): boolean {
    if (message.retain && message.payload.length > 0) retained.set(message.topic, message)
    else if (message.retain) retained.delete(message.topic)
    let matched = false
    for (const { session } of entries.values()) {
      const subscriptions = matching(session, message)
      if (subscriptions.length === 0) continue
      matched = true
      session.deliver(deliveryOf(message, subscriptions))
    }
    return matched
  }

  /** The session is over; a will that still waited is due now [MQTT-3.1.2-8]. */
  function endSession(entry: Entry): void {
    tellWill(entry)
    for (const cancel of entry.cancelTimers.splice(0)) cancel()
    entries.delete(entry.session.clientId)
  }

  function tellWill(entry: Entry): void {
    const tell = entry.waitingWill
    entry.waitingWill = undefined
    tell?.()
  }

  function after(entry: Entry, seconds: number, act: (entry: Entry) => void): void {
    if (seconds === 0) act(entry)
    else if (seconds < Number.POSITIVE_INFINITY)
      entry.cancelTimers.push(clock.setTimer(() => act(entry), seconds * 1_000))
  }

  function willMessage(will: NonNullable<Connect["will"]>, clientId: string): BrokerMessage {
    const { willDelayInterval: _delay, ...properties } = will.properties
    const { topic, payload, qos, retain } = will
    return { topic, payload, qos, retain, properties, atMs: clock.now(), clientId }
  }

  const links = () => [...entries.values()].flatMap(({ link }) => link ?? [])
  const server = memoryServer({ label: "memory://broker" })
  server.accept((sink) => new BrokerLink(core, sink))
  return {
    transport: server.transport,
    published,
    get clients() {
      return [...entries.values()].filter(({ link }) => link !== undefined).map(({ session }) => session.clientId)
    },
    async publish(topic, payload = "", { qos = 0, retain = false, properties = {} } = {}) {
      const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload.slice()
      route({ topic, payload: bytes, qos, retain, properties, atMs: clock.now(), clientId: undefined })
    },
    cutLinks() {
      for (const link of links()) link.cut()
    },
    refuse(reasonCode, times = 1) {
      for (let count = 0; count < times; count++) refusals.push(reasonCode)
    },
    async [Symbol.asyncDispose]() {
      for (const link of links()) link.cut()
      for (const entry of entries.values()) for (const cancel of entry.cancelTimers) cancel()
      entries.clear()
    },
  }
}

function publishedMessage({ topic, payload, qos, retain, properties, clientId }: BrokerMessage): PublishedMessage {
  const text = () => new TextDecoder().decode(payload)
  return { topic, payload, qos, retain, properties, clientId, text, json: () => JSON.parse(text()) as unknown }
}
