/** The actor of an outgoing flow ends in each state of its chart: another goes on from its record, and nobody notices. */
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { ack, eventsOf, outcomeOf } from "../client/client-world.js"
import type { ScriptedLink } from "../support/scripted-link.js"
import { actorsOf, endActor, stateOfActor, WAYS, type Way } from "./crash-world.js"
import { arrived, type Linked, linked, VERSIONS } from "./delivery-world.js"

interface Begun {
  readonly outcome: Promise<unknown>
}

interface Flow {
  /** The actor's label, and the leaf of its chart that it is in. */
  readonly label: string
  readonly state: string
  /** The leaf that it waits in while there is no link. */
  readonly parked: string
  /** Begins the flow and brings it to the state. */
  reach(at: Linked): Promise<Begun>
  /** What leaves on the next link. */
  readonly again: string
  /** Plays the server to the end of the flow; what the client still sends. */
  finish(link: ScriptedLink): void
  readonly rest: readonly string[]
  readonly outcome: object
}

const FLOWS: readonly Flow[] = [
  {
    label: "publish",
    state: "published",
    parked: "parked",
    reach: async ({ client, link }) => begun(client.publish("t", "a", { qos: 1 }), link),
    again: 'publish 1 "a" DUP',
    finish: (link) => link.send(ack("puback", 1)),
    rest: [],
    outcome: { qos: 1, packetId: 1 },
  },
  {
    label: "publish",
    state: "published",
    parked: "parked",
    reach: async ({ client, link }) => begun(client.publish("t", "a", { qos: 2 }), link),
    again: 'publish 1 "a" DUP',
    finish: (link) => link.send(ack("pubrec", 1), ack("pubcomp", 1)),
    rest: ["pubrel 1"],
    outcome: { qos: 2, packetId: 1 },
  },
  {
    label: "publish",
    state: "released",
    parked: "parkedReleased",
    async reach({ client, link }) {
      const sent = client.publish("t", "a", { qos: 2 })
      await begun(sent, link)
      link.send(ack("pubrec", 1))
      return begun(sent, link)
    },
    again: "pubrel 1",
    finish: (link) => link.send(ack("pubcomp", 1)),
    rest: [],
    outcome: { qos: 2, packetId: 1 },
  },
  {
    label: "subscribe",
    state: "asked",
    parked: "parked",
    reach: async ({ client, link }) => begun(client.subscribe([{ topicFilter: "f" }]), link),
    again: "subscribe 1",
    finish: (link) => link.send({ type: "suback", packetId: 1, reasonCodes: [0], properties: {} }),
    rest: [],
    outcome: [{ topicFilter: "f", grantedQos: 0 }],
  },
  {
    label: "unsubscribe",
    state: "asked",
    parked: "parked",
    reach: async ({ client, link }) => begun(client.unsubscribe("f"), link),
    again: "unsubscribe 1",
    finish: (link) =>
      link.send({ type: "unsuback", packetId: 1, reasonCodes: link.version === 5 ? [0] : [], properties: {} }),
    rest: [],
    outcome: [{ topicFilter: "f", reasonCode: 0 }],
  },
]

const EVERY = VERSIONS.flatMap(({ version }) =>
  WAYS.flatMap((way) =>
    FLOWS.map((flow) => ({
      ...flow,
      version,
      way,
      name: `${nameOf(flow)} in ${flow.state}, version ${version}, ${way}`,
    })),
  ),
)

describe.each(EVERY)("[case 39] the actor of $name", ({ version, way, ...flow }) => {
  it("goes on waiting: nothing is sent again on a live link, and the answer finds it", async () => {
    const at = await linked(version)
    const { outcome } = await flow.reach(at)
    await endActor(at.client, flow.label, flow.state, way)
    expect(await arrived(at.link)).toEqual([])
    flow.finish(at.link)
    expect(await arrived(at.link)).toEqual(flow.rest)
    expect(await outcome).toMatchObject(flow.outcome)
    expect(eventsOf(at.events, "restart")).toMatchObject([{ child: flow.label }])
    expect(eventsOf(at.events, "down")).toEqual([])
    await leavesNothing(at)
  })

  it("is parked when the link is lost after it, and goes on with the next one", async () => {
    const at = await linked(version)
    const { outcome } = await flow.reach(at)
    await endActor(at.client, flow.label, flow.state, way)
    const next = await at.cut(at.link)
    expect(await arrived(next)).toEqual([flow.again])
    flow.finish(next)
    expect(await arrived(next)).toEqual(flow.rest)
    expect(await outcome).toMatchObject(flow.outcome)
    await leavesNothing(at)
  })

  it("goes on with the next link when it ends while it is parked", async () => {
    const at = await linked(version)
    const { outcome } = await flow.reach(at)
    at.link.reset()
    await settle()
    await endActor(at.client, flow.label, flow.parked, way)
    const next = await at.relink()
    expect(await arrived(next)).toEqual([flow.again])
    flow.finish(next)
    expect(await arrived(next)).toEqual(flow.rest)
    expect(await outcome).toMatchObject(flow.outcome)
    await leavesNothing(at)
  })

  it("ends in the instant in which its answer arrives: a publication is resumed on a new link, a request asked again at once", async () => {
    const at = await linked(version)
    const { outcome } = await flow.reach(at)
    endOnNextPacket(at, flow.label, way)
    flow.finish(at.link)
    const left = await arrived(at.link)
    const next = flow.label === "publish" ? await at.relink() : at.link
    expect(left.at(-1)).toBe(flow.label === "publish" ? "disconnect" : flow.again)
    const downs = eventsOf(at.events, "down").map(({ cause }) => cause.kind)
    expect(downs).toEqual(flow.label === "publish" ? ["recycle"] : [])
    if (flow.label === "publish") expect(await arrived(next)).toEqual([flow.again])
    flow.finish(next)
    await settle()
    expect(await outcome).toMatchObject(flow.outcome)
    await leavesNothing(at)
  })
})

function nameOf({ label, outcome }: Flow): string {
  return "qos" in outcome ? `${label} QoS ${outcome.qos}` : label
}

/** The first packet that comes finds the flow's actor dead, and its next life not begun. */
function endOnNextPacket({ client }: Linked, label: string, way: Way): void {
  const off = client.on("packet_received", () => {
    off()
    const actor = actorsOf(client).find((one) => one.label === label)
    if (way === "kill") actor?.exit({ kind: "killed" })
    else actor?.shutdown({ kind: "crash", error: new Error("planted") })
  })
}

async function begun(outcome: Promise<unknown>, link: ScriptedLink): Promise<Begun> {
  await settle()
  link.receiveRest()
  return { outcome }
}

async function leavesNothing({ at, client }: Linked): Promise<void> {
  expect(actorsOf(client).map((actor) => [actor.label, stateOfActor(actor)])).toEqual([
    ["client toes", "idle"],
    ["handlers", "idle"],
    ["protocol", "idle"],
    ["session", "idle"],
    ["inflight", "idle"],
    ["connection", "connected.open.quiet"],
  ])
  expect(await outcomeOf(client.disconnect())).toEqual({ value: undefined })
  await at.expectNothingLeft()
}
