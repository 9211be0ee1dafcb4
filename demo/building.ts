/**
 * The building: one supervisor over the thermostat and the floors.
 *
 *     building              one_for_one
 *      |- thermostat        client: reads every floor, commands their valves
 *      |- floor-1           supervisor one_for_one
 *      |   |- floor-1       client: the floor's line to the broker; its handler is the valves
 *      |   '- sensors       dynamic supervisor: sensors are plugged in while the building runs
 *      |       |- temperature   QoS 0
 *      |       |- window        QoS 1
 *      |       '- heat          QoS 2
 *      '- floor-2, floor-3  alike
 */

import {
  type ActorRef,
  actor,
  type Client,
  type DynamicSupervisor,
  dynamicSupervisor,
  type Logger,
  mqttClient,
  type QoS,
  type Supervisor,
  startSupervisor,
  supervisor,
} from "terrapin"
import type { System } from "terrapin/runtime"
import type { Ledger } from "./ledger.js"
import type { Patience } from "./patience.js"
import { type SensorMessage, sensor } from "./sensor.js"
import { thermostat, valves } from "./thermostat.js"

/** What each floor has; the pace is in ms. */
export const SENSORS = [
  { kind: "temperature", qos: 0, everyMs: 40, first: 19 },
  { kind: "window", qos: 1, everyMs: 25, first: 0 },
  { kind: "heat", qos: 2, everyMs: 15, first: 4_711 },
] as const
export type SensorKind = (typeof SENSORS)[number]["kind"]

const FLOORS = ["floor-1", "floor-2", "floor-3"] as const
const INTENSITY = { restarts: 10, periodMs: 5_000 }

export interface BuildingPlan {
  readonly server: string
  /** First level of every topic and first part of every client identifier: two demos at one broker do not meet. */
  readonly tower: string
  readonly ledger: Ledger
  readonly logger: Logger
  readonly system: System
  readonly patience: Patience
}

export interface Floor {
  readonly name: string
  readonly client: Client
  readonly sensors: ReadonlyMap<SensorKind, ActorRef<SensorMessage>>
}

export interface Building {
  readonly root: Supervisor
  readonly thermostat: Client
  readonly floors: readonly Floor[]
  /** The thermostat and one of each floor. */
  readonly clients: readonly Client[]
  /** All sensors of this QoS measure every so many ms; 0: they rest. */
  pace(qos: QoS, everyMs: number): void
  /** All sensors of this QoS publish so many readings at once. */
  burst(qos: QoS, count: number): void
}

/** Resolves when all links are up and all subscriptions granted, and the sensors measure. */
export async function openBuilding(plan: BuildingPlan): Promise<Building> {
  const { tower, ledger, system, patience } = plan
  const granted = new Set<string>()
  const subscribed = (topicFilter: string): void => void granted.add(topicFilter)
  const service = mqttClient({
    ...clientOptions(plan, "thermostat"),
    handler: [thermostat, { ledger, subscribed, target: 21 }],
    subscriptions: SENSORS.map(({ kind, qos }) => ({ topicFilter: `${tower}/+/${kind}`, qos })),
  })
  const floorPlans = FLOORS.map((name) => floorPlan(plan, name, subscribed))
  const root = await startSupervisor({
    name: "building",
    strategy: "one_for_one",
    intensity: INTENSITY,
    children: [service, ...floorPlans.map((floor) => floor.spec)],
    system,
  })
  try {
    const lines = floorPlans.map((floor) => root.child(floor.spec).child(floor.line))
    const clients = [root.child(service), ...lines]
    await Promise.all(clients.map((client) => client.connected({ timeoutMs: 5_000 })))
    await patience.until("all subscriptions are granted", () => granted.size === SENSORS.length + FLOORS.length)
    const floors = await Promise.all(
      floorPlans.map(async ({ name, spec, line, sensors }) => {
        const floor = root.child(spec)
        const client = floor.child(line)
        return { name, client, sensors: await plugIn(floor.child(sensors), client, plan, name) }
      }),
    )
    const tell = (wanted: QoS, message: SensorMessage): void => {
      for (const { kind, qos } of SENSORS)
        if (qos === wanted) for (const floor of floors) floor.sensors.get(kind)?.send(message)
    }
    return {
      root,
      thermostat: root.child(service),
      floors,
      clients,
      pace: (qos, everyMs) => tell(qos, { kind: "pace", everyMs }),
      burst: (qos, count) => tell(qos, { kind: "burst", count }),
    }
  } catch (error) {
    await root.stop()
    throw error
  }
}

function floorPlan(plan: BuildingPlan, name: string, subscribed: (topicFilter: string) => void) {
  const line = mqttClient({
    ...clientOptions(plan, name),
    handler: [valves, { ledger: plan.ledger, subscribed }],
    // aedes says Session Present only for clients that have a subscription.
    subscriptions: [{ topicFilter: `${plan.tower}/${name}/valve`, qos: 2 }],
  })
  const sensors = dynamicSupervisor({ name: `${name} sensors`, intensity: INTENSITY })
  const spec = supervisor({ name, strategy: "one_for_one", intensity: INTENSITY, children: [line, sensors] })
  return { name, spec, line, sensors }
}

function clientOptions({ server, tower, logger }: BuildingPlan, name: string) {
  return {
    server,
    name,
    clientId: `${tower}-${name}`,
    session: { expirySeconds: 60 },
    backoff: { minMs: 10, maxMs: 100, stableAfterMs: 200 },
    logger,
  } as const
}

async function plugIn(
  sensors: DynamicSupervisor,
  client: Client,
  { tower, ledger }: BuildingPlan,
  floor: string,
): Promise<ReadonlyMap<SensorKind, ActorRef<SensorMessage>>> {
  const refs = new Map<SensorKind, ActorRef<SensorMessage>>()
  for (const { kind, qos, everyMs, first } of SENSORS) {
    const args = { client, ledger, topic: `${tower}/${floor}/${kind}`, qos, everyMs, first }
    refs.set(kind, await sensors.startChild(actor(sensor, args, { id: kind })))
  }
  return refs
}
