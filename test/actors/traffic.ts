/**
 * A supervised client that talks both ways with a broker in memory, and a ledger of what became of every message.
 *
 *     client ── out/0 out/1 out/2 ──▶ broker.published            broker ── in/handler/0…2 ──▶ the handler
 *                                                                        ── in/reader/0…2 ───▶ an iterator
 */
import { type Client, defineHandler, mqttClient, type QoS, type Supervisor, startSupervisor } from "terrapin"
import { expect } from "vitest"
import type { ClientScope } from "../../src/actors/index.js"
import type { Packet, PacketType } from "../../src/codec/index.js"
import { silentLogger } from "../../src/logger.js"
import { ActorSystem } from "../../src/runtime/index.js"
import { type ManualClock, type MemoryBroker, manualClock, memoryBroker, settle } from "../../src/testing/index.js"
import { scopeOf } from "./crash-world.js"

const CUT_AT: readonly PacketType[] = ["publish", "pubrel", "pubrec", "pubcomp", "subscribe", "unsubscribe"]
const LEVELS: readonly QoS[] = [0, 1, 2]

export interface Traffic {
  readonly clock: ManualClock
  readonly system: ActorSystem
  readonly broker: MemoryBroker
  readonly app: Supervisor
  readonly client: Client
  /** In [0, 1), by the seed. */
  readonly random: () => number
  /** One message of each QoS on each way, a SUBSCRIBE and an UNSUBSCRIBE. */
  round(): void
  /** Moves time on in small steps, a round in each. */
  flow(ms: number): Promise<void>
  /** Breaks the links when the next packet of a kind chosen by the dice is on its way out. */
  cutSoon(): void
  /** Lets time pass until every call of the client has settled; fails when one does not. */
  quiet(): Promise<void>
  /**
   * Every message arrived in order: QoS 2 once, QoS 1 at least once, QoS 0 at most once. `exited`: calls may have been
   * rejected by the end of the client's root, and what became of their messages is then open.
   */
  expectDelivered(rejections: "none" | "exited"): void
  /** Ends everything and expects that nothing is left. */
  end(): Promise<void>
}

export async function traffic(version: 4 | 5, seed: number): Promise<Traffic> {
  const handles = handlesOpen()
  const clock = manualClock()
  const random = dice(seed)
  const system = new ActorSystem(clock, silentLogger, random)
  const broker = await memoryBroker({ clock })
  const received = new Map<string, number[]>()
  /** On these the handler ended: a PUBREC that refuses may be lost with its link, and then it comes again [MQTT-4.3.3-9]. */
  const refused = new Set<number>()
  const take = (topic: string, text: string) => received.set(topic, [...(received.get(topic) ?? []), Number(text)])
  const handler = defineHandler({
    async handlePublish(_levels, { topic, text, qos }, _state, { signal }) {
      take(topic, text())
      if (qos < 2) return
      await new Promise<void>((resolve) => clock.setTimer(resolve, 3))
      if (signal.aborted && version === 5) refused.add(Number(text()))
    },
  })
  const spec = mqttClient({
    server: broker.transport,
    clientId: "toes",
    protocolVersion: version,
    session: { expirySeconds: 3_000 },
    subscriptions: [{ topicFilter: "in/handler/#", qos: 2 }],
    handler,
  })
  const app = await startSupervisor({ children: [spec], system })
  const client = app.child(spec)
  await client.connected()
  const subscription = await client.subscribe("in/reader/#", { qos: 2 })
  const reading = read(subscription, take)
  void client.publish("any", "", { qos: 1 })
  const scope = scopeOf(client)

  let rounds = 0
  let open = 0
  const calls: { readonly qos: QoS | undefined; readonly number: number; error: unknown }[] = []
  const track = (promise: Promise<unknown>, qos: QoS | undefined, number: number) => {
    const call = { qos, number, error: undefined as unknown }
    calls.push(call)
    open++
    promise.then(
      () => open--,
      (error: unknown) => {
        open--
        call.error = error
      },
    )
  }

  const self: Traffic = {
    clock,
    system,
    broker,
    app,
    client,
    random,
    round() {
      const number = ++rounds
      for (const qos of LEVELS) {
        track(client.publish(`out/${qos}`, `${number}`, { qos }), qos, number)
        void broker.publish(`in/handler/${qos}`, `${number}`, { qos })
        void broker.publish(`in/reader/${qos}`, `${number}`, { qos })
      }
      track(client.subscribe([{ topicFilter: `extra/${number}` }], { timeoutMs: 0 }), undefined, number)
      track(client.unsubscribe(`extra/${number - 2}`, { timeoutMs: 0 }), undefined, number)
    },
    async flow(ms) {
      for (let passed = 0; passed < ms; ) {
        const step = Math.ceil(random() * 60)
        passed += step
        self.round()
        await clock.advance(step)
      }
    },
    cutSoon() {
      const type = CUT_AT[Math.floor(random() * CUT_AT.length)]
      const off = client.on("packet_sent", ({ packet }) => {
        if ((packet as Packet).type !== type) return
        off()
        broker.cutLinks()
      })
    },
    async quiet() {
      for (let step = 0; step < 300 && (open > 0 || client.status !== "up"); step++) await clock.advance(100)
      await clock.advance(1_000)
      expect(open, "calls that did not settle").toBe(0)
      expect(client.status).toBe("up")
    },
    expectDelivered(rejections) {
      const failed = calls.filter(({ error }) => error !== undefined)
      if (rejections === "none") expect(failed).toEqual([])
      for (const { error } of failed) expect(error).toMatchObject({ code: "exited" })
      for (const qos of LEVELS) {
        const sure = calls.filter((call) => call.qos === qos && call.error === undefined).map(({ number }) => number)
        const published = broker.published
          .filter(({ topic }) => topic === `out/${qos}`)
          .map(({ text }) => Number(text()))
        expectArrived(published, qos, `out/${qos}`, sure)
        const every = Array.from({ length: rounds }, (_, index) => index + 1)
        expectArrived(received.get(`in/reader/${qos}`) ?? [], qos, `in/reader/${qos}`, every)
        const handled = received.get(`in/handler/${qos}`) ?? []
        const once = handled.filter((number, index) => !refused.has(number) || handled.indexOf(number) === index)
        expectArrived(qos === 2 ? once : handled, qos, `in/handler/${qos}`, every)
      }
    },
    async end() {
      const nothing = { calls: 0, ids: 0, received: 0, publishes: 0, requests: 0, waiting: 0, waitingBytes: 0 }
      expect(leftIn(scope)).toEqual(nothing)
      await app.stop()
      await reading
      expect(broker.clients).toEqual([])
      await broker[Symbol.asyncDispose]()
      await settle()
      expect({ actors: system.actors, timers: clock.pending, open }).toEqual({ actors: 0, timers: 0, open: 0 })
      expect(handlesOpen().length, "handles of the process").toBeLessThanOrEqual(handles.length)
    },
  }
  return self
}

/** `sure`: the numbers that must be there. */
function expectArrived(numbers: readonly number[], qos: QoS, topic: string, sure: readonly number[]): void {
  const seen = new Set(numbers)
  const first = [...seen]
  expect(first, `${topic}: order`).toEqual(first.toSorted((left, right) => left - right))
  if (qos !== 1) expect(numbers.length, `${topic}: doubled`).toBe(seen.size)
  if (qos !== 0)
    expect(
      sure.filter((number) => !seen.has(number)),
      `${topic}: lost`,
    ).toEqual([])
}

async function read(
  messages: AsyncIterable<{ readonly topic: string; text(): string }>,
  take: (topic: string, text: string) => void,
): Promise<void> {
  for await (const { topic, text } of messages) take(topic, text())
}

/** What a client at rest still holds. */
function leftIn({ calls, session }: ClientScope): Readonly<Record<string, number>> {
  const { outbound, inbound, publishes, requests, waiting, waitingBytes } = session
  return {
    calls: calls.size,
    ids: outbound.used,
    received: inbound.used,
    publishes: publishes.length,
    requests: requests.length,
    waiting,
    waitingBytes,
  }
}

/** What keeps the process alive, but turns of the event loop. */
function handlesOpen(): readonly string[] {
  return process
    .getActiveResourcesInfo()
    .filter((kind) => kind !== "Immediate")
    .sort()
}

/** mulberry32: the same numbers for the same seed. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
