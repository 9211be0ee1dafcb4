/**
 * One run of the demo from the broker's start to the summary.
 */

import { randomBytes } from "node:crypto"
import { createSystem } from "terrapin/runtime"
import { type DemoBroker, openBroker } from "./broker.js"
import { type Building, openBuilding } from "./building.js"
import { Census } from "./census.js"
import { Chronicle } from "./chronicle.js"
import { Ledger } from "./ledger.js"
import { Narrator, type Screen } from "./narrator.js"
import { Patience } from "./patience.js"
import { play } from "./script.js"
import type { Stage } from "./stage.js"
import { summaryLines } from "./summary.js"
import { type Facts, faultsOf } from "./verdict.js"

/** For the whole script; it takes about half of it. */
const SCRIPT_MS = 15_000

/** Everything of the stage that is there before the broker. */
type Cast = Omit<Stage, "broker" | "building"> & { readonly system: ReturnType<typeof createSystem> }

/** Resolves with the exit code: 0, or 1 when anything is not as it was promised. Leaves nothing that keeps the process alive. */
export async function runDemo(server: URL | undefined, screen: Screen): Promise<0 | 1> {
  const beganMs = performance.now()
  const cast = assemble(screen)
  const { ledger, chronicle, census, narrator } = cast
  let broker: DemoBroker | undefined
  let building: Building | undefined
  let brokeOff: string | undefined
  try {
    narrator.act("The building opens", "a supervisor, a thermostat and three floors, each with a client of its own")
    broker = await openBroker(server)
    narrator.tell("·", `broker: ${broker.name}, behind a relay whose links can be cut`)
    building = await open(broker, cast)
    await play({ ...cast, broker, building })
  } catch (error) {
    brokeOff = error instanceof Error ? error.message : String(error)
    narrator.logger.error({ err: error }, "the demo breaks off")
  } finally {
    await building?.root.stop()
    await broker?.[Symbol.asyncDispose]()
  }
  if (broker === undefined) return 1
  const { flows: cutFlows, cuts } = broker.relay.counts
  const facts: Facts = {
    tallies: { 0: ledger.tally(0), 1: ledger.tally(1), 2: ledger.tally(2) },
    strangers: ledger.strangers,
    cutFlows,
    reconnects: chronicle.reconnects,
    actorsLeft: census.living,
    brokeOff,
  }
  const faults = faultsOf(facts)
  const seconds = (performance.now() - beganMs) / 1_000
  const plan = { ...facts, restarts: chronicle.restarts, cuts, actorsBorn: census.born, seconds }
  narrator.heading("Summary", `with ${broker.name}`)
  narrator.say(...summaryLines(plan, faults, narrator.paint))
  return faults.length === 0 ? 0 : 1
}

function assemble(screen: Screen): Cast {
  const chronicle = new Chronicle()
  const narrator = new Narrator(screen, (record) => chronicle.hear(record))
  const system = createSystem({ logger: narrator.logger })
  return {
    ledger: new Ledger(),
    chronicle,
    narrator,
    system,
    census: new Census(system),
    patience: new Patience(SCRIPT_MS),
  }
}

async function open(broker: DemoBroker, cast: Cast): Promise<Building> {
  const { ledger, chronicle, narrator, system, patience } = cast
  const tower = `demo-${randomBytes(3).toString("hex")}`
  const building = await openBuilding({ server: broker.url, tower, ledger, logger: narrator.logger, system, patience })
  for (const client of building.clients) {
    const { protocolVersion, limits } = client.info
    const version = protocolVersion === 5 ? "MQTT 5" : "MQTT 3.1.1"
    narrator.tell("△", `link up, ${version}, QoS up to ${limits.maximumQos}, subscriptions granted`, client.name)
    chronicle.follow(client, narrator)
  }
  return building
}
