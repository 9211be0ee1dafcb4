/**
 * The whole life of one QoS 2 publication's statechart, stepped from its compiled table and by xstate's own actor: start,
 * PUBREC, PUBCOMP, done. Rounds are interleaved, the ratio is the median of the rounds' ratios.
 *
 *   npx tsc -p tsconfig.bench.json && node build/bench/statechart.js
 */

import { fileURLToPath } from "node:url"
import { createActor, setup } from "xstate"
import { compile, type TimerHost } from "../src/runtime/statechart/index.js"

const publication = setup({
  types: {} as { events: { type: "pubrec" } | { type: "pubcomp" } | { type: "link.lost" } | { type: "link.resumed" } },
  actions: { sendPublish: () => {}, sendPubrel: () => {}, markReleased: () => {}, settle: () => {} },
}).createMachine({
  id: "publication",
  initial: "published",
  states: {
    published: {
      entry: "sendPublish",
      on: { pubrec: { target: "released", actions: "markReleased" }, "link.resumed": { actions: "sendPublish" } },
    },
    released: { entry: "sendPubrel", on: { pubcomp: "done", "link.resumed": { actions: "sendPubrel" } } },
    done: { type: "final", entry: "settle" },
  },
})

/** What the actions touch, so that none of them can be optimised away. */
interface Publication {
  done: number
}

const count = (self: Publication) => {
  self.done++
}
const chart = compile<Publication>(publication, {
  actions: { sendPublish: count, sendPubrel: count, markReleased: count, settle: count },
})
const noTimers: TimerHost = { startTimer: () => {}, cancelTimer: () => {} }
const PUBREC = { type: "pubrec" } as const
const PUBCOMP = { type: "pubcomp" } as const
const UNKNOWN = { type: "unknown" } as const

function compiledLives(lives: number): number {
  let done = 0
  for (let life = 0; life < lives; life++) {
    const self: Publication = { done: 0 }
    let state = chart.start(self, noTimers)
    state = chart.step(state, PUBREC, self, noTimers)
    state = chart.step(state, PUBCOMP, self, noTimers)
    if (chart.isFinal(state)) done += self.done
  }
  return done
}

/** Its actions share one counter: to provide them anew for each life would cost xstate more than the life. */
const shared: Publication = { done: 0 }
const act = () => count(shared)
const interpreted = publication.provide({
  actions: { sendPublish: act, sendPubrel: act, markReleased: act, settle: act },
})

function xstateLives(lives: number): number {
  for (let life = 0; life < lives; life++) {
    const actor = createActor(interpreted)
    actor.start()
    actor.send(PUBREC)
    actor.send(PUBCOMP)
  }
  return shared.done
}

function unmatchedSteps(steps: number): number {
  const self: Publication = { done: 0 }
  let state = chart.indexOf("published")
  for (let step = 0; step < steps; step++) state = chart.step(state, UNKNOWN, self, noTimers)
  return state
}

/** Nanoseconds for each of `times`. */
function nanoseconds(times: number, run: (times: number) => number): number {
  const before = performance.now()
  run(times)
  return ((performance.now() - before) * 1e6) / times
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[sorted.length >> 1] ?? Number.NaN
}

/** Prints a line for each figure. */
export function statechartBench(rounds = 9): void {
  const figures = { compiled: [] as number[], xstate: [] as number[], ratio: [] as number[], unmatched: [] as number[] }
  for (let round = -1; round < rounds; round++) {
    const compiled = nanoseconds(2_000_000, compiledLives)
    const xstate = nanoseconds(10_000, xstateLives)
    const unmatched = nanoseconds(5_000_000, unmatchedSteps)
    if (round < 0) continue // Warm-up.
    figures.compiled.push(compiled)
    figures.xstate.push(xstate)
    figures.ratio.push(xstate / compiled)
    figures.unmatched.push(unmatched)
  }
  const lines = [
    `life of a QoS 2 publication's chart, compiled: ${median(figures.compiled).toFixed(1)} ns (3 steps, 4 actions)`,
    `                                       xstate: ${median(figures.xstate).toFixed(0)} ns`,
    `                                        ratio: ${median(figures.ratio).toFixed(0)}`,
    `a step that no row matches:                    ${median(figures.unmatched).toFixed(1)} ns`,
  ]
  process.stdout.write(`${lines.join("\n")}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) statechartBench()
