/**
 * Every actor of a client's tree is ended in every state that it can be in, again and again, while messages flow both ways
 * and links break, with the period of every intensity in between. The client heals each time.
 */
import { describe, expect, it } from "vitest"
import { hunter, WAYS } from "../actors/crash-world.js"
import { VERSIONS } from "../actors/delivery-world.js"
import { traffic } from "../actors/traffic.js"

/** Longer than the longest period of an intensity: 10 s, the handlers'. */
const PAST_EVERY_PERIOD_MS = 10_001

interface Prey {
  readonly label: string
  readonly states: readonly string[]
  /** The end of these ends the root, which the user's supervisor starts anew: open calls settle `exited`. */
  readonly endsRoot?: boolean
}

const PREY: readonly Prey[] = [
  { label: "publish", states: ["published", "parked", "released", "parkedReleased"] },
  { label: "subscribe", states: ["asked", "parked"] },
  { label: "unsubscribe", states: ["asked", "parked"] },
  { label: "receive", states: ["delivering", "received"] },
  { label: "handler", states: ["idle", "waiting"] },
  { label: "session", states: ["idle"] },
  { label: "inflight", states: ["idle"] },
  {
    label: "connection",
    states: [
      "attempting.opening",
      "attempting.handshaking",
      "connected.open.quiet",
      "connected.open.pinging",
      "backoff",
    ],
  },
  { label: "handlers", states: ["idle"], endsRoot: true },
  { label: "protocol", states: ["idle"], endsRoot: true },
  { label: "client toes", states: ["idle"], endsRoot: true },
]

const EVERY = PREY.flatMap(({ label, states, endsRoot = false }) =>
  states.flatMap((state) =>
    VERSIONS.flatMap(({ version }) => WAYS.map((way) => ({ label, state, version, way, endsRoot }))),
  ),
)

describe.each(EVERY)(
  "[case 79] $label in $state, version $version, by $way",
  ({ label, state, version, way, endsRoot }) => {
    it("heals: every call settles, every message arrives as its QoS says, and nothing is left over", async () => {
      const at = await traffic(version, EVERY.length)
      const hunting = hunter(at.system, at.client)
      for (let time = 1; time <= 4; time++) {
        hunting.hunt({ label, state, spared: Math.floor(at.random() * 4) }, way)
        for (let attempt = 0; attempt < 40 && hunting.hits < time; attempt++) {
          at.cutSoon()
          await at.flow(200)
          at.client.reconnect()
          await at.flow(100)
          if (at.client.status === "up") void at.client.ping().catch(() => undefined)
        }
        await at.flow(100)
        expect(hunting.hits).toBe(time)
        await at.clock.advance(PAST_EVERY_PERIOD_MS)
      }
      await at.quiet()
      at.expectDelivered(endsRoot ? "exited" : "none")
      await at.end()
    })
  },
)
