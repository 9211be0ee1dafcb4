/**
 * Links cut in the middle of everything, by RST, half a packet or garbage, until enough flows were cut in each phase:
 * QoS 2 arrives exactly once, QoS 1 at least once, each topic in order, and every promise settles.
 */
import { afterEach, beforeEach, it } from "vitest"
import { describeServers, resources } from "../support/servers.js"
import { sparingResends } from "../support/sparing.js"
import { DIRECTIONS, inChaos } from "./chaos-world.js"

const SEED = Number(process.env["TERRAPIN_SEED"] ?? 20_260)
const TIMEOUT_MS = 30_000

describeServers("cut links", (kind) => {
  let nothingLeft: () => Promise<void>
  beforeEach(() => {
    nothingLeft = resources()
  })
  afterEach(() => nothingLeft())

  it(
    "lose no message that we publish, double none of QoS 2, and keep each topic's order",
    () =>
      inChaos(kind, SEED, async (world) => {
        world.cut()
        while (!world.isEnough(["outgoing"])) await world.publish()
        await world.finish(`cut while publishing (seed ${SEED})`)
      }),
    TIMEOUT_MS,
  )

  it(
    "lose no message either way, double none of QoS 2, and keep each topic's order",
    () =>
      inChaos(kind, SEED, async (world) => {
        world.cut(kind.forgetsReleases ? sparingResends : undefined)
        while (!world.isEnough(DIRECTIONS)) await Promise.all([world.publish(), world.receive()])
        await world.finish(`cut while publishing and receiving (seed ${SEED})`)
      }),
    TIMEOUT_MS,
  )
})
