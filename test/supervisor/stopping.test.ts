import { describe, expect, it } from "vitest"
import { stop } from "../../src/runtime/index.js"
import { type ChildSpec, startSupervisor, supervisor } from "../../src/supervisor/index.js"
import { settle } from "../../src/testing/index.js"
import { deferred, type World, world } from "../runtime/world.js"
import { boom, family, reporting, taken } from "./family.js"

const never = (): Promise<void> => new Promise(() => undefined)
const lasting = (at: World, ms: number) => () => new Promise<void>((resolve) => at.clock.setTimer(() => resolve(), ms))

describe("stopping children", () => {
  it("waits for each before the one that was started before it", async () => {
    const at = world()
    const parent = await family(at, {
      children: [reporting(at, "a"), reporting(at, "b", {}, { terminate: lasting(at, 40) }), reporting(at, "c")],
    })
    const stopped = parent.stop().then(() => at.note("stopped"))
    await settle()
    expect(taken(at)).toEqual(["-c shutdown", "-b shutdown"])
    await at.clock.advance(39)
    expect(taken(at)).toEqual([])
    await at.clock.advance(1)
    await stopped
    expect(taken(at)).toEqual(["-a shutdown", "stopped"])
    expect(at.clock.pending).toBe(0)
  })

  it.each([
    { shutdown: undefined, killedAfterMs: 5_000 },
    { shutdown: 70, killedAfterMs: 70 },
    { shutdown: 0, killedAfterMs: 0 },
  ])("kills after $killedAfterMs ms when shutdown is $shutdown and terminate does not end", async (row) => {
    const at = world()
    const a = reporting(at, "a", { shutdown: row.shutdown }, { terminate: never })
    const parent = await family(at, { children: [a] })
    const stopped = parent.stop().then(() => at.note("stopped"))
    if (row.killedAfterMs > 0) await at.clock.advance(row.killedAfterMs - 1)
    await settle()
    expect(taken(at)).toEqual(["-a shutdown"])
    await at.clock.advance(1)
    await stopped
    expect(at.system.actors).toBe(0)
    expect(at.clock.pending).toBe(0)
  })

  it("waits as long as it takes with infinity", async () => {
    const at = world()
    const a = reporting(at, "a", { shutdown: "infinity" }, { terminate: lasting(at, 1e6) })
    const parent = await family(at, { children: [a] })
    const stopped = parent.stop()
    await at.clock.advance(1e6 - 1)
    expect(at.system.actors).toBe(2)
    await at.clock.advance(1)
    await stopped
    expect(at.system.actors).toBe(0)
  })

  it("lets terminate take longer than 5 s when shutdown allows it", async () => {
    const at = world()
    const a = reporting(
      at,
      "a",
      { shutdown: 60_000 },
      { terminate: () => lasting(at, 50_000)().then(() => at.note("done")) },
    )
    const parent = await family(at, { children: [a] })
    const stopped = parent.stop()
    await at.clock.advance(50_000)
    await stopped
    expect(taken(at)).toEqual(["-a shutdown", "done"])
  })

  it("does not ask with brutal_kill", async () => {
    const at = world()
    const parent = await family(at, {
      children: [reporting(at, "a", { shutdown: "brutal_kill" }, { terminate: never })],
    })
    await parent.stop()
    expect(taken(at)).toEqual([])
    expect(at.system.actors).toBe(0)
  })

  it("stops in order even when a restart is under way", async () => {
    const at = world()
    const hold = deferred()
    let starts = 0
    const b = reporting(at, "b", {}, { init: () => (starts++ === 0 ? undefined : hold.promise) })
    const parent = await family(at, { strategy: "one_for_all", children: [reporting(at, "a"), b, reporting(at, "c")] })
    parent.child(b).send(boom)
    expect(taken(at)).toEqual(["-b crash boom", "-c shutdown", "-a shutdown", "+a", "+b"])
    await parent.stop()
    expect(taken(at)).toEqual(["-a shutdown"]) // b was still starting: there is nothing of it to terminate
    hold.resolve()
    await settle()
    expect(at.system.actors).toBe(0)
    expect(at.clock.pending).toBe(0)
    expect(taken(at)).toEqual([])
  })

  it("stops a supervisor that is starting: what has started is stopped in order, the start rejects", async () => {
    const at = world()
    const starting = startSupervisor({
      name: "s",
      system: at.system,
      children: [reporting(at, "a"), reporting(at, "b"), reporting(at, "c", {}, { init: never })],
    })
    const refused = expect(starting).rejects.toMatchObject({ code: "start_failed" })
    const ref = at.system.names.get("s")
    if (ref === undefined) return expect.fail("not registered")
    await stop(ref, { kind: "shutdown" })
    await refused
    expect(taken(at)).toEqual(["+a", "+b", "+c", "-b shutdown", "-a shutdown"])
    expect(at.system.actors).toBe(0)
    expect(at.clock.pending).toBe(0)
    expect(at.system.names.size).toBe(0)
  })

  it("stops a nested supervisor that is starting in order too", async () => {
    const at = world()
    const children = [reporting(at, "x", {}, { terminate: lasting(at, 10) }), reporting(at, "y", {}, { init: never })]
    const parent = await family(at, { children: [reporting(at, "a")] })
    const refused = expect(parent.startChild(supervisor({ children }, { id: "inner" }))).rejects.toMatchObject({
      code: "exited",
    })
    await settle()
    const stopped = parent.stop()
    await at.clock.advance(10)
    await stopped
    await refused
    expect(taken(at)).toEqual(["+x", "+y", "-x shutdown", "-a shutdown"])
    expect(at.system.actors).toBe(0)
    expect(at.clock.pending).toBe(0)
  })

  it("stops a child that was started elsewhere and finishes starting too late", async () => {
    const at = world()
    const hold = deferred()
    const foreign: ChildSpec<unknown> = {
      id: "foreign",
      async start() {
        await hold.promise
        const made = await startSupervisor({ system: at.system, children: [reporting(at, "x")] })
        return { ref: made.ref, handle: made }
      },
    }
    const parent = await family(at, { children: [] })
    const refused = expect(parent.startChild(foreign)).rejects.toMatchObject({ code: "exited" })
    await parent.stop()
    await refused
    expect(at.clock.pending).toBe(0)
    hold.resolve()
    await settle()
    expect(at.system.actors).toBe(0)
    expect(taken(at)).toEqual(["+x", "-x shutdown"])
  })

  it("goes down through nested supervisors, innermost and last started first", async () => {
    const at = world()
    const inner = supervisor({ children: [reporting(at, "x"), reporting(at, "y", {}, { terminate: lasting(at, 5) })] })
    const parent = await family(at, { children: [reporting(at, "a"), inner, reporting(at, "b")] })
    const stopped = parent.stop()
    await at.clock.advance(5)
    await stopped
    expect(taken(at)).toEqual(["-b shutdown", "-y shutdown", "-x shutdown", "-a shutdown"])
  })

  it("comes first when a child crashes while it is being stopped: nothing is restarted", async () => {
    const at = world()
    const hold = deferred()
    const a = reporting(at, "a")
    const b = reporting(at, "b", {}, { terminate: () => hold.promise })
    const parent = await family(at, { children: [a, b] })
    const stopped = parent.stop()
    await settle()
    parent.child(a).send(boom)
    hold.reject(new Error("in terminate"))
    await stopped
    expect(taken(at)).toEqual(["-b shutdown", "-a crash boom"])
    expect(await parent.exited).toEqual({ kind: "shutdown" })
    expect(at.system.actors).toBe(0)
  })
})
