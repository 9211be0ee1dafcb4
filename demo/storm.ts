/**
 * The acts in which links are cut while QoS 2 flows are on their way.
 */

import { setTimeout as sleep } from "node:timers/promises"
import type { ChaosCounts } from "../test/support/chaos-proxy.js"
import { atPubrec, cutOnce, describeCut, PLANNED_CUTS } from "./cuts.js"
import { reconnected, reconnectsOf, type Stage } from "./stage.js"
import { FLOW_DIRECTIONS, QOS2_PHASES } from "./verdict.js"

const FAILURES = 2
/** Between two cuts, so that the sensors' own flows run, too. */
const PAUSE_MS = 100
/** Readings of QoS 2 that each floor publishes at once when a cut is to come. */
const BURST = 5

export async function cutInEveryPhase(stage: Stage): Promise<void> {
  const { broker, building, chronicle, narrator, patience } = stage
  const { relay } = broker
  narrator.act(
    "Links are cut in the middle of QoS 2 flows",
    "in every phase, both directions, three ways; the flows go on where they were, by the session at the broker",
  )
  for (const [index, cut] of PLANNED_CUTS.entries()) {
    const [links, flows] = [reconnectsOf(chronicle), cutFlowsOf(relay.counts)]
    let done = false
    const tell = (): void => {
      done = true
      const caught = `QoS 2 flows caught: ${cutFlowsOf(relay.counts) - flows}`
      narrator.tell("✂", `cut ${index + 1} of ${PLANNED_CUTS.length}: ${describeCut(cut)}; ${caught}`)
    }
    relay.setRule(cutOnce(cut, tell))
    building.burst(2, BURST)
    await patience.until(`there was a chance to cut by ${describeCut(cut)}`, () => done)
    await reconnected(stage, links)
    await sleep(PAUSE_MS)
  }
  relay.setRule(undefined)
}

export async function powerFailure(stage: Stage): Promise<void> {
  const { broker, building, chronicle, narrator, patience } = stage
  const { relay } = broker
  narrator.act("Power failures", "all sockets of the broker are cut at once, twice")
  for (let round = 0; round < FAILURES; round++) {
    const [links, flows] = [reconnectsOf(chronicle), cutFlowsOf(relay.counts)]
    let done = false
    const fail = (): void => {
      done = true
      relay.cutAll()
      narrator.tell("✂", `all links cut; QoS 2 flows caught: ${cutFlowsOf(relay.counts) - flows}`)
    }
    relay.setRule(atPubrec(fail))
    building.burst(2, BURST)
    await patience.until("a QoS 2 flow is on its way", () => done)
    relay.setRule(undefined)
    await reconnected(stage, links, building.clients.length)
    await sleep(PAUSE_MS)
  }
}

/** QoS 2 flows that were open on links when they were cut, so far. */
function cutFlowsOf({ flows }: ChaosCounts): number {
  const open = FLOW_DIRECTIONS.flatMap((direction) => QOS2_PHASES.map((phase) => flows[direction][phase]))
  return open.reduce((sum, count) => sum + count, 0)
}
