/**
 * The acts: the building works, and one part of it after the other is broken on purpose.
 */

import { setTimeout as sleep } from "node:timers/promises"
import { SENSORS } from "./building.js"
import { allUp, balanced, reconnected, reconnectsOf, type Stage } from "./stage.js"
import { cutInEveryPhase, powerFailure } from "./storm.js"
import { treeLines } from "./tree.js"
import { until } from "./until.js"

const CALM_MS = 600

/** Rejects BrokeOffError when something does not come about. */
export async function play(stage: Stage): Promise<void> {
  await work(stage)
  await throwInHandler(stage)
  await crashSensor(stage)
  await restTemperatures(stage)
  await killActors(stage)
  await cutInEveryPhase(stage)
  await powerFailure(stage)
  await closeBuilding(stage)
}

async function work({ building, ledger, narrator }: Stage): Promise<void> {
  narrator.act(
    "The building works",
    "sensors publish at QoS 0, 1 and 2; the thermostat answers each reading at its own QoS",
  )
  await sleep(CALM_MS)
  const tree = building.root.tree()
  narrator.say(...treeLines(tree, (node) => /^(client )?floor-[23]$/.test(node.name)).map((line) => `   ${line}`))
  for (const { qos, kind } of SENSORS)
    narrator.tell("·", `QoS ${qos} (${kind}, valve): ${ledger.tally(qos).arrived} messages have arrived`)
}

async function throwInHandler(stage: Stage): Promise<void> {
  const { building, chronicle, narrator } = stage
  narrator.act(
    "The thermostat's handler throws",
    "a broken sensor sends null; the supervisor of the handler restarts it, its queue is kept, the link does not notice",
  )
  const links = reconnectsOf(chronicle)
  for (const { kind, qos } of SENSORS) {
    const letters = chronicle.deadLetters
    building.floors[0]?.sensors.get(kind)?.send({ kind: "defect" })
    await until(`the handler has crashed on a message of QoS ${qos}`, () => chronicle.deadLetters > letters)
  }
  await sleep(CALM_MS / 3)
  if (reconnectsOf(chronicle) === links)
    narrator.tell("✓", `the link is ${building.thermostat.status} as before`, "thermostat")
}

async function crashSensor({ building, chronicle, narrator }: Stage): Promise<void> {
  narrator.act("A sensor crashes", "sensors are actors of the building's own, below a dynamic supervisor on each floor")
  building.floors[1]?.sensors.get("temperature")?.send({ kind: "overheat" })
  await until("the sensor is restarted", () => chronicle.restarts.has("floor-2 sensors"))
  await sleep(CALM_MS / 3)
}

/** From here on links break, and QoS 0 promises nothing then. */
async function restTemperatures({ building, ledger, narrator }: Stage): Promise<void> {
  building.pace(0, 0)
  await until("QoS 0 is delivered", () => ledger.tally(0).lost === 0)
  const { sent } = ledger.tally(0)
  narrator.tell("✓", `all ${sent} messages of QoS 0 have arrived; no more of them, for now links will break`)
}

async function killActors(stage: Stage): Promise<void> {
  const { building, census, chronicle, narrator } = stage
  narrator.act(
    "Actors inside the clients are killed",
    "each by its own supervisor's rules; promises and messages in flight outlive them",
  )
  const [first, second, third] = building.floors
  const victims = [
    { client: building.thermostat.name, label: "connection", reconnects: true },
    { client: first?.name, label: "connection", reconnects: true },
    { client: second?.name, label: "session", reconnects: true },
    { client: third?.name, label: "publish", reconnects: false },
  ]
  for (const { client = "", label, reconnects } of victims) {
    const [links, crashes] = [reconnectsOf(chronicle), restartsOf(stage)]
    await until(`a ${label} actor lives`, () => census.find(client, label) !== undefined)
    narrator.tell("☠", `kill its ${label} actor`, client)
    census.kill(client, label)
    if (reconnects) await reconnected(stage, links)
    else await until("it is restarted", () => restartsOf(stage) > crashes)
    await sleep(CALM_MS / 6)
  }
  await allUp(stage)
}

function restartsOf({ chronicle }: Stage): number {
  let sum = 0
  for (const children of chronicle.restarts.values()) for (const count of children.values()) sum += count
  return sum
}

async function closeBuilding(stage: Stage): Promise<void> {
  const { broker, building, census, ledger, narrator } = stage
  narrator.act(
    "The building closes",
    "sensors rest, what is in flight finishes, supervisors stop their children, last started first",
  )
  for (const { qos } of SENSORS) building.pace(qos, 0)
  await balanced(stage)
  // Whatever the broker has sent before its PINGRESP is in: a message that came twice would be here now.
  for (let round = 0; round < 2; round++) await Promise.all(building.clients.map((client) => client.ping()))
  await balanced(stage)
  for (const { qos } of SENSORS) {
    const { sent, arrived } = ledger.tally(qos)
    narrator.tell("✓", `QoS ${qos}: ${arrived} of ${sent} arrived`)
  }
  const clientIds = building.clients.map(({ clientId }) => clientId)
  await building.root.stop()
  narrator.tell("✓", `the supervisor "building" has stopped; ${census.living} of ${census.born} actors live`)
  await broker.forget(clientIds)
}
