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
  /** What each owner asked, oldest first: the last counts, the others only until it is answered. Changed only here. */
  readonly wishes: Map<Owner, readonly SubscriptionOptions[]>
  /** That of the last SUBSCRIBE for it (MQTT 5). */
  identifier: number
  /** All that the server may use for it: one more with each SUBSCRIBE that it has not granted yet. */
  readonly identifiers: Set<number>
  /** Undefined until the present session's server has answered. */
  granted: QoS | undefined
}

/** An owner's wish for a filter. It counts at once, and is settled by one of the two. */
export interface Claim<Owner> {
  readonly wanted: Wanted<Owner>
  /** Granted: what the owner asked before is forgotten. */
  confirm(): void
  /** Refused, or its caller left: as if it had not been asked. What the owner had before stays. */
  withdraw(): void
}

/** What is asked of the server: the highest QoS of all owners, and with several the first one's other options. */
export function optionsOf(wanted: Wanted<unknown>): SubscriptionOptions {
  const asked = [...wanted.wishes.values()].map((wishes) => wishes.at(-1)).filter((options) => options !== undefined)
  const [first] = asked
  if (first === undefined) throw new RangeError(`nobody wants ${wanted.topicFilter}`)
  return { ...first, qos: Math.max(...asked.map(({ qos }) => qos)) as QoS }
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

  /** Adds what an owner asks; `identifier` is that of the SUBSCRIBE which is to ask for it. */
  want(options: SubscriptionOptions, matchFilter: string, owner: Owner, identifier: number): Claim<Owner> {
    this.#forgetRoutes()
    const { topicFilter } = options
    const wanted = this.#wanted.get(topicFilter) ?? newlyWanted<Owner>(topicFilter, matchFilter, identifier)
    this.#wanted.set(topicFilter, wanted)
    const { wishes } = wanted
    wanted.identifier = identifier
    wanted.identifiers.add(identifier)
    wishes.set(owner, [...(wishes.get(owner) ?? []), options])
    return {
      wanted,
      confirm() {
        const own = wishes.get(owner) ?? []
        if (own.includes(options)) wishes.set(owner, own.slice(own.indexOf(options)))
      },
      withdraw: () => {
        const left = (wishes.get(owner) ?? []).filter((wish) => wish !== options)
        if (left.length > 0) wishes.set(owner, left)
        else this.leave(topicFilter, owner)
      },
    }
  }

  /** Whether that was its last owner: then it is wanted no more. */
  leave(topicFilter: string, owner: Owner): "last" | "shared" | "unknown" {
    const wanted = this.#wanted.get(topicFilter)
    if (wanted === undefined || !wanted.wishes.delete(owner)) return "unknown"
    this.#forgetRoutes()
    if (wanted.wishes.size > 0) return "shared"
    this.#wanted.delete(topicFilter)
    return "last"
  }

  /** The server granted the SUBSCRIBE of this identifier: earlier ones it uses no more. */
  grant(topicFilter: string, qos: QoS, identifier: number): void {
    const wanted = this.#wanted.get(topicFilter)
    if (wanted === undefined) return
    wanted.granted = qos
    for (const older of wanted.identifiers) if (older < identifier) wanted.identifiers.delete(older)
    this.#forgetRoutes()
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
    const named = matching.filter((wanted) => identifiers?.some((one) => wanted.identifiers.has(one)) === true)
    return [...new Set((named.length > 0 ? named : matching).flatMap(({ wishes }) => [...wishes.keys()]))]
  }
}

/** 3.1.1 knows none of the MQTT 5 subscription options: they are not sent there. */
export function optionsFor(version: ProtocolVersion, options: SubscriptionOptions): SubscriptionOptions {
  if (version === 5) return options
  return { ...options, noLocal: false, retainAsPublished: false, retainHandling: 0 }
}

function newlyWanted<Owner>(topicFilter: string, matchFilter: string, identifier: number): Wanted<Owner> {
  return { topicFilter, matchFilter, wishes: new Map(), identifier, identifiers: new Set(), granted: undefined }
}
