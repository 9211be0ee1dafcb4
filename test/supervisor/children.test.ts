import { describe, expect, it } from "vitest"
import { ActorSystem, call, stop, whereis } from "../../src/runtime/index.js"
import { actor, type ChildSpec, startSupervisor, supervisor } from "../../src/supervisor/index.js"
import { settle } from "../../src/testing/index.js"
import { type Do, deferred, doer, throwing, type World, world } from "../runtime/world.js"
import { answers, boom, family, pidOf, reporting, taken } from "./family.js"

describe("starting a supervisor", () => {
  const cause = new Error("boom")
  it.each([
    {
      how: "throws",
      init: () => {
        throw cause
      },
    },
    { how: "rejects", init: () => Promise.reject(cause) },
  ])(
    "rejects start_failed when a child's init $how; those before it are stopped, those after never start",
    async (row) => {
      const at = world()
      const children = [
        reporting(at, "a", { name: "a" }),
        reporting(at, "b"),
        reporting(at, "c", {}, { init: row.init }),
        reporting(at, "d"),
      ]
      const starting = startSupervisor({ name: "s", system: at.system, children })
      await expect(starting).rejects.toMatchObject({
        code: "start_failed",
        cause: { code: "start_failed", child: "c", cause },
      })
      expect(taken(at)).toEqual(["+a", "+b", "+c", "-b shutdown", "-a shutdown"])
      expect(at.system.actors).toBe(0)
      expect(at.system.names.size).toBe(0)
      expect(at.clock.pending).toBe(0)
    },
  )

  it.each([
    { limit: undefined, limitMs: 5_000 },
    { limit: 80, limitMs: 80 },
    { limit: 20_000, limitMs: 20_000 },
  ])("rejects start_failed when a child has not started after $limitMs ms (case 81)", async ({ limit, limitMs }) => {
    const at = world()
    const slow = { ...reporting(at, "slow", {}, { init: () => new Promise(() => undefined) }), startTimeoutMs: limit }
    let refused: unknown
    startSupervisor({ system: at.system, children: [slow] }).catch((error: unknown) => {
      refused = error
    })
    await at.clock.advance(limitMs - 1)
    expect(refused).toBeUndefined()
    await at.clock.advance(1)
    expect(refused).toMatchObject({ code: "start_failed", cause: { child: "slow" } })
    expect(at.system.actors).toBe(0)
    expect(at.clock.pending).toBe(0)
  })

  it("stops what a start that took too long brings in the end", async () => {
    const at = world()
    const hold = deferred()
    const late: ChildSpec<unknown> = {
      id: "late",
      startTimeoutMs: 10,
      async start() {
        await hold.promise
        const made = await startSupervisor({ system: at.system, children: [reporting(at, "x")] })
        return { ref: made.ref, handle: made }
      },
    }
    const parent = await family(at, { children: [] })
    const refused = expect(parent.startChild(late)).rejects.toMatchObject({ code: "start_failed", child: "late" })
    await at.clock.advance(10)
    await refused
    hold.resolve()
    await settle()
    expect(taken(at)).toEqual(["+x", "-x shutdown"])
    expect(at.system.actors).toBe(1)
  })

  it("refuses what it does not know, at once", async () => {
    const at = world()
    const child = reporting(at, "a")
    const refused = expect.objectContaining({ code: "invalid_option" })
    const wrong: readonly object[] = [
      { children: [child, reporting(at, "a")] },
      { children: [], strategy: "simple_one_for_one" },
      { children: [], autoShutdown: "never" },
      { children: [{ ...child, restart: "sometimes" }] },
      { children: [{ ...child, shutdown: -1 }] },
      { children: [{ ...child, id: "" }] },
      { children: [{ ...child, start: undefined }] },
      { children: [{ ...child, startTimeoutMs: 0 }] },
      { children: [{ ...child, significant: true }] },
    ]
    for (const options of wrong) {
      await expect(startSupervisor(options as Parameters<typeof startSupervisor>[0])).rejects.toEqual(refused)
      expect(() => supervisor(options as Parameters<typeof startSupervisor>[0])).toThrow(refused)
    }
    expect(() => actor(doer(), undefined, { mailbx: "kept" } as object)).toThrow(refused)
    const parent = await family(at, { children: [] })
    await expect(parent.startChild({ ...child, shutdown: Number.NaN })).rejects.toEqual(refused)
    expect(() => child.start({ system: at.system, supervisor: parent.ref })).toThrow(refused)
    expect(at.notes).toEqual([])
  })
})

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

describe("a handle", () => {
  it("stays good over restarts: the same object, the same name, the new actor", async () => {
    const at = world()
    const a = reporting(at, "a", { name: "the-a" })
    const parent = await family(at, { children: [a] })
    const ref = parent.child(a)
    const pids = [ref.pid]
    for (const _ of [1, 2, 3]) {
      ref.send(boom)
      pids.push(ref.pid)
    }
    expect(new Set(pids).size).toBe(4)
    expect(parent.child(a)).toBe(ref)
    expect(whereis("the-a", at.system)).toBe(ref)
    expect(parent.whichChildren()[0]?.ref).toBe(ref)
    await parent.stop()
    expect(at.system.names.size).toBe(0)
  })

  it.each([
    { mailbox: "lost", notes: ["-a crash boom", "+a"], letters: 2, answer: "exited" },
    { mailbox: "kept", notes: ["-a crash boom", "+a", "waited"], letters: 0, answer: "answered" },
  ] as const)(
    "with mailbox $mailbox: what waits for the crashed actor is $answer",
    async ({ mailbox, ...expected }) => {
      const at = world()
      const a = reporting(at, "a", { mailbox })
      const parent = await family(at, { children: [a] })
      const ref = parent.child(a)
      const hold = deferred()
      ref.send(() => hold.promise)
      ref.send(() => at.note("waited"))
      const asked = call<Do, string, Do>(ref, (to) => () => to.reply("answered"))
      const answer = asked.catch((error: { code: string }) => error.code)
      hold.reject(new Error("boom"))
      expect(await answer).toBe(expected.answer)
      expect(taken(at)).toEqual(expected.notes)
      expect(at.system.deadLetters).toBe(expected.letters)
      await parent.stop()
    },
  )

  it("takes messages while its child is restarted slowly", async () => {
    const at = world()
    const hold = deferred()
    let starts = 0
    const a = reporting(at, "a", {}, { init: () => (starts++ === 0 ? undefined : hold.promise) })
    const parent = await family(at, { children: [a] })
    parent.child(a).send(boom)
    parent.child(a).send(() => at.note("was waiting for init"))
    hold.resolve()
    await settle()
    expect(taken(at)).toEqual(["-a crash boom", "+a", "was waiting for init"])
  })

  it("of one specification in two supervisors means two children", async () => {
    const at = world()
    const a = reporting(at, "a")
    const one = await family(at, { children: [a] })
    const two = await family(at, { children: [a] })
    expect(one.child(a)).not.toBe(two.child(a))
    await one.stop()
    expect(await answers(two.child(a))).toBe("here")
  })

  it("of a child with a start of its own is the one of its latest start", async () => {
    const at = world()
    let made = 0
    const own: ChildSpec<number> = {
      id: "own",
      async start() {
        const inner = await startSupervisor({ system: at.system, children: [] })
        return { ref: inner.ref, handle: ++made }
      },
    }
    const parent = await family(at, { children: [own] })
    expect(parent.child(own)).toBe(1)
    const { ref } = parent.whichChildren()[0] ?? expect.fail("no child")
    if (ref !== undefined) await stop(ref, { kind: "kill" })
    await settle()
    expect(parent.child(own)).toBe(2)
    expect(parent.whichChildren()).toMatchObject([{ status: "running", restarts: 1 }])
    await parent.stop()
    expect(at.system.actors).toBe(0)
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
