/**
 * The subscriptions of one client that are read one by one: each is an owner of its filter.
 */

import { type ClientScope, type SubscribeOutcome, subscribeRefusal } from "../actors/index.js"
import { InvalidOptionError } from "../errors.js"
import { checkCall, REQUEST_OPTIONS } from "./check-call.js"
import type { SubscribeOptions } from "./option-types.js"
import { parseFilter, parseSubscription } from "./parse-options.js"
import { requestSubscribe, requestUnsubscribe } from "./requests.js"
import { IteratedSubscription, type Subscription } from "./subscription.js"

const MAXIMUM_QUEUED = 1_000
const OPTIONS = [...REQUEST_OPTIONS, "qos", "noLocal", "retainAsPublished", "retainHandling", "maxQueued"]
const REFUSED: SubscribeOutcome = { topicFilter: "", reasonCode: 0x80, grantedQos: undefined }

export class Readers {
  readonly #scope: ClientScope
  readonly #open = new Set<IteratedSubscription<string>>()

  constructor(scope: ClientScope) {
    this.#scope = scope
  }

  /** Rejects RejectedError when the server refuses the filter. */
  async open(topicFilter: string, options: SubscribeOptions): Promise<Subscription> {
    checkCall("subscribe", options, OPTIONS)
    const { timeoutMs, signal, userProperties, maxQueued = MAXIMUM_QUEUED, ...wanted } = options
    if (!(maxQueued >= 1)) throw new InvalidOptionError("maxQueued", "must be 1 or more")
    const subscription = parseSubscription({ topicFilter, ...wanted })
    const scope = this.#scope
    const reader = new IteratedSubscription<string>({
      topicFilter,
      parsed: parseFilter(topicFilter),
      maxQueued,
      leave: async (owner, leaving) => {
        this.#open.delete(reader)
        const [outcome] = await requestUnsubscribe(scope, [subscription.topicFilter], owner, leaving ?? {})
        return outcome ?? { topicFilter: subscription.topicFilter, reasonCode: 0 }
      },
      dropped: (topic, reason) => {
        scope.counters.dropped++
        scope.events.emit({ kind: "dropped", direction: "in", topic, reason })
      },
    })
    this.#open.add(reader) // now, for the client may end before the answer is read
    try {
      const asked = { timeoutMs, signal, userProperties }
      const [outcome = REFUSED] = await requestSubscribe(scope, [subscription], reader, asked)
      if (outcome.grantedQos === undefined) throw subscribeRefusal(outcome)
      reader.grant(outcome.grantedQos)
      return reader
    } catch (error) {
      this.#open.delete(reader)
      throw error
    }
  }

  /** The client has ended: no reader waits for more. */
  end(): void {
    for (const reader of this.#open) reader.end()
    this.#open.clear()
  }
}
