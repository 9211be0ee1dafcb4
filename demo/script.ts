/**
 * The acts: the building works, and one part of it after the other is broken on purpose.
 */

import { setTimeout as sleep } from "node:timers/promises"
import { SENSORS } from "./building.js"
import { BrokeOffError } from "./patience.js"
import { allUp, balanced, reconnected, reconnectsOf, type Stage } from "./stage.js"
import { cutInEveryPhase, powerFailure } from "./storm.js"
import { treeLines } from "./tree.js"

/** So that a reader can follow, and new messages are on their way. */
const CALM_MS = 1_000
const BREATH_MS = 250

/** Rejects BrokeOffError when something does not come about. */
export async function play(stage: Stage): Promise<void> {
  await work(stage)
  await throwInHandler(stage)
  await crashSensor(stage)
  await killActors(stage)
  await cutInEveryPhase(stage)
  await powerFailure(stage)
  await closeBuilding(stage)
}

async function work({ building, ledger, narrator }: Stage): Promise<void> {
  narrator.act("The building works", "sensors publish at QoS 0, 1 and 2; the thermostat answers each at the same QoS")
  building.burst(2, 2) // so that the tree has flows in it
  const isFolded = ({ name }: { readonly name: string }): boolean => name === "floor-2" || name === "floor-3"
  narrator.say(...treeLines(building.root.tree(), isFolded).map((line) => `   ${line}`))
  await sleep(CALM_MS)
  for (const { qos, kind } of SENSORS)
    narrator.tell("·", `QoS ${qos}, ${kind} readings and commands: ${ledger.tally(qos).arrived} have arrived`)
}

async function throwInHandler({ building, chronicle, narrator, patience }: Stage): Promise<void> {
  narrator.act(
    "The thermostat's handler throws",
    "a broken sensor sends null; the handler alone is restarted, its queue is kept, the link does not notice",
  )
  const links = reconnectsOf(chronicle)
  for (const { kind, qos } of SENSORS) {
    const letters = chronicle.deadLetters
    building.floors[0]?.sensors.get(kind)?.send({ kind: "defect" })
    await patience.until(`the handler has crashed on a message of QoS ${qos}`, () => chronicle.deadLetters > letters)
    await sleep(BREATH_MS)
  }
  if (reconnectsOf(chronicle) > links) throw new BrokeOffError("a handler's crash has cost a link")
  narrator.tell("✓", `the link is ${building.thermostat.status}, and always was`, building.thermostat.name)
}

async function crashSensor({ building, chronicle, ledger, narrator, patience }: Stage): Promise<void> {
  narrator.act("A sensor crashes", "sensors are actors of the building's own, under a dynamic supervisor on each floor")
  building.floors[1]?.sensors.get("temperature")?.send({ kind: "overheat" })
  await patience.until("the sensor is restarted", () => chronicle.restarts.has("floor-2 sensors"))
  await sleep(BREATH_MS)
  building.pace(0, 0)
  await patience.until("QoS 0 is delivered", () => ledger.tally(0).lost === 0)
  const { sent } = ledger.tally(0)
  narrator.tell(
    "✓",
    `all ${sent} messages of QoS 0 have arrived; no more of them: over a broken link it promises nothing`,
  )
}

async function killActors(stage: Stage): Promise<void> {
  const { building, census, chronicle, narrator, patience } = stage
  narrator.act("Actors inside the clients are killed", "promises and messages in flight outlive them")
  const [first, second, third] = building.floors
  const victims = [
    { client: building.thermostat.name, label: "connection", rule: "its supervisor starts a new one", relinks: true },
    { client: first?.name, label: "connection", rule: "its supervisor starts a new one", relinks: true },
    { client: second?.name, label: "session", rule: "rest_for_one takes along what came after it", relinks: true },
    { client: third?.name, label: "publish", rule: "it goes on where its record says", relinks: false },
  ]
  for (const { client = "", label, rule, relinks } of victims) {
    const [links, restarts] = [reconnectsOf(chronicle), restartsOf(stage)]
    building.burst(2, 1)
    await patience.until(`a ${label} actor lives`, () => census.find(client, label) !== undefined)
    narrator.tell("☠", `the ${label} actor is killed; ${rule}`, client)
    census.kill(client, label)
    await patience.until("it is restarted", () => restartsOf(stage) > restarts)
    if (relinks) await reconnected(stage, links)
    await sleep(BREATH_MS)
  }
  await allUp(stage)
}

function restartsOf({ chronicle }: Stage): number {
  const counts = [...chronicle.restarts.values()].flatMap((children) => [...children.values()])
  return counts.reduce((sum, count) => sum + count, 0)
}

async function closeBuilding(stage: Stage): Promise<void> {
  const { broker, building, census, ledger, narrator } = stage
  narrator.act("The building closes", "sensors rest, what is in flight finishes, supervisors stop what they started")
  for (const { qos } of SENSORS) building.pace(qos, 0)
  await balanced(stage)
  // Whatever the broker sent before its PINGRESP is here then, and the answer to it, too: nothing that came twice is missed.
  for (let round = 0; round < 2; round++) await Promise.all(building.clients.map((client) => client.ping()))
  await balanced(stage)
  for (const { qos } of SENSORS) {
    const { sent, arrived } = ledger.tally(qos)
    narrator.tell("✓", `QoS ${qos}: ${arrived} of ${sent} have arrived`)
  }
  const clientIds = building.clients.map(({ clientId }) => clientId)
  await building.root.stop()
  narrator.tell("✓", `stopped, last started first; of ${census.born} actors ${census.living} are alive`, "building")
  await broker.forget(clientIds)
}
