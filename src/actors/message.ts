/**
 * A received message as users see it.
 */

import {
  type ParsedTopicFilter,
  type Properties,
  type Publish,
  paramsOf,
  type QoS,
  type TopicParams,
} from "../codec/index.js"
import { levelsOf } from "./topic-levels.js"

export interface Message<F extends string = string> {
  readonly topic: string
  /** The topic split at "/"; frozen. */
  readonly levels: readonly string[]
  /** What the named wildcards of the filter matched. */
  readonly params: TopicParams<F>
  /** The recipient's own: it may be kept and changed. */
  readonly payload: Uint8Array
  readonly qos: QoS
  readonly retain: boolean
  readonly dup: boolean
  /** Undefined with QoS 0. */
  readonly packetId: number | undefined
  /** Without the subscription identifiers that are ours. */
  readonly properties: Properties<"publish">
  /** The payload as UTF-8; what is no UTF-8 becomes U+FFFD. */
  text(): string
  /** The payload parsed as JSON. @throws SyntaxError */
  json(): unknown
}

const decoder = new TextDecoder()

/** @internal */
export class ReceivedMessage<F extends string = string> implements Message<F> {
  readonly #publish: Publish
  readonly #filter: ParsedTopicFilter | undefined

  /** `filter` is the recipient's own, for the params; the handler has none. */
  constructor(publish: Publish, filter?: ParsedTopicFilter) {
    this.#publish = publish
    this.#filter = filter
  }

  get topic(): string {
    return this.#publish.topic
  }

  get levels(): readonly string[] {
    return levelsOf(this.#publish.topic)
  }

  get params(): TopicParams<F> {
    return (this.#filter === undefined ? {} : paramsOf(this.#filter, this.#publish.topic)) as TopicParams<F>
  }

  get payload(): Uint8Array {
    return this.#publish.payload
  }

  get qos(): QoS {
    return this.#publish.qos
  }

  get retain(): boolean {
    return this.#publish.retain
  }

  get dup(): boolean {
    return this.#publish.dup
  }

  get packetId(): number | undefined {
    return this.#publish.packetId === 0 ? undefined : this.#publish.packetId
  }

  get properties(): Properties<"publish"> {
    return this.#publish.properties
  }

  // Getters that give bound functions: `({ text }) => text()` works.
  get text(): () => string {
    return () => decoder.decode(this.#publish.payload)
  }

  get json(): () => unknown {
    return () => JSON.parse(decoder.decode(this.#publish.payload))
  }
}
