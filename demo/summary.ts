/**
 * The summary at the end, as lines. Pure.
 */

import type { Paint } from "./paint.js"
import { type Facts, FLOW_DIRECTIONS, QOS2_PHASES, wordsOf } from "./verdict.js"

export interface SummaryPlan extends Facts {
  /** By supervisor, then by child. */
  readonly restarts: ReadonlyMap<string, ReadonlyMap<string, number>>
  readonly cuts: Readonly<Record<string, number>>
  /** How many actors there were in all. */
  readonly actorsBorn: number
  readonly seconds: number
}

const PROMISES = ["at most once", "at least once", "exactly once"] as const
const LABEL_WIDTH = 34
const NUMBER_WIDTH = 10

export function summaryLines(plan: SummaryPlan, faults: readonly string[], paint: Paint): string[] {
  const { tallies, cutFlows, cuts, reconnects, restarts } = plan
  const heading = (label: string, ...columns: string[]): string => paint.bold(row(label, ...columns))
  const messages = ([0, 1, 2] as const).map((qos) => {
    const { sent, arrived, lost, doubled, open } = tallies[qos]
    return row(`QoS ${qos}, ${PROMISES[qos]}`, sent, arrived, lost, doubled, open)
  })
  const phases = QOS2_PHASES.map((phase) =>
    row(wordsOf(phase), ...FLOW_DIRECTIONS.map((direction) => cutFlows[direction][phase])),
  )
  const { present, absent } = reconnects
  const verdict =
    faults.length === 0
      ? [paint.green("  ✔ every message arrived, at QoS 2 exactly once; every promise is kept; nothing is left behind")]
      : faults.map((fault) => paint.red(`  ✘ ${fault}`))
  return [
    heading("messages", "sent", "arrived", "lost", "doubled", "open"),
    ...messages,
    "",
    heading("QoS 2 flows cut in the middle", ...FLOW_DIRECTIONS),
    ...phases,
    "",
    heading("restarts by supervisors"),
    ...[...restarts].map(([supervisor, children]) => row(supervisor, listOf(children))),
    "",
    heading("links"),
    row("cut", listOf(Object.entries(cuts).map(([kind, count]) => [kind.replaceAll("_", " "), count]))),
    row("reconnects with session present", `${present} of ${present + absent}`),
    row("actors", `${plan.actorsBorn} have lived, ${plan.actorsLeft} are left`),
    "",
    ...verdict,
    paint.dim(`    ${plan.seconds.toFixed(1)} s`),
  ]
}

/** Numbers to the right of their column, words to the left. */
function row(label: string, ...columns: readonly (string | number)[]): string {
  const [only, ...others] = columns
  const cells =
    others.length === 0 && typeof only === "string"
      ? [only]
      : columns.map((cell) => String(cell).padStart(NUMBER_WIDTH))
  return `  ${[label.padEnd(LABEL_WIDTH), ...cells].join("").trimEnd()}`
}

function listOf(counts: Iterable<readonly [string, number]>): string {
  return [...counts].map(([name, count]) => `${name} ${count}`).join(", ")
}
