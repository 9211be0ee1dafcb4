import { describe, expect, it } from "vitest"
import { type ExitReason, exited, stop } from "../../src/runtime/index.js"
import { actor, startSupervisor } from "../../src/supervisor/index.js"
import { settle } from "../../src/testing/index.js"
import { doer, world } from "../runtime/world.js"
import { answers, boom, family, pidOf, reporting, taken } from "./family.js"

describe("a supervisor", () => {
  it("starts its children in order and stops them in reverse order", async () => {
    const at = world()
    const children = ["a", "b", "c"].map((id) => reporting(at, id))
    const supervisor = await startSupervisor({ system: at.system, children })
    expect(taken(at)).toEqual(["+a", "+b", "+c"])
    await supervisor.stop()
    expect(taken(at)).toEqual(["-c shutdown", "-b shutdown", "-a shutdown"])
    expect(await supervisor.exited).toEqual({ kind: "shutdown" })
    expect(at.system.actors).toBe(0)
    expect(at.clock.pending).toBe(0)
  })

  it("starts asynchronous children strictly one after another", async () => {
    const at = world()
    const slow = (id: string, ms: number) =>
      reporting(at, id, {}, { init: () => new Promise((resolve) => at.clock.setTimer(() => resolve(id), ms)) })
    const starting = startSupervisor({
      system: at.system,
      children: [slow("a", 30), reporting(at, "b"), slow("c", 10)],
    })
    await at.clock.advance(29)
    expect(taken(at)).toEqual(["+a"])
    await at.clock.advance(1)
    expect(taken(at)).toEqual(["+b", "+c"])
    await at.clock.advance(10)
    const supervisor = await starting
    expect(supervisor.countChildren()).toEqual({ specs: 3, active: 3, supervisors: 0, workers: 3 })
    expect(at.clock.pending).toBe(0)
  })

  it.each([
    { strategy: "one_for_one", notes: ["-b crash boom", "+b"] },
    { strategy: "rest_for_one", notes: ["-b crash boom", "-c shutdown", "+b", "+c"] },
    { strategy: "one_for_all", notes: ["-b crash boom", "-c shutdown", "-a shutdown", "+a", "+b", "+c"] },
    { strategy: undefined, notes: ["-b crash boom", "+b"] },
  ] as const)("$strategy: $notes when b of a, b, c crashes", async ({ strategy, notes }) => {
    const at = world()
    const b = reporting(at, "b")
    const supervisor = await family(at, { strategy, children: [reporting(at, "a"), b, reporting(at, "c")] })
    supervisor.child(b).send(boom)
    expect(taken(at)).toEqual(notes) // before any microtask
    expect(supervisor.whichChildren().map(({ id, status }) => `${id} ${status}`)).toEqual([
      "a running",
      "b running",
      "c running",
    ])
    expect(await answers(supervisor.child(b))).toBe("here")
    expect(at.system.actors).toBe(4)
    await supervisor.stop()
  })

  it("restarts nothing on the stack of an actor that is still running", async () => {
    const at = world()
    const b = reporting(at, "b")
    const a = reporting(at, "a")
    const supervisor = await family(at, { children: [a, b] })
    supervisor.child(a).send(() => {
      supervisor.child(b).send(boom)
      at.note("a goes on")
    })
    expect(taken(at)).toEqual(["-b crash boom", "a goes on", "+b"])
  })

  const ends: readonly { reason: ExitReason; abnormal: boolean }[] = [
    { reason: { kind: "normal" }, abnormal: false },
    { reason: { kind: "shutdown", detail: 1 }, abnormal: false },
    { reason: { kind: "kill" }, abnormal: true },
    { reason: { kind: "crash", error: new Error("x") }, abnormal: true },
  ]
  it.each(
    ends.flatMap((end) => (["permanent", "transient", "temporary"] as const).map((restart) => ({ ...end, restart }))),
  )("with a $restart child that ends by $reason.kind does what OTP does", async ({ reason, abnormal, restart }) => {
    const at = world()
    const spec = reporting(at, "a", { restart })
    const supervisor = await family(at, { children: [spec] })
    const before = pidOf(supervisor, "a")
    await stop(supervisor.child(spec), reason)
    const comesBack = restart === "permanent" || (restart === "transient" && abnormal)
    const [info] = supervisor.whichChildren()
    if (restart === "temporary") expect(info).toBeUndefined()
    else expect(info).toMatchObject({ id: "a", status: comesBack ? "running" : "stopped", restarts: comesBack ? 1 : 0 })
    if (comesBack) expect(info?.ref?.pid).not.toBe(before)
    expect(at.system.actors).toBe(comesBack ? 2 : 1)
    expect(supervisor.countChildren().active).toBe(comesBack ? 1 : 0)
  })

  it("restarts, under one_for_all, siblings that had ended, and forgets temporary ones", async () => {
    const at = world()
    const [a, t, b] = [
      reporting(at, "a", { restart: "transient" }),
      reporting(at, "t", { restart: "temporary" }),
      reporting(at, "b"),
    ] as const
    const supervisor = await family(at, { strategy: "one_for_all", children: [a, t, b] })
    await stop(supervisor.child(a))
    taken(at)
    supervisor.child(b).send(boom)
    expect(taken(at)).toEqual(["-b crash boom", "-t shutdown", "+a", "+b"])
    expect(supervisor.whichChildren().map(({ id }) => id)).toEqual(["a", "b"])
  })

  it("decides upon ends in the order they happened, even when the first restart takes time", async () => {
    const at = world()
    let starts = 0
    const slow = reporting(
      at,
      "a",
      {},
      {
        init: () =>
          starts++ === 0 ? undefined : new Promise<void>((resolve) => at.clock.setTimer(() => resolve(), 10)),
      },
    )
    const b = reporting(at, "b")
    const supervisor = await family(at, { children: [slow, b] })
    supervisor.child(slow).send(boom)
    supervisor.child(b).send(boom)
    expect(taken(at)).toEqual(["-a crash boom", "+a", "-b crash boom"])
    expect(supervisor.whichChildren().map(({ status }) => status)).toEqual(["restarting", "restarting"])
    expect(supervisor.child(slow).pid).toBeGreaterThan(0)
    await at.clock.advance(10)
    expect(taken(at)).toEqual(["+b"])
    expect(await answers(supervisor.child(slow))).toBe("here")
    await supervisor.stop()
    expect(at.clock.pending).toBe(0)
  })

  it("handles a child that ended as soon as it had started like any other: it did start", async () => {
    const at = world()
    const brief = (id: string, restart: "transient" | "permanent", async_: boolean) =>
      reporting(at, id, { restart }, { init: () => (async_ ? Promise.resolve() : undefined) })
    for (const slow of [false, true]) {
      const spec = brief("brief", "transient", slow)
      const supervisor = await family(at, {
        children: [
          {
            ...spec,
            async start(parent) {
              const started = await spec.start(parent)
              started.handle.send(() => ({ stop: { kind: "normal" } }))
              return started
            },
          },
        ],
      })
      await settle()
      expect(supervisor.whichChildren()).toMatchObject([{ id: "brief", status: "stopped", restarts: 0 }])
      await supervisor.stop()
    }
  })

  it("starts a child that sends itself its work in init, does it and ends, before start is over", async () => {
    const at = world()
    const job = doer({
      init: (_args, context) =>
        context.self.send(() => {
          at.note("done")
          return { stop: { kind: "normal" } }
        }),
    })
    const children = [actor(job, undefined, { id: "job", restart: "transient" }), reporting(at, "b")]
    const supervisor = await startSupervisor({ system: at.system, children })
    expect(taken(at)).toEqual(["done", "+b"])
    expect(supervisor.whichChildren().map(({ id, status }) => `${id} ${status}`)).toEqual(["job stopped", "b running"])
    await supervisor.stop()
  })

  it("ends as asked when it is stopped with another reason; its children are told shutdown", async () => {
    const at = world()
    const supervisor = await family(at, { children: [reporting(at, "a")] })
    await supervisor.stop({ reason: { kind: "shutdown", detail: "maintenance" } })
    expect(await supervisor.exited).toEqual({ kind: "shutdown", detail: "maintenance" })
    expect(await exited(supervisor.ref)).toEqual({ kind: "noproc" })
    expect(taken(at)).toEqual(["-a shutdown"])
    await supervisor.stop()
  })

  it("is disposable", async () => {
    const at = world()
    {
      await using supervisor = await family(at, { children: [reporting(at, "a")] })
      expect(supervisor.countChildren().active).toBe(1)
    }
    expect(at.system.actors).toBe(0)
  })
})
