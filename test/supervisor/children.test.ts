import { describe, expect, it } from "vitest"
import { ActorSystem, whereis } from "../../src/runtime/index.js"
import { startSupervisor, supervisor } from "../../src/supervisor/index.js"
import { settle } from "../../src/testing/index.js"
import { deferred, throwing, type World, world } from "../runtime/world.js"
import { answers, boom, family, pidOf, reporting, taken } from "./family.js"

describe("a supervisor's children", () => {
  const setup = async (at: World) => {
    const a = reporting(at, "a")
    const b = reporting(at, "b", { restart: "temporary" })
    return { a, b, parent: await family(at, { children: [a, b] }) }
  }

  it("are added with startChild, restarted as their type says, last in order", async () => {
    const at = world()
    const { parent } = await setup(at)
    const c = reporting(at, "c")
    const ref = await parent.startChild(c)
    ref.send(boom)
    expect(await answers(ref)).toBe("here")
    expect(parent.child(c)).toBe(ref)
    expect(parent.whichChildren().map(({ id }) => id)).toEqual(["a", "b", "c"])
    taken(at)
    await parent.stop()
    expect(taken(at)).toEqual(["-c shutdown", "-b shutdown", "-a shutdown"])
  })

  it("cannot have the same id twice", async () => {
    const at = world()
    const { parent } = await setup(at)
    await expect(parent.startChild(reporting(at, "a"))).rejects.toMatchObject({ code: "already_present", child: "a" })
    await parent.terminateChild("a")
    await expect(parent.startChild(reporting(at, "a"))).rejects.toMatchObject({ code: "already_present" })
    expect(taken(at)).toEqual(["-a shutdown"])
  })

  it("are not kept when their first start fails, nor is their name", async () => {
    const at = world()
    const { parent } = await setup(at)
    const failing = reporting(at, "x", { name: "x" }, { init: () => throwing("no") })
    await expect(parent.startChild(failing)).rejects.toMatchObject({ code: "start_failed", child: "x" })
    expect(parent.countChildren().specs).toBe(2)
    expect(at.system.names.size).toBe(0)
    await parent.startChild(reporting(at, "x", { name: "x" }))
    expect(whereis("x", at.system)).toBeDefined()
  })

  it("are terminated, restarted and deleted by id, as in OTP", async () => {
    const at = world()
    const { a, parent } = await setup(at)
    const ref = parent.child(a)
    await expect(parent.restartChild("a")).rejects.toMatchObject({ code: "already_present" })
    await expect(parent.deleteChild("a")).rejects.toMatchObject({ code: "already_present" })
    await parent.terminateChild("a")
    expect(taken(at)).toEqual(["-a shutdown"])
    expect(parent.whichChildren()[0]).toEqual({
      id: "a",
      ref: undefined,
      status: "stopped",
      type: "worker",
      restarts: 0,
    })
    ref.send(() => at.note("never"))
    expect(at.system.deadLetters).toBe(1)
    await parent.terminateChild("a")
    await parent.restartChild("a")
    expect(taken(at)).toEqual(["+a"])
    expect(await answers(ref)).toBe("here")
    await parent.terminateChild("a")
    await parent.deleteChild("a")
    expect(parent.whichChildren().map(({ id }) => id)).toEqual(["b"])
    expect(() => parent.child(a)).toThrow(expect.objectContaining({ code: "not_found" }))
  })

  it("that are temporary are forgotten when terminated", async () => {
    const at = world()
    const { parent } = await setup(at)
    await parent.terminateChild("b")
    expect(parent.countChildren()).toEqual({ specs: 1, active: 1, supervisors: 0, workers: 1 })
  })

  it("that do not exist are not_found", async () => {
    const at = world()
    const { parent } = await setup(at)
    const missing = { code: "not_found", child: "x" }
    await expect(parent.terminateChild("x")).rejects.toMatchObject(missing)
    await expect(parent.restartChild("x")).rejects.toMatchObject(missing)
    await expect(parent.deleteChild("x")).rejects.toMatchObject(missing)
    expect(() => parent.child(reporting(at, "x"))).toThrow(expect.objectContaining(missing))
  })

  it("stay as they were when restartChild fails; it may be asked again", async () => {
    const at = world()
    let fails = 0
    const spec = reporting(at, "x", {}, { init: () => (fails-- > 0 ? throwing("no") : undefined) })
    const parent = await family(at, { children: [spec] })
    await parent.terminateChild("x")
    fails = 1
    await expect(parent.restartChild("x")).rejects.toMatchObject({ code: "start_failed" })
    expect(parent.whichChildren()).toMatchObject([{ id: "x", status: "stopped" }])
    await parent.restartChild("x")
    expect(parent.countChildren().active).toBe(1)
  })

  it("are answered about one request after another, also while one takes long", async () => {
    const at = world()
    const { parent } = await setup(at)
    const hold = deferred()
    const slow = parent.startChild(reporting(at, "slow", {}, { init: () => hold.promise })).then(() => at.note("slow"))
    const quick = parent.startChild(reporting(at, "quick")).then(() => at.note("quick"))
    await settle()
    expect(taken(at)).toEqual(["+slow"])
    expect(parent.whichChildren()[2]).toMatchObject({ id: "slow", status: "restarting" })
    hold.resolve()
    await Promise.all([slow, quick])
    expect(taken(at).filter((note) => !note.startsWith("+"))).toEqual(["slow", "quick"])
  })

  it("cannot be asked about once the supervisor has ended", async () => {
    const at = world()
    const { parent } = await setup(at)
    await parent.stop()
    await expect(parent.startChild(reporting(at, "x"))).rejects.toMatchObject({ code: "noproc" })
    expect(() => parent.tree()).toThrow(expect.objectContaining({ code: "noproc" }))
    expect(parent.countChildren().active).toBe(0)
  })

  it("that are asked for while the supervisor ends are rejected exited, and never started", async () => {
    const at = world()
    const hold = deferred()
    const parent = await family(at, { children: [reporting(at, "a", {}, { terminate: () => hold.promise })] })
    void parent.stop()
    const asked = expect(parent.startChild(reporting(at, "x"))).rejects.toMatchObject({ code: "exited" })
    hold.resolve()
    await asked
    expect(taken(at)).toEqual(["-a shutdown"])
  })
})

describe("what a supervisor shows", () => {
  it("is its tree, children in start order", async () => {
    const at = world()
    const inner = supervisor({ name: "inner", children: [reporting(at, "x")] })
    const parent = await family(at, { name: "top", children: [reporting(at, "a"), inner, reporting(at, "b")] })
    const leaf = (name: string) => ({ name, kind: "actor", state: "idle", mailbox: 0, children: [] })
    expect(parent.tree()).toMatchObject({
      name: "top",
      kind: "supervisor",
      children: [leaf("a"), { name: "inner", kind: "supervisor", children: [leaf("x")] }, leaf("b")],
    })
    expect(parent.countChildren()).toEqual({ specs: 3, active: 3, supervisors: 1, workers: 2 })
    const before = pidOf(parent, "a")
    expect(before).toBeGreaterThan(0)
  })

  it("is said to the logger: restarts as warnings with the error, giving up as an error; a logger that throws changes nothing (case 85)", async () => {
    const at = world()
    const a = reporting(at, "a")
    const parent = await family(at, { name: "top", children: [a] })
    parent.child(a).send(boom)
    expect(at.logged).toEqual(["warn top restarted a"])
    const fail = () => throwing("logger")
    const deaf = world()
    const system = new ActorSystem(
      deaf.clock,
      { debug: fail, info: fail, warn: fail, error: fail, child: fail },
      () => 0.5,
    )
    const other = await startSupervisor({ system, children: [a], intensity: { restarts: 1, periodMs: 1 } })
    other.child(a).send(boom)
    expect(await answers(other.child(a))).toBe("here")
    other.child(a).send(boom)
    expect((await other.exited).kind).toBe("crash")
  })
})
