/**
 * The command line of `npm run bench`.
 */
export interface BenchOptions {
  readonly rounds: number
  readonly warmUpMs: number
  readonly measureMs: number
  readonly version: 4 | 5
  /** Words that a case's name must have; empty: all cases. */
  readonly only: readonly string[]
  /** What needs no server: the codec, the charts, the life of an inflight actor. */
  readonly parts: "with" | "without"
  readonly quick: boolean
}

export const USAGE = `npm run bench [-- options]
  --quick        two minutes in all: fewer and shorter rounds
  --rounds N     default 5, with --quick 3
  --v5           MQTT 5 instead of 3.1.1
  --only WORDS   only the cases with all of these words, as in --only "publish qos 1 sink"; without the parts
  --no-parts     without the codec, the charts and the life of an inflight actor`

/** @throws Error with what is wrong */
export function parseOptions(given: readonly string[]): BenchOptions {
  const left = [...given]
  const flags = { quick: false, v5: false, parts: true, rounds: undefined as number | undefined, only: [] as string[] }
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    if (name === "--quick") flags.quick = true
    else if (name === "--v5") flags.v5 = true
    else if (name === "--no-parts") flags.parts = false
    else if (name === "--rounds") flags.rounds = wholeNumber(name, left.shift())
    else if (name === "--only") flags.only = (left.shift() ?? "").toLowerCase().split(/\s+/)
    else throw new Error(`${name} is not an option`)
  }
  const { quick, rounds, only } = flags
  return {
    quick,
    rounds: rounds ?? (quick ? 3 : 5),
    warmUpMs: quick ? 300 : 1_000,
    measureMs: quick ? 400 : 1_500,
    version: flags.v5 ? 5 : 4,
    only,
    parts: flags.parts && only.length === 0 ? "with" : "without",
  }
}

function wholeNumber(name: string, text: string | undefined): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new Error(`${name} wants a whole number`)
  return number
}
