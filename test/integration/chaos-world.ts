/**
 * A client of ours behind a proxy that cuts its links at random, and a peer that nobody cuts: it counts what we send, and
 * sends what we are to receive. Half of the messages have QoS 1, half QoS 2.
 *
 *   client ⇄ chaos proxy ⇄ broker ⇄ peer
 */
import { type Client, connect, defineHandler } from "terrapin"
import { expect } from "vitest"
import { type ChaosCounts, type ChaosProxy, type CutRule, chaosProxy, randomCuts } from "../support/chaos-proxy.js"
import type { FlowDirection, Phase } from "../support/open-flows.js"
import { type Peer, peer } from "../support/peer.js"
import { seeded } from "../support/seeded.js"
import { report, type ServerKind, type TestServer } from "../support/servers.js"
import { Traffic, texts } from "./traffic.js"

/** Of a packet in a flow being the one at which the link is cut. */
const CHANCE = 0.02
/** Flows of QoS 2 to be cut in each phase and direction, and cuts in all. */
const LEAST_FLOWS = 20
const LEAST_CUTS = 60
/** Messages each way before the next ones are sent. */
const BATCH = 60

const QOS2_PHASES = [
  "publish_without_pubrec",
  "pubrec_without_pubrel",
  "pubrel_without_pubcomp",
] as const satisfies readonly Phase[]

export const DIRECTIONS = ["outgoing", "incoming"] as const satisfies readonly FlowDirection[]

/** Runs `work` in a new world, and takes the world down. */
export async function inChaos(
  kind: ServerKind,
  seed: number,
  work: (world: ChaosWorld) => Promise<void>,
): Promise<void> {
  const random = seeded(seed)
  const handled = new Traffic()
  await using server = await kind.start()
  await using proxy = await chaosProxy({ brokerPort: server.port, random })
  await using there = await peer(server.port, kind.version)
  await there.subscribe("up/#", 2)
  await using client = await connect(`mqtt://127.0.0.1:${proxy.port}`, {
    clientId: "tortoise",
    protocolVersion: kind.version,
    session: { expirySeconds: 3_600 },
    backoff: { minMs: 1, maxMs: 20 },
    handler: defineHandler({ handlePublish: (_levels, { topic, text }) => handled.add(topic, text()) }),
  })
  await client.subscribe([{ topicFilter: "down/#", qos: 2 }]) // without it aedes never says Session Present
  await work(new ChaosWorld({ kind, server, proxy, there, client, handled, cuts: randomCuts(random, CHANCE) }))
}

interface Parts {
  readonly kind: ServerKind
  readonly server: TestServer
  readonly proxy: ChaosProxy
  readonly there: Peer
  readonly client: Client
  readonly handled: Traffic
  readonly cuts: CutRule
}

export class ChaosWorld {
  readonly #parts: Parts
  readonly #sent = new Traffic()
  /** Bursts of garbage that the broker got, and may blame on the client. */
  #garbageToServer = 0

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** From now on links are cut, where `rule` allows. */
  cut(allow: (rule: CutRule) => CutRule = (rule) => rule): void {
    const rule = allow(this.#parts.cuts)
    this.#parts.proxy.setRule((frame, direction, link) => {
      const cut = rule(frame, direction, link)
      if (cut?.kind === "garbage" && direction === "up") this.#garbageToServer++
      return cut
    })
  }

  /** Whether enough was cut, of QoS 2 flows in these directions. */
  isEnough(directions: readonly FlowDirection[]): boolean {
    const { cuts, flows } = this.#parts.proxy.counts
    if (cuts.reset + cuts.half_packet + cuts.garbage < LEAST_CUTS) return false
    return directions.every((direction) => QOS2_PHASES.every((phase) => flows[direction][phase] >= LEAST_FLOWS))
  }

  /** The client publishes a batch; resolves when each promise has settled well. */
  async publish(): Promise<void> {
    const { client } = this.#parts
    await Promise.all(this.#sent.more("up", BATCH).map(({ topic, text, qos }) => client.publish(topic, text, { qos })))
  }

  /** The peer publishes a batch; resolves when all of it is with our handler. */
  async receive(): Promise<void> {
    const { there, handled } = this.#parts
    const batch = this.#sent.more("down", BATCH)
    await Promise.all(batch.map(({ topic, text, qos }) => there.publish(topic, text, { qos })))
    await handled.until(() => batch.every(({ text }) => handled.has(text)))
  }

  /** Ends the cuts; all that is still to come twice has come when the last messages are there. Checks what arrived. */
  async finish(title: string): Promise<void> {
    const { kind, server, proxy, there, client, handled } = this.#parts
    proxy.setRule(undefined)
    await client.publish("up/2/last", "last", { qos: 2 })
    await there.publish("down/2/last", "last", { qos: 2 })
    await there.until((received) => received.at(-1)?.text === "last")
    await handled.until(() => handled.has("last"))
    report(`${title}, ${kind.name}: ${inWords(proxy.counts)}`)
    for (const topic of this.#sent.topics) {
      const arrived = topic.startsWith("up") ? there.received : handled.messages
      expect(texts(arrived, topic)).toEqual(texts(this.#sent.messages, topic))
    }
    expect(await this.#packetsOfAnotherLink(), "no flow is left open").toEqual([])
    expect(proxy.counts.connacks.absent, "only the first link had no session").toBe(1)
    expect(server.faults()).toBeLessThanOrEqual(this.#garbageToServer)
  }

  /** What either side still has to say of old flows when the session is taken up once more. */
  async #packetsOfAnotherLink(): Promise<readonly string[]> {
    const { proxy, client } = this.#parts
    let packets: string[] = []
    proxy.setRule((frame, direction) => {
      if (frame.packetId !== 0) packets.push(`${direction} ${frame.type} ${frame.packetId}`)
      return undefined
    })
    // The last messages' own flows end first: when nothing passes but a PINGREQ and its answer.
    do {
      packets = []
      await client.ping()
    } while (packets.length > 0)
    const up = new Promise<void>((resolve) => client.on("up", () => resolve()))
    proxy.cutAll()
    await up
    await client.ping()
    return packets
  }
}

function inWords({ cuts, flows, connacks, links }: ChaosCounts): string {
  const reconnects = connacks.present + connacks.absent - 1
  const phases = (direction: FlowDirection) =>
    Object.entries(flows[direction])
      .map(([phase, count]) => `${phase.replaceAll("_", " ")} ${count}`)
      .join(", ")
  return [
    `cut by reset ${cuts.reset}, by half a packet ${cuts.half_packet}, by garbage ${cuts.garbage}; ${links} links`,
    `${reconnects} reconnects, ${connacks.present} of them with Session Present`,
    ...DIRECTIONS.map((direction) => `${direction} flows cut: ${phases(direction)}`),
  ].join("\n  ")
}
