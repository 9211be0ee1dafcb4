/**
 * One run of the demo from the broker's start to the summary.
 */

import { randomBytes } from "node:crypto"
import { createSystem } from "terrapin/runtime"
import { type ChaosCounts, CUT_KINDS } from "../test/support/chaos-proxy.js"
import { noFlows } from "../test/support/open-flows.js"
import { type DemoBroker, openBroker } from "./broker.js"
import { type Building, openBuilding } from "./building.js"
import { Census } from "./census.js"
import { Chronicle } from "./chronicle.js"
import { Ledger } from "./ledger.js"
import { Narrator, type Screen } from "./narrator.js"
import { play } from "./script.js"
import { summaryLines } from "./summary.js"
import { type Facts, faultsOf } from "./verdict.js"

/** Resolves with the exit code: 0, or 1 when anything is not as it was promised. Leaves nothing behind that keeps the process alive. */
export async function runDemo(server: URL | undefined, screen: Screen): Promise<0 | 1> {
  const beganMs = performance.now()
  const chronicle = new Chronicle()
  const narrator = new Narrator(screen, (record) => chronicle.hear(record))
  const system = createSystem({ logger: narrator.logger })
  const cast: Cast = { ledger: new Ledger(), chronicle, narrator, system, census: new Census(system) }
  const { counts, brokeOff } = await perform(server, cast)
  const { ledger, census } = cast
  const facts: Facts = {
    tallies: { 0: ledger.tally(0), 1: ledger.tally(1), 2: ledger.tally(2) },
    strangers: ledger.strangers,
    cutFlows: counts.flows,
    reconnects: chronicle.reconnects,
    actorsLeft: census.living,
    brokeOff,
  }
  const faults = faultsOf(facts)
  narrator.act("Summary", server === undefined ? "with aedes in this process" : `with ${server.host}`)
  const lines = summaryLines(
    {
      ...facts,
      restarts: chronicle.restarts,
      cuts: counts.cuts,
      actorsBorn: census.born,
      seconds: (performance.now() - beganMs) / 1_000,
    },
    faults,
    narrator.paint,
  )
  narrator.say(...lines)
  return faults.length === 0 ? 0 : 1
}

interface Cast {
  readonly ledger: Ledger
  readonly chronicle: Chronicle
  readonly narrator: Narrator
  readonly system: ReturnType<typeof createSystem>
  readonly census: Census
}

/** Opens, plays and closes; whatever goes wrong ends up as `brokeOff`. */
async function perform(
  server: URL | undefined,
  cast: Cast,
): Promise<{ readonly counts: Pick<ChaosCounts, "cuts" | "flows">; readonly brokeOff: string | undefined }> {
  let broker: DemoBroker | undefined
  let building: Building | undefined
  let brokeOff: string | undefined
  try {
    broker = await openBroker(server)
    building = await open(broker, cast)
    await play({ ...cast, broker, building })
  } catch (error) {
    brokeOff = error instanceof Error ? error.message : String(error)
    cast.narrator.logger.error({ err: error }, "the demo breaks off")
  } finally {
    await building?.root.stop()
    await broker?.[Symbol.asyncDispose]()
  }
  return { counts: broker?.relay.counts ?? NOTHING, brokeOff }
}

const NOTHING = {
  cuts: Object.fromEntries(CUT_KINDS.map((kind) => [kind, 0])) as ChaosCounts["cuts"],
  flows: { outgoing: noFlows(), incoming: noFlows() },
}

async function open(broker: DemoBroker, { ledger, chronicle, narrator, system }: Cast): Promise<Building> {
  narrator.act("The building opens", "a supervisor, a thermostat and three floors, each with a client of its own")
  narrator.tell("·", `broker: ${broker.name}, behind a relay whose links can be cut`)
  const tower = `demo-${randomBytes(3).toString("hex")}`
  const plan = { server: broker.url, tower, ledger, logger: narrator.logger, system }
  const building = await openBuilding(plan)
  for (const client of building.clients) {
    const { protocolVersion, limits } = client.info
    const version = protocolVersion === 5 ? "MQTT 5" : "MQTT 3.1.1"
    narrator.tell("△", `link up, ${version}, QoS up to ${limits.maximumQos}`, client.name)
    chronicle.follow(client, narrator)
  }
  return building
}
