/**
 * `npm run bench`: Terrapin beside MQTT.js, in one run, interleaved; then the parts that need no server. README.md explains
 * how to read it.
 *
 *     round 1   terrapin ▸ mqtt.js callback ▸ mqtt.js promise        each run is a process of its own
 *     round 2   terrapin ▸ mqtt.js callback ▸ mqtt.js promise
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { cpus } from "node:os"
import { findMosquitto, startMosquitto } from "../test/support/mosquitto.js"
import { type BenchCase, casesOn, runOf } from "./cases.js"
import { compare, type Round } from "./comparison.js"
import type { Run } from "./contestant.js"
import { type BenchOptions, parseOptions, USAGE } from "./options.js"
import { measured, shown, startSink } from "./processes.js"
import { HEADING, linesOf } from "./report.js"

const ROOT = new URL("../../", import.meta.url)
/** Operations a round in a quick run; otherwise each part's own default. */
const PARTS = [
  { name: "codec", quick: 20_000 },
  { name: "statechart", quick: undefined },
  { name: "runtime", quick: 50_000 },
  { name: "inflight", quick: 50_000 },
]

async function main(options: BenchOptions): Promise<void> {
  const about = aboutMachine()
  console.log(
    `${about.cpu}, ${about.cores} cores, node ${about.node}, mqtt ${about.mqtt}, MQTT ${options.version === 5 ? "5" : "3.1.1"}`,
  )
  const sink = await startSink()
  const mosquitto = findMosquitto() === undefined ? undefined : await startMosquitto()
  if (mosquitto === undefined) console.log("mosquitto is not installed: its cases are SKIPPED")
  try {
    const servers: Run["server"][] = [{ kind: "sink", port: sink.port }]
    if (mosquitto !== undefined) servers.push({ kind: "mosquitto", port: mosquitto.port })
    const cases = await compareAll(casesOn(servers, options), options)
    const parts = options.parts === "with" ? await showParts(options) : []
    save({ ...about, options, cases, parts })
  } finally {
    sink.stop()
    await mosquitto?.stop()
  }
}

async function compareAll(cases: readonly BenchCase[], options: BenchOptions): Promise<readonly object[]> {
  const results: object[] = []
  console.log(`\n${HEADING}`)
  for (const benchCase of cases) {
    const rounds: Round[] = []
    for (let round = 0; round < options.rounds; round++) rounds.push(await playRound(benchCase, options))
    const comparison = compare(rounds)
    console.log(linesOf(benchCase.name, comparison))
    results.push({ name: benchCase.name, ...comparison, rounds })
  }
  return results
}

async function playRound(benchCase: BenchCase, options: BenchOptions): Promise<Round> {
  const round: { -readonly [K in keyof Round]: Round[K] } = {}
  for (const contestant of benchCase.contestants)
    round[contestant] = await measured(runOf(benchCase, contestant, options))
  return round
}

async function showParts({ quick }: BenchOptions): Promise<readonly object[]> {
  const parts: object[] = []
  for (const part of PARTS) {
    console.log(`\n${part.name}`)
    const given = quick && part.quick !== undefined ? [String(part.quick)] : []
    parts.push({ part: part.name, output: await shown(`${part.name}.js`, given) })
  }
  return parts
}

function aboutMachine() {
  const version = (path: string): unknown => JSON.parse(readFileSync(new URL(path, ROOT), "utf8")).version
  return {
    made: new Date().toISOString(),
    cpu: cpus()[0]?.model.trim() ?? "unknown CPU",
    cores: cpus().length,
    node: process.version,
    terrapin: version("package.json"),
    mqtt: version("node_modules/mqtt/package.json"),
  }
}

function save(results: { readonly made: string; readonly [figure: string]: unknown }): void {
  const folder = new URL("bench/results/", ROOT)
  mkdirSync(folder, { recursive: true })
  const file = new URL(`${results.made.replaceAll(":", "-")}.json`, folder)
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
  console.log(`\nall figures: bench/results/${file.pathname.split("/").at(-1)}`)
}

let options: BenchOptions | undefined
try {
  options = parseOptions(process.argv.slice(2))
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
  process.exitCode = 1
}
if (options !== undefined) await main(options)
