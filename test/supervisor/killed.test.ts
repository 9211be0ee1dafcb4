import { describe, expect, it } from "vitest"
import { contextActor, stop } from "../../src/runtime/index.js"
import { type ChildSpec, dynamicSupervisor, startSupervisor, supervisor } from "../../src/supervisor/index.js"
import { settle } from "../../src/testing/index.js"
import { world } from "../runtime/world.js"
import { family, reporting, taken } from "./family.js"

const never = (): Promise<void> => new Promise(() => undefined)

describe("a supervisor that is killed (case 82)", () => {
  it("leaves no orphan, timer, owned resource or name behind", async () => {
    const at = world()
    const leaf = (id: string) => reporting(at, id, { name: id })
    const inner = supervisor({ name: "inner", children: [leaf("x"), leaf("y")] })
    const pool = dynamicSupervisor({ name: "pool" })
    const a = leaf("a")
    const parent = await family(at, { name: "top", children: [a, inner, pool] })
    await parent.child(pool).startChild(leaf("p"))
    await parent.startChild(leaf("guest"))
    taken(at)
    parent.child(a).send((context) => {
      context.sendAfter(1_000, () => at.note("timer"))
      contextActor(context).own(() => at.note("closed"))
    })
    await stop(parent.ref, { kind: "kill" })
    await settle()
    expect(await parent.exited).toEqual({ kind: "killed" })
    expect(at.system.actors).toBe(0)
    expect(at.clock.pending).toBe(0)
    expect([...at.system.names.keys()]).toEqual([])
    // The killed one asks nobody; the supervisors below it, which trap exits, still end their own in order.
    expect(taken(at)).toEqual(["closed", "-y shutdown", "-x shutdown", "-p shutdown"])
  })

  it("takes along children that were started elsewhere", async () => {
    const at = world()
    const foreign: ChildSpec<unknown> = {
      id: "foreign",
      async start() {
        const made = await startSupervisor({ system: at.system, children: [reporting(at, "x")] })
        return { ref: made.ref, handle: made }
      },
    }
    const parent = await family(at, { children: [foreign] })
    await stop(parent.ref, { kind: "kill" })
    await settle()
    expect(at.system.actors).toBe(0)
  })

  it("frees the names of children that were added later, so that they can be added again", async () => {
    const at = world()
    const guest = reporting(at, "guest", { name: "guest" })
    const inner = supervisor({ children: [] }, { id: "inner" })
    const pool = dynamicSupervisor({}, { id: "pool" })
    const parent = await family(at, { intensity: { restarts: 9, periodMs: 1 }, children: [inner, pool] })
    for (const host of [parent.child(inner), parent.child(pool)]) {
      await host.startChild(guest)
      await stop(host.ref, { kind: "kill" })
      expect(at.system.names.has("guest")).toBe(false)
      await host.startChild(guest) // the restarted supervisor
      expect(at.system.names.has("guest")).toBe(true)
      await stop(host.ref, { kind: "kill" })
    }
    expect(at.system.actors).toBe(3)
    await parent.stop()
  })

  it("while a child starts, ends that child too, and lets go of the deadline", async () => {
    const at = world()
    const parent = await family(at, { children: [] })
    void parent.startChild(reporting(at, "a", {}, { init: never }))
    await settle()
    await stop(parent.ref, { kind: "kill" })
    await settle()
    expect(at.system.actors).toBe(0)
    expect(at.clock.pending).toBe(0)
  })
})
