/**
 * A client in a world of its own: manual time, fixed dice, a broker that does what the test says, and ears everywhere.
 *
 *     const at = clientWorld()
 *     const { client, link } = await at.up({ keepAliveSeconds: 10 })     // CONNECT came, CONNACK went
 *     link.reset()
 *     await at.clock.advance(250)
 */
import {
  type Client,
  type ClientEvent,
  type ClientEventKind,
  type ClientOptions,
  mqttClient,
  type Supervisor,
  startClient,
  startSupervisor,
} from "terrapin"
import type { Connack, Connect, Packet, Publish } from "../../src/codec/index.js"
import type { Logger } from "../../src/logger.js"
import { type Actor, ActorSystem, actorOf, KILLED, type Tree } from "../../src/runtime/index.js"
import { type ManualClock, manualClock, settle } from "../../src/testing/index.js"
import type { Transport } from "../../src/transport/index.js"
import { type ScriptedBroker, scriptedBroker } from "../support/scripted-broker.js"
import type { ScriptedLink } from "../support/scripted-link.js"

const KINDS: readonly ClientEventKind[] = [
  "up",
  "down",
  "connect_failed",
  "ping",
  "subscription_up",
  "subscription_down",
  "subscription_warn",
  "dropped",
  "dead_letter",
  "handler_crash",
  "restart",
  "stopped",
]

export interface UpClient {
  readonly client: Client
  readonly link: ScriptedLink
  readonly connect: Connect
  /** Everything the client told since its start, but packets. */
  readonly events: ClientEvent[]
}

export interface Supervised extends UpClient {
  readonly app: Supervisor
}

export interface ClientWorld {
  readonly clock: ManualClock
  readonly system: ActorSystem
  readonly broker: ScriptedBroker & { refuse(error: Error, times?: number): void }
  /** Level and text of every line logged. */
  readonly logged: string[]
  /** A client that connects in the background; clientId "toes". */
  start<Args = void>(options?: ClientOptions<Args>): Pick<UpClient, "client" | "events">
  /** As `start`, with its first link accepted. */
  up<Args = void>(options?: ClientOptions<Args>, connack?: Partial<Connack>): Promise<UpClient>
  /** As `start`, below a supervisor, and over another transport than the broker's if there is one. */
  supervise<Args = void>(
    options?: ClientOptions<Args>,
    transport?: Transport,
  ): Promise<Pick<Supervised, "app" | "client" | "events">>
  /** As `up`, below a supervisor. */
  supervised<Args = void>(options?: ClientOptions<Args>, connack?: Partial<Connack>): Promise<Supervised>
  /** Accepts the next link with this CONNACK; rejects when the client opens none though all is at rest. */
  accept(connack?: Partial<Connack>): Promise<{ readonly link: ScriptedLink; readonly connect: Connect }>
  /** Kills the actor of this name below the supervisor, and lets what follows happen. */
  killActor(app: Supervisor, name: string): Promise<void>
  /** Sends what only the client's own actors send. */
  sendTo(app: Supervisor, name: string, message: object): void
  /** Nothing of a client is left: no actor, no timer, no open link. */
  expectNothingLeft(): Promise<void>
}

/** `random` in [0, 1) is what every throw of the dice gives; 1 makes each back-off as long as it may be. */
export function clientWorld(random: number = 1): ClientWorld {
  const clock = manualClock()
  const logged: string[] = []
  const system = new ActorSystem(clock, listening(logged), () => random)
  const broker = scriptedBroker()
  const given = <Args>(options: ClientOptions<Args> = {}, server = broker.transport) => ({
    clientId: "toes",
    logger: listening(logged),
    system,
    ...options,
    server,
  })
  const world: ClientWorld = {
    clock,
    system,
    broker,
    logged,
    start(options) {
      const client = startClient(given(options))
      return { client, events: recordEvents(client) }
    },
    async up(options, connack) {
      const { client, events } = world.start(options)
      const accepted = await world.accept(connack)
      await settle()
      return { client, events, ...accepted }
    },
    async supervise(options, transport) {
      const spec = mqttClient(given(options, transport))
      const app = await startSupervisor({ children: [spec], system })
      const client = app.child(spec)
      return { app, client, events: recordEvents(client) }
    },
    async supervised(options, connack) {
      const { app, client, events } = await world.supervise(options)
      const accepted = await world.accept(connack)
      await settle()
      return { app, client, events, ...accepted }
    },
    async accept(connack) {
      let link: ScriptedLink | undefined
      const accepting = broker.accept()
      accepting.then((accepted) => {
        link = accepted
      })
      await settle()
      if (link === undefined) throw new Error("the client opened no link")
      return { link, connect: await link.handshake(connack) }
    },
    async killActor(app, name) {
      const actor = actorNamed(app, name)
      system.run(() => actor.exit(KILLED))
      await settle()
    },
    sendTo(app, name, message) {
      actorNamed(app, name).send(message as never)
    },
    async expectNothingLeft() {
      await settle()
      const left = { actors: system.actors, timers: clock.pending, links: openLinks(broker) }
      if (left.actors + left.timers + left.links > 0) throw new Error(`left over: ${JSON.stringify(left)}`)
    },
  }
  return world
}

/** What a client tells, as it tells it. */
export function recordEvents(client: Client, kinds: readonly ClientEventKind[] = KINDS): ClientEvent[] {
  const events: ClientEvent[] = []
  for (const kind of kinds) client.on(kind, (event) => events.push(event))
  return events
}

export function eventsOf<K extends ClientEventKind>(
  events: readonly ClientEvent[],
  kind: K,
): Extract<ClientEvent, { readonly kind: K }>[] {
  return events.filter((event) => event.kind === kind) as Extract<ClientEvent, { readonly kind: K }>[]
}

/** The dotted state of the actor of this name below a supervisor; "" when there is none. */
export function stateOf(app: Supervisor, name: string): string {
  const find = (tree: Tree): string | undefined =>
    tree.name === name ? tree.state : tree.children.map(find).find((state) => state !== undefined)
  return find(app.tree()) ?? ""
}

/** A PUBLISH from the server. */
export function publishPacket(topic: string, payload: string, more: Partial<Publish> = {}): Publish {
  return {
    type: "publish",
    topic,
    payload: Buffer.from(payload),
    qos: 0,
    retain: false,
    dup: false,
    packetId: 0,
    properties: {},
    ...more,
  }
}

export function ack<T extends "puback" | "pubrec" | "pubrel" | "pubcomp">(
  type: T,
  packetId: number,
  reasonCode = 0,
): Extract<Packet, { readonly type: T }> {
  return { type, packetId, reasonCode, properties: {} } as Extract<Packet, { readonly type: T }>
}

/** Answers the SUBSCRIBE that comes next with the QoS asked for, or with `reasonCodes`. */
export async function grant(link: ScriptedLink, reasonCodes?: readonly number[]): Promise<void> {
  const { packetId, subscriptions } = await link.receive("subscribe")
  const codes = reasonCodes ?? subscriptions.map(({ qos }) => qos)
  link.send({ type: "suback", packetId, reasonCodes: codes, properties: {} })
  await settle()
}

/** What a promise has come to by now. */
export async function outcomeOf<T>(
  promise: Promise<T>,
): Promise<{ readonly value: T } | { readonly error: unknown } | "pending"> {
  const settled: { outcome: { readonly value: T } | { readonly error: unknown } | "pending" } = { outcome: "pending" }
  promise.then(
    (value) => {
      settled.outcome = { value }
    },
    (error: unknown) => {
      settled.outcome = { error }
    },
  )
  await settle()
  return settled.outcome
}

function actorNamed(app: Supervisor, name: string): Actor<never> {
  const actor = findActor(actorOf(app.ref), name)
  if (actor === undefined) throw new Error(`no actor is named ${name}`)
  return actor
}

function findActor(root: Actor<never> | undefined, name: string): Actor<never> | undefined {
  if (root === undefined || root.label === name) return root
  for (let child = root.firstChild; child !== undefined; child = child.nextSibling) {
    const found = findActor(child, name)
    if (found !== undefined) return found
  }
  return undefined
}

function openLinks(broker: ScriptedBroker): number {
  return broker.links.filter((link) => !link.ended).length
}

function listening(lines: string[]): Logger {
  const line =
    (level: string) =>
    (_fields: object, message = ""): void => {
      lines.push(`${level} ${message}`)
    }
  return { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") }
}
