/** Random ends of random actors, in random states, between random cuts: by seed, so that what fails fails again. */
import { describe, expect, it } from "vitest"
import { actorsOf, end, stateOfActor, WAYS } from "../actors/crash-world.js"
import { VERSIONS } from "../actors/delivery-world.js"
import { type Traffic, traffic } from "../actors/traffic.js"

const SEEDS = 12
/** Longer than the longest period of an intensity. */
const PAST_EVERY_PERIOD_MS = 10_001
const ROOTS = ["client toes", "handlers", "protocol"]

const EVERY = VERSIONS.flatMap(({ version }) =>
  Array.from({ length: SEEDS }, (_, index) => ({ version, seed: index + 1, roots: index % 3 === 0 })),
)

describe.each(EVERY)("[case 79] seed $seed, version $version, supervisors too: $roots", ({ version, seed, roots }) => {
  it("heals from every end", async () => {
    const at = await traffic(version, seed)
    const ended: string[] = []
    for (let time = 0; time < 10; time++) {
      if (at.random() < 0.7) at.cutSoon()
      await at.flow(at.random() * 300)
      strikeSoon(at, roots, ended)
      await at.flow(at.random() * 300)
      if (at.random() < 0.3) void at.client.ping().catch(() => undefined)
      at.client.reconnect()
      await at.clock.advance(PAST_EVERY_PERIOD_MS)
    }
    await at.quiet()
    at.expectDelivered(roots ? "exited" : "none")
    await at.end()
    expect(ended.length, ended.join()).toBeGreaterThan(3)
  })
})

/** Ends an actor chosen by the dice, some steps of the tree later. */
function strikeSoon({ system, client, random }: Traffic, roots: boolean, ended: string[]): void {
  let steps = Math.floor(random() * 200)
  const step = () => {
    if (steps-- !== 0) return
    system.tap = null
    const actors = actorsOf(client).filter(({ alive, label }) => alive && (roots || !ROOTS.includes(label)))
    const kinds = [...new Set(actors.map(({ label }) => label))]
    const kind = kinds[Math.floor(random() * kinds.length)]
    const prey = actors.find(({ label }) => label === kind)
    const way = WAYS[Math.floor(random() * WAYS.length)]
    if (prey === undefined || way === undefined) return
    ended.push(`${prey.label} ${stateOfActor(prey)}`)
    end(prey, way)
  }
  const stepSoon = () => system.post(step)
  system.tap = { spawned: stepSoon, event: () => undefined, snapshot: stepSoon, exited: () => undefined }
}
