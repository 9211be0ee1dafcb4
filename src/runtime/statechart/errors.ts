/**
 * What can be wrong with a statechart: all but the last are found when it is compiled.
 */

import { TerrapinError } from "../../errors.js"

/** The definition uses something that the table cannot express; `xstateActor` runs any logic, by xstate itself. */
export class UnsupportedChartError extends TerrapinError {
  override readonly code = "unsupported_chart" as const
  /** The machine's id. */
  readonly chart: string
  /** The dotted path of the state where it was found; `""` is the root. */
  readonly state: string
  /** In words, for instance `parallel state` or `action "open" without an implementation`. */
  readonly feature: string

  constructor(chart: string, state: string, feature: string) {
    const where = state === "" ? "the root" : `state "${state}"`
    super(`${feature} in ${where} of chart "${chart}" cannot be compiled; xstateActor runs any xstate logic`)
    this.chart = chart
    this.state = state
    this.feature = feature
  }
}

/** No leaf of this chart has that path or number. */
export class UnknownStateError extends TerrapinError {
  override readonly code = "unknown_state" as const
  readonly chart: string
  readonly state: string | number

  constructor(chart: string, state: string | number) {
    super(`chart "${chart}" has no leaf state ${JSON.stringify(state)}`)
    this.chart = chart
    this.state = state
  }
}

/** Nested final states raised `onDone` transitions that lead to each other; xstate would never return. */
export class ChartLoopError extends TerrapinError {
  override readonly code = "chart_loop" as const
  readonly chart: string
  /** The dotted path of the leaf where counting stopped. */
  readonly state: string

  constructor(chart: string, state: string) {
    super(`chart "${chart}" finishes and re-enters its states without end, last in "${state}"`)
    this.chart = chart
    this.state = state
  }
}
