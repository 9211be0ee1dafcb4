/**
 * An inflight actor's program: one chart over one record. The record is what survives; the chart's state is derived from it
 * when the actor is restarted.
 */

import { type Actor, type Chart, type ExitReason, NORMAL, type Program, type TimerHost } from "../runtime/index.js"
import type { InboundRecord, InflightEvent, OutgoingRecord } from "../session/index.js"
import type { ClientScope } from "./scope.js"

export class Flow<R extends OutgoingRecord | InboundRecord> implements Program<InflightEvent> {
  readonly kind = "statechart"
  readonly record: R
  readonly scope: ClientScope
  readonly actor: Actor<InflightEvent>
  readonly #chart: Chart<Flow<R>>
  #state: number

  /** `resumeAt`: the leaf to go on in, without its entry actions; undefined enters the initial state. */
  constructor(scope: ClientScope, record: R, actor: Actor<InflightEvent>, chart: Chart<Flow<R>>, resumeAt?: string) {
    this.scope = scope
    this.record = record
    this.actor = actor
    this.#chart = chart
    this.#state = resumeAt === undefined ? -1 : chart.indexOf(resumeAt)
    record.inflight = actor
  }

  get definition(): object {
    return this.#chart.definition
  }

  init(): undefined {
    const { record } = this
    record.inHand = true
    this.#state =
      this.#state < 0 ? this.#chart.start(this, NO_TIMERS) : this.#chart.resume(this.#state, this, NO_TIMERS)
    record.inHand = false
  }

  handle(event: InflightEvent): undefined {
    const { record } = this
    record.inHand = true
    this.#state = this.#chart.step(this.#state, event, this, NO_TIMERS)
    record.inHand = false
    if (this.#chart.isFinal(this.#state)) this.actor.exit(NORMAL)
  }

  snapshot(): unknown {
    return this.#chart.values[this.#state]
  }

  terminate(_reason: ExitReason): undefined {
    return undefined // all that matters is in the record
  }
}

/** The charts of records wait for packets, not for time: a lost answer is a lost link. */
const NO_TIMERS: TimerHost = {
  startTimer: () => {
    throw new Error("a record's chart has no delays")
  },
  cancelTimer: () => undefined,
}
