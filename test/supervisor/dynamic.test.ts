import { describe, expect, it } from "vitest"
import { type ActorRef, exited, stop } from "../../src/runtime/index.js"
import {
  type DynamicSupervisorOptions,
  dynamicSupervisor,
  startDynamicSupervisor,
  supervisor,
} from "../../src/supervisor/index.js"
import { type Do, throwing, type World, world } from "../runtime/world.js"
import { answers, boom, family, reporting, taken } from "./family.js"

const pool = (at: World, options: DynamicSupervisorOptions = {}) =>
  startDynamicSupervisor({ system: at.system, ...options })

describe("a dynamic supervisor", () => {
  it("starts children as they come, many of one specification too, and stops the last started first", async () => {
    const at = world()
    const parent = await pool(at)
    const worker = reporting(at, "w")
    const refs = [await parent.startChild(worker), await parent.startChild(worker)]
    await parent.startChild(reporting(at, "x"))
    expect(new Set(refs).size).toBe(2)
    expect(parent.whichChildren().map(({ id, status }) => `${id} ${status}`)).toEqual([
      "w running",
      "w running",
      "x running",
    ])
    expect(taken(at)).toEqual(["+w", "+w", "+x"])
    await parent.stop()
    expect(taken(at)).toEqual(["-x shutdown", "-w shutdown", "-w shutdown"])
    expect(await parent.exited).toEqual({ kind: "shutdown" })
    expect(at.system.actors).toBe(0)
    expect(at.clock.pending).toBe(0)
  })

  it("restarts each alone; its handle stays good", async () => {
    const at = world()
    const parent = await pool(at)
    const a = await parent.startChild(reporting(at, "a"))
    await parent.startChild(reporting(at, "b"))
    taken(at)
    a.send(boom)
    expect(taken(at)).toEqual(["-a crash boom", "+a"])
    expect(await answers(a)).toBe("here")
    expect(parent.whichChildren().map(({ restarts }) => restarts)).toEqual([1, 0])
  })

  it.each(["transient", "temporary"] as const)(
    "forgets a %s child that ended normally, and its name",
    async (restart) => {
      const at = world()
      const parent = await pool(at)
      const spec = reporting(at, "a", { restart, name: "a" })
      const a = await parent.startChild(spec)
      await stop(a)
      expect(parent.countChildren()).toEqual({ specs: 0, active: 0, supervisors: 0, workers: 0 })
      expect(at.system.names.size).toBe(0)
      await parent.startChild(spec)
      expect(parent.countChildren().active).toBe(1)
    },
  )

  it("holds at most maxChildren; one that ends makes room", async () => {
    const at = world()
    const parent = await pool(at, { maxChildren: 2 })
    const first = await parent.startChild(reporting(at, "a"))
    await parent.startChild(reporting(at, "b"))
    await expect(parent.startChild(reporting(at, "c"))).rejects.toMatchObject({ code: "max_children", child: "c" })
    first.send(boom) // a restart needs no room
    expect(parent.countChildren().active).toBe(2)
    await parent.terminateChild(first)
    await parent.startChild(reporting(at, "c"))
    expect(parent.whichChildren().map(({ id }) => id)).toEqual(["b", "c"])
    const none = await pool(at, { maxChildren: 0 })
    await expect(none.startChild(reporting(at, "a"))).rejects.toMatchObject({ code: "max_children" })
  })

  it("does not keep a child whose first start fails", async () => {
    const at = world()
    const parent = await pool(at, { maxChildren: 1 })
    const failing = reporting(at, "a", { name: "a" }, { init: () => throwing("no") })
    await expect(parent.startChild(failing)).rejects.toMatchObject({ code: "start_failed" })
    await parent.startChild(reporting(at, "a", { name: "a" }))
    expect(parent.countChildren().active).toBe(1)
  })

  it("terminates a child by its ref or by a handle that has one; others are not_found", async () => {
    const at = world()
    const parent = await pool(at)
    const a = await parent.startChild(reporting(at, "a"))
    const inner = await parent.startChild(supervisor({ children: [reporting(at, "x")] }))
    await parent.terminateChild(inner)
    await parent.terminateChild(a)
    expect(at.system.actors).toBe(1)
    await expect(parent.terminateChild(a)).rejects.toMatchObject({ code: "not_found" })
    await expect(parent.terminateChild(parent.ref)).rejects.toMatchObject({ code: "not_found" })
  })

  it("terminates a child that is between two attempts to start", async () => {
    const at = world()
    let fails = false
    const spec = reporting(at, "a", {}, { init: () => (fails ? Promise.reject(new Error("never")) : undefined) })
    const parent = await pool(at, { intensity: { restarts: 1e6, periodMs: 1 } })
    const a = await parent.startChild(spec)
    fails = true
    a.send(boom)
    await parent.terminateChild(a)
    expect(parent.countChildren().specs).toBe(0)
    await parent.stop()
    expect(at.system.actors).toBe(0)
  })

  it("gives up on one restart too many among all its children, stopping the last started first", async () => {
    const at = world()
    const parent = await pool(at, { intensity: { restarts: 2, periodMs: 1_000 } })
    const refs: ActorRef<Do>[] = []
    for (const id of ["a", "b", "c"]) refs.push(await parent.startChild(reporting(at, id)))
    refs[0]?.send(boom)
    refs[1]?.send(boom)
    taken(at)
    refs[2]?.send(boom)
    expect(taken(at)).toEqual(["-c crash boom", "-b shutdown", "-a shutdown"])
    expect(await parent.exited).toMatchObject({ kind: "crash", error: { code: "restart_intensity", child: "c" } })
    expect(at.system.actors).toBe(0)
    await expect(parent.startChild(reporting(at, "x"))).rejects.toMatchObject({ code: "noproc" })
  })

  it("counts starts that fail during a restart", async () => {
    const at = world()
    let fails = 0
    const spec = reporting(at, "a", {}, { init: () => (fails-- > 0 ? throwing("not yet") : undefined) })
    const parent = await pool(at)
    const a = await parent.startChild(spec)
    fails = 2
    a.send(boom)
    expect(parent.whichChildren()).toMatchObject([{ status: "running", restarts: 3 }])
    a.send(boom)
    expect((await parent.exited).kind).toBe("crash")
  })

  it("as a child is restarted empty, under the same handle", async () => {
    const at = world()
    const spec = dynamicSupervisor({ name: "pool" })
    const parent = await family(at, { children: [spec] })
    const handle = parent.child(spec)
    await handle.startChild(reporting(at, "a"))
    await stop(handle.ref, { kind: "kill" })
    expect(handle.countChildren().specs).toBe(0)
    await handle.startChild(reporting(at, "b"))
    expect(handle.tree()).toMatchObject({ name: "pool", children: [{ name: "b" }] })
    await parent.stop()
    expect(at.system.actors).toBe(0)
    expect(at.system.names.size).toBe(0)
  })

  it("frees its own name and its children's in the very tick in which it ends (case 84)", async () => {
    const at = world()
    const first = await pool(at, { name: "pool" })
    await first.startChild(reporting(at, "a", { name: "a" }))
    void first.stop()
    const second = await pool(at, { name: "pool" })
    await second.startChild(reporting(at, "a", { name: "a" }))
    expect(second.countChildren().active).toBe(1)
    expect(await exited(first.ref)).toEqual({ kind: "noproc" })
  })

  it("refuses options that it does not know", async () => {
    const refused = expect.objectContaining({ code: "invalid_option" })
    for (const options of [{ strategy: "one_for_one" }, { maxChildren: -1 }] as object[]) {
      await expect(startDynamicSupervisor(options)).rejects.toEqual(refused)
      expect(() => dynamicSupervisor(options)).toThrow(refused)
    }
  })
})
