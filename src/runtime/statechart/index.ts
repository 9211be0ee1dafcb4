/**
 * Statecharts: xstate's definitions, our steps. See `compile.ts` for what is accepted.
 */

export type { Chart, ChartEvent, ChartImplementation, ChartMachine, ChartTimer, TimerHost } from "./chart.js"
export { compile } from "./compile.js"
export { ChartLoopError, UnknownStateError, UnsupportedChartError } from "./errors.js"
