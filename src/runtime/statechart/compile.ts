/**
 * An xstate machine definition, compiled once into a table that our actors step.
 *
 *   machine --readMachine--> states --buildTable--> rows --bind--> CompiledChart
 *
 * xstate stays the specification: for all that is accepted here, the same event in the same state leads to the same
 * target with the same actions in the same order, and what is not accepted is refused by name. Accepted are nested
 * states, guards, wildcards, forbidden, internal, re-entering and target-less transitions, entry, exit and
 * initial-transition actions, `after`, final states and `onDone`; not parallel or history states, `always`, `invoke`,
 * `output`, built-in, parametrised or inline actions and guards.
 */

import { bind } from "./bind.js"
import { buildTable } from "./build-table.js"
import type { Chart, ChartImplementation, ChartMachine } from "./chart.js"
import { CompiledChart } from "./compiled-chart.js"
import { machineShape } from "./machine-shape.js"
import { readMachine } from "./read-machine.js"

/**
 * @param machine made by `setup(...).createMachine(...)` of xstate 5.
 * @throws UnsupportedChartError naming the state and the feature that the table cannot express, or the action, guard or
 * delay that nobody implements.
 */
export function compile<S, A extends string = string>(
  machine: ChartMachine,
  implementation: ChartImplementation<S, A>,
): Chart<S> {
  const shape = machineShape(machine)
  const states = readMachine(shape)
  return new CompiledChart(shape, buildTable(states), bind(shape, states, implementation))
}
