/**
 * The wanted subscriptions as declared state: which filters, who owns them, and what the server has granted.
 */

import type { ProtocolVersion, QoS, SubscriptionOptions } from "../codec/index.js"
import { topicMatches } from "../codec/index.js"

/** One wire filter. Owners of equal filters share it; it ends with the last of them. */
export interface Wanted<Owner> {
  readonly topicFilter: string
  /** Without the `$share/name/` in front: what topics are matched against. */
  readonly matchFilter: string
  options: SubscriptionOptions
  /** Our Subscription Identifier for it (MQTT 5). */
  identifier: number
  /** Undefined until the present session's server has answered. */
  granted: QoS | undefined
  /** Changed only here: routes are remembered. */
  readonly owners: Set<Owner>
}

/** An owner's wish for a filter. */
export interface Claim<Owner> {
  readonly wanted: Wanted<Owner>
  /** The server refused it, or its caller left: as if it had not been asked. What the owner had before stays. */
  readonly withdraw: () => void
}

/** So many routes are remembered, then all are forgotten: topics that never come again must not stay. */
const MAXIMUM_ROUTES = 1_024
/** Longer topics are matched each time: what is remembered is bounded in bytes too. */
const LONGEST_REMEMBERED = 256
/** Identifiers begin at 1 (§3.3.2.3.8). */
const NO_IDENTIFIER = 0

export class Subscriptions<Owner> {
  readonly #wanted = new Map<string, Wanted<Owner>>()
  /** Who got the last topics: by the one identifier that came with them, and by topic. Every change forgets them all. */
  readonly #routes = new Map<number, Map<string, readonly Owner[]>>()
  #remembered = 0
  #lastIdentifier = 0

  get all(): IterableIterator<Wanted<Owner>> {
    return this.#wanted.values()
  }

  get(topicFilter: string): Wanted<Owner> | undefined {
    return this.#wanted.get(topicFilter)
  }

  nextIdentifier(): number {
    return ++this.#lastIdentifier
  }

  /**
   * Adds an owner. Of equal filters the highest QoS asked counts, and with several owners the first one's other options.
   * `identifier` is that of the SUBSCRIBE which is to ask for it.
   */
  want(options: SubscriptionOptions, matchFilter: string, owner: Owner, identifier: number): Claim<Owner> {
    this.#forgetRoutes()
    const { topicFilter } = options
    const known = this.#wanted.get(topicFilter)
    if (known === undefined) {
      const wanted = { topicFilter, matchFilter, options, identifier, granted: undefined, owners: new Set([owner]) }
      this.#wanted.set(topicFilter, wanted)
      return { wanted, withdraw: () => this.leave(topicFilter, owner) }
    }
    const before = known.options
    const joins = !known.owners.has(owner)
    const alone = !joins && known.owners.size === 1
    known.options = alone ? options : { ...before, qos: Math.max(before.qos, options.qos) as QoS }
    known.identifier = identifier
    known.owners.add(owner)
    const withdraw = () => {
      known.options = before
      if (joins) this.leave(topicFilter, owner)
    }
    return { wanted: known, withdraw }
  }

  /** Whether that was its last owner: then it is wanted no more. */
  leave(topicFilter: string, owner: Owner): "last" | "shared" | "unknown" {
    const wanted = this.#wanted.get(topicFilter)
    if (wanted === undefined || !wanted.owners.delete(owner)) return "unknown"
    this.#forgetRoutes()
    if (wanted.owners.size > 0) return "shared"
    this.#wanted.delete(topicFilter)
    return "last"
  }

  /** A new session on the server: it has none of them. */
  forgetGrants(): void {
    for (const wanted of this.#wanted.values()) wanted.granted = undefined
  }

  /**
   * The owners of a received message: those of the identifiers it bears, else of the filters that match its topic.
   * Identifiers that are not ours any more (an earlier life of the session) fall back to matching. What is given stays as
   * it is when subscriptions come and go.
   */
  ownersOf(topic: string, identifiers: readonly number[] | undefined): readonly Owner[] {
    if (identifiers !== undefined && identifiers.length > 1) return this.#match(topic, identifiers)
    const identifier = identifiers?.[0] ?? NO_IDENTIFIER
    const known = this.#routes.get(identifier)?.get(topic)
    if (known !== undefined) return known
    const owners = this.#match(topic, identifiers)
    if (topic.length <= LONGEST_REMEMBERED) this.#remember(identifier, topic, owners)
    return owners
  }

  #remember(identifier: number, topic: string, owners: readonly Owner[]): void {
    if (this.#remembered >= MAXIMUM_ROUTES) this.#forgetRoutes()
    const routes = this.#routes.get(identifier) ?? new Map<string, readonly Owner[]>()
    this.#routes.set(identifier, routes.set(topic, owners))
    this.#remembered++
  }

  #forgetRoutes(): void {
    this.#routes.clear()
    this.#remembered = 0
  }

  #match(topic: string, identifiers: readonly number[] | undefined): readonly Owner[] {
    const matching = [...this.#wanted.values()].filter(({ matchFilter }) => topicMatches(matchFilter, topic))
    const named = matching.filter(({ identifier }) => identifiers?.includes(identifier) === true)
    return [...new Set((named.length > 0 ? named : matching).flatMap(({ owners }) => [...owners]))]
  }
}

/** 3.1.1 knows none of the MQTT 5 subscription options: they are not sent there. */
export function optionsFor(version: ProtocolVersion, options: SubscriptionOptions): SubscriptionOptions {
  if (version === 5) return options
  return { ...options, noLocal: false, retainAsPublished: false, retainHandling: 0 }
}
