/**
 * The acts in which links are cut while QoS 2 flows are on their way.
 */

import { setTimeout as sleep } from "node:timers/promises"
import type { ChaosCounts } from "../test/support/chaos-proxy.js"
import { cutOnce, describeCut, PLANNED_CUTS } from "./cuts.js"
import { allUp, reconnected, reconnectsOf, type Stage } from "./stage.js"
import { until } from "./until.js"
import { FLOW_DIRECTIONS, QOS2_PHASES } from "./verdict.js"

const FAILURES = 2
/** Between two cuts, so that new flows are on their way. */
const PAUSE_MS = 40

export async function cutInEveryPhase(stage: Stage): Promise<void> {
  const { broker, chronicle, narrator } = stage
  const { counts } = broker.relay
  narrator.act(
    "Links are cut in the middle of QoS 2 flows",
    "in every phase, both directions, three ways; the flows go on where they were, by the session at the broker",
  )
  for (const [index, cut] of PLANNED_CUTS.entries()) {
    const [links, cuts, flows] = [reconnectsOf(chronicle), cutsOf(counts), openFlowsOf(counts)]
    broker.relay.setRule(cutOnce(cut))
    await until(`there was a chance to cut by ${describeCut(cut)}`, () => cutsOf(counts) > cuts)
    const number = `cut ${index + 1} of ${PLANNED_CUTS.length}`
    narrator.tell("✂", `${number}: ${describeCut(cut)}; QoS 2 flows caught: ${openFlowsOf(counts) - flows}`)
    await reconnected(stage, links)
    await sleep(PAUSE_MS)
  }
  broker.relay.setRule(undefined)
}

export async function powerFailure(stage: Stage): Promise<void> {
  const { broker, building, chronicle, narrator } = stage
  narrator.act("A power failure at the broker", "all its sockets at once, by RST")
  for (let round = 0; round < FAILURES; round++) {
    await allUp(stage)
    const [links, flows] = [reconnectsOf(chronicle), openFlowsOf(broker.relay.counts)]
    broker.relay.cutAll()
    narrator.tell("✂", `all links cut; QoS 2 flows caught: ${openFlowsOf(broker.relay.counts) - flows}`)
    await reconnected(stage, links, building.clients.length)
    await sleep(2 * PAUSE_MS)
  }
}

function cutsOf({ cuts }: ChaosCounts): number {
  return Object.values(cuts).reduce((sum, count) => sum + count, 0)
}

/** QoS 2 flows that were open on links when they were cut, so far. */
function openFlowsOf({ flows }: ChaosCounts): number {
  return FLOW_DIRECTIONS.flatMap((direction) => QOS2_PHASES.map((phase) => flows[direction][phase])).reduce(
    (sum, count) => sum + count,
    0,
  )
}
