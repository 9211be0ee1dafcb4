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
  readonly owners: Set<Owner>
}

export class Subscriptions<Owner> {
  readonly #wanted = new Map<string, Wanted<Owner>>()
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

  /** Adds an owner; equal filters keep the highest QoS asked for. */
  want(options: SubscriptionOptions, matchFilter: string, owner: Owner, identifier: number): Wanted<Owner> {
    const existing = this.#wanted.get(options.topicFilter)
    if (existing !== undefined) {
      existing.owners.add(owner)
      existing.options = { ...options, qos: Math.max(existing.options.qos, options.qos) as QoS }
      return existing
    }
    const { topicFilter } = options
    const wanted = { topicFilter, matchFilter, options, identifier, granted: undefined, owners: new Set([owner]) }
    this.#wanted.set(topicFilter, wanted)
    return wanted
  }

  /** Whether that was its last owner: then it is wanted no more. */
  leave(topicFilter: string, owner: Owner): "last" | "shared" | "unknown" {
    const wanted = this.#wanted.get(topicFilter)
    if (wanted === undefined || !wanted.owners.delete(owner)) return "unknown"
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
   * Identifiers that are not ours any more (an earlier life of the session) fall back to matching.
   */
  ownersOf(topic: string, identifiers: readonly number[] | undefined): ReadonlySet<Owner> {
    const owners = new Set<Owner>()
    if (identifiers !== undefined)
      for (const wanted of this.#wanted.values())
        if (identifiers.includes(wanted.identifier) && topicMatches(wanted.matchFilter, topic))
          addAll(owners, wanted.owners)
    if (owners.size > 0) return owners
    for (const wanted of this.#wanted.values())
      if (topicMatches(wanted.matchFilter, topic)) addAll(owners, wanted.owners)
    return owners
  }
}

/** 3.1.1 knows none of the MQTT 5 subscription options: they are not sent there. */
export function optionsFor(version: ProtocolVersion, options: SubscriptionOptions): SubscriptionOptions {
  if (version === 5) return options
  return { ...options, noLocal: false, retainAsPublished: false, retainHandling: 0 }
}

function addAll<T>(target: Set<T>, source: Iterable<T>): void {
  for (const item of source) target.add(item)
}
