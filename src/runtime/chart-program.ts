/**
 * An actor that steps a compiled statechart: the kernel's timers and mailbox under xstate's definition.
 */

import type { Actor } from "./actor.js"
import { setActorTimer } from "./context.js"
import { type ExitReason, NORMAL } from "./exit.js"
import type { Program } from "./program.js"
import type { Chart, ChartEvent, TimerHost } from "./statechart/index.js"

export interface ChartProgramOptions {
  /** Goes on in this leaf, as from a persisted snapshot, instead of entering the initial one. */
  readonly resumeAt?: string | undefined
  readonly terminate?: ((reason: ExitReason) => PromiseLike<unknown> | undefined) | undefined
}

export class ChartProgram<Self, Event extends ChartEvent> implements Program<Event>, TimerHost {
  readonly kind = "statechart"
  readonly #chart: Chart<Self>
  readonly #self: Self
  readonly #actor: Actor<Event>
  readonly #options: ChartProgramOptions
  #state = -1
  /** What cancels the timer of that index; sparse. */
  readonly #timers: ((() => void) | undefined)[] = []

  constructor(chart: Chart<Self>, self: Self, actor: Actor<Event>, options: ChartProgramOptions = {}) {
    this.#chart = chart
    this.#self = self
    this.#actor = actor
    this.#options = options
  }

  get definition(): object {
    return this.#chart.definition
  }

  /** The active leaf as a dotted path. */
  get path(): string {
    return this.#chart.paths[this.#state] ?? ""
  }

  init(): undefined {
    const { resumeAt } = this.#options
    this.#state =
      resumeAt === undefined
        ? this.#chart.start(this.#self, this)
        : this.#chart.resume(this.#chart.indexOf(resumeAt), this.#self, this)
    this.#endIfFinal()
  }

  handle(event: Event): undefined {
    this.#step(event)
  }

  snapshot(): unknown {
    return this.#chart.values[this.#state]
  }

  terminate(reason: ExitReason): PromiseLike<unknown> | undefined {
    return this.#options.terminate?.(reason)
  }

  startTimer(timer: number, delayMs: number): void {
    this.cancelTimer(timer)
    const definition = this.#chart.timers[timer]
    if (definition === undefined) return
    // The event goes through the mailbox, so that it takes its turn; it is typed by the chart, not by the actor's users.
    const fire = () => {
      this.#timers[timer] = undefined
      this.#actor.send(definition.event as Event)
    }
    this.#timers[timer] = setActorTimer(this.#actor, fire, delayMs)
  }

  cancelTimer(timer: number): void {
    this.#timers[timer]?.()
    this.#timers[timer] = undefined
  }

  #step(event: ChartEvent): void {
    this.#state = this.#chart.step(this.#state, event, this.#self, this)
    this.#endIfFinal()
  }

  #endIfFinal(): void {
    if (this.#chart.isFinal(this.#state)) this.#actor.shutdown(NORMAL)
  }
}
