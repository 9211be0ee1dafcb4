/**
 * The connection is never wedged: whatever server, network, time and user do, at every moment there is either a link with
 * its keep alive, an attempt with its deadline, or a retry timer; or the client is stopped.
 */
import { describe, expect, it } from "vitest"
import type { Packet } from "../../src/codec/index.js"
import type { Actor } from "../../src/runtime/index.js"
import { treeOf } from "../../src/runtime/index.js"
import { settle } from "../../src/testing/index.js"
import { hex } from "../support/hex.js"
import type { ScriptedLink } from "../support/scripted-link.js"
import { seeded } from "../support/seeded.js"
import { type ClientWorld, clientWorld, type Supervised, stateOf } from "./client-world.js"

type Walk = Pick<Supervised, "app" | "client"> & { readonly at: ClientWorld }
type Step = (walk: Walk) => unknown

const STABLE_AFTER_MS = 5_000

const send =
  (packet: Packet): Step =>
  ({ at }) =>
    openLink(at)?.send(packet)
const sendBytes =
  (bytes: Uint8Array): Step =>
  ({ at }) =>
    openLink(at)?.sendBytes(bytes)
const connack = (reasonCode: number, sessionPresent = false): Step =>
  send({ type: "connack", reasonCode, sessionPresent, properties: {} })
const advance =
  (ms: number): Step =>
  ({ at }) =>
    at.clock.advance(ms)

/** What may happen at any time. None of it is a reason to stop. */
const STEPS: Readonly<Record<string, Step>> = {
  accept: connack(0),
  "accept with a session": connack(0, true),
  // In the form of 3.1.1, which both versions understand.
  "refuse busy": sendBytes(hex`20 02 00 03`),
  "refuse credentials": sendBytes(hex`20 02 00 05`),
  "refuse version": ({ at }) => {
    const link = openLink(at)
    if (link?.version === 5) link.sendBytes(hex`20 02 00 01`) // of 4 it would be the end
  },
  end: ({ at }) => openLink(at)?.end(),
  reset: ({ at }) => openLink(at)?.reset(),
  garbage: sendBytes(hex`00 00`),
  "half a packet": sendBytes(hex`20 03 00`),
  pingresp: send({ type: "pingresp" }),
  disconnect: send({ type: "disconnect", reasonCode: 0x8b, properties: {} }),
  "refuse to open": ({ at }) => at.broker.refuse(new Error("refused")),
  "a moment": advance(10),
  "half a second": advance(500),
  "five seconds": advance(5_000),
  "ten seconds": advance(10_000),
  "a minute": advance(60_000),
  ping: ({ client }) => void client.ping({ timeoutMs: 0 }),
  reconnect: ({ client }) => client.reconnect(),
  recycle: ({ at, app }) => at.sendTo(app, "connection", { type: "recycle" }),
  "late news": ({ at, app }) => at.sendTo(app, "connection", { type: "failed", epoch: 0, cause: { kind: "user" } }),
  publish: ({ client }) => client.send("t", ""),
}

const seen = new Set<string>()

describe("the connection", () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))("is never wedged on walk %i", async (seed) => {
    const at = clientWorld()
    const wrong = watchConnection(at)
    const { app, client } = await at.supervise({ keepAliveSeconds: 20 })
    const dice = seeded(seed)
    const names = Object.keys(STEPS)
    const walked: string[] = []
    for (let count = 0; count < 80; count++) {
      const name = names[Math.floor(dice() * names.length)] ?? ""
      walked.push(name)
      await STEPS[name]?.({ at, app, client })
      await settle()
      const state = stateOf(app, "connection")
      expect(openLinks(at), `${state} after ${walked.join(", ")}`).toBe(linksOf(state))
      expect(client.status).toBe(statusOf(state))
    }
    expect(wrong).toEqual([])
    await client.disconnect({ drainMs: 0 })
    await app.stop()
    await at.expectNothingLeft()
  })

  it("was in all of its states on those walks", () => {
    expect([...seen].sort()).toEqual([
      "attempting.handshaking",
      "attempting.opening",
      "backoff",
      "connected.open.pinging",
      "connected.open.quiet",
    ])
  })
})

/** Looks at the connection's timers after each of its steps. The world has no others: no call of these walks has a deadline. */
function watchConnection(at: ClientWorld): readonly string[] {
  const wrong: string[] = []
  let upSinceMs = Number.POSITIVE_INFINITY
  at.system.tap = {
    spawned: () => undefined,
    event: () => undefined,
    exited: () => undefined,
    snapshot(actor) {
      const { name, state, mailbox } = treeOf(actor as Actor<never>)
      // A message of its own that waits is part of the same step.
      if (name !== "connection" || state === "stopped" || mailbox > 0) return
      seen.add(state)
      const up = state.startsWith("connected")
      if (!up) upSinceMs = Number.POSITIVE_INFINITY
      else if (upSinceMs === Number.POSITIVE_INFINITY) upSinceMs = at.clock.now()
      // The one that must be there, and the one that waits for the link to be stable.
      const expected = 1 + (up && at.clock.now() < upSinceMs + STABLE_AFTER_MS ? 1 : 0)
      if (at.clock.pending !== expected) wrong.push(`${state}: ${at.clock.pending} timers instead of ${expected}`)
    },
  }
  return wrong
}

function linksOf(state: string): number {
  return state === "attempting.handshaking" || state.startsWith("connected") ? 1 : 0
}

function statusOf(state: string): string {
  if (state === "backoff") return "down"
  return state.startsWith("connected") ? "up" : "connecting"
}

function openLink({ broker }: ClientWorld): ScriptedLink | undefined {
  return broker.links.find(({ ended }) => !ended)
}

function openLinks({ broker }: ClientWorld): number {
  return broker.links.filter(({ ended }) => !ended).length
}
