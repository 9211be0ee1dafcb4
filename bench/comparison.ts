/**
 * From the rounds of a case to what is shown: medians, and ratios that are taken round by round, so that a machine that was
 * busy for a while spoils a round and not the comparison.
 */
import type { ContestantName } from "./contestant.js"
import type { Measured } from "./measure.js"

/** One round: what each contestant did, one right after the other. */
export type Round = Readonly<Partial<Record<ContestantName, Measured>>>

export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

export interface Comparison {
  readonly contestants: readonly ContestantFigures[]
  /** How many times the messages a second of the better MQTT.js. */
  readonly rate: Spread
  /** How many times less CPU than the better MQTT.js. */
  readonly cpu: Spread
}

export interface ContestantFigures {
  readonly name: ContestantName
  readonly messagesPerSecond: number
  readonly cpuMicrosPerMessage: number
}

export function compare(rounds: readonly Round[]): Comparison {
  const names = [...new Set(rounds.flatMap((round) => Object.keys(round) as ContestantName[]))]
  const theirs = names.filter((name) => name.startsWith("mqtt.js"))
  return {
    contestants: names.map((name) => {
      const measured = rounds.flatMap((round) => round[name] ?? [])
      return {
        name,
        messagesPerSecond: median(measured.map(rateOf)),
        cpuMicrosPerMessage: median(measured.map(cpuOf)),
      }
    }),
    rate: spread(
      rounds.map((round) => of(round, ["terrapin"], rateOf, Math.max) / of(round, theirs, rateOf, Math.max)),
    ),
    cpu: spread(rounds.map((round) => of(round, theirs, cpuOf, Math.min) / of(round, ["terrapin"], cpuOf, Math.min))),
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** The best of these contestants in that round. */
function of(
  round: Round,
  names: readonly ContestantName[],
  figure: (measured: Measured) => number,
  best: (...values: number[]) => number,
): number {
  return best(...names.flatMap((name) => round[name] ?? []).map(figure))
}

function rateOf({ messages, seconds }: Measured): number {
  return messages / seconds
}

function cpuOf({ messages, cpuSeconds }: Measured): number {
  return (cpuSeconds * 1e6) / messages
}

function spread(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) }
}
