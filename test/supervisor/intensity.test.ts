import { describe, expect, it } from "vitest"
import type { ExitReason } from "../../src/runtime/index.js"
import {
  dynamicSupervisor,
  RestartIntensityError,
  type Supervisor,
  startSupervisor,
  supervisor,
} from "../../src/supervisor/index.js"
import { settle } from "../../src/testing/index.js"
import { throwing, world } from "../runtime/world.js"
import { boom, family, reporting, taken } from "./family.js"

/** undefined while it lives. */
async function endOf(of: Supervisor): Promise<ExitReason | undefined> {
  let end: ExitReason | undefined
  void of.exited.then((reason) => {
    end = reason
  })
  await settle()
  return end
}

describe("restart intensity", () => {
  it("gives up on one restart too many within the period: children stopped in reverse order, then a crash", async () => {
    const at = world()
    const b = reporting(at, "b")
    const parent = await family(at, {
      name: "top",
      intensity: { restarts: 2, periodMs: 1_000 },
      children: [reporting(at, "a"), b, reporting(at, "c")],
    })
    parent.child(b).send(boom)
    await at.clock.advance(500)
    parent.child(b).send(boom)
    await at.clock.advance(500)
    taken(at)
    parent.child(b).send(boom)
    expect(taken(at)).toEqual(["-b crash boom", "-c shutdown", "-a shutdown"])
    const end = await parent.exited
    expect(end).toMatchObject({ kind: "crash", error: { code: "restart_intensity", child: "b" } })
    expect(end.kind === "crash" && end.error).toBeInstanceOf(RestartIntensityError)
    expect(end).toMatchObject({ error: { reason: { kind: "crash" }, cause: { message: "boom" } } })
    expect(at.system.actors).toBe(0)
    expect(at.clock.pending).toBe(0)
    expect(at.system.names.size).toBe(0)
    expect(at.logged.at(-1)).toBe("error top gave up: too many restarts of b")
  })

  it("does not add up across periods", async () => {
    const at = world()
    const a = reporting(at, "a")
    const parent = await family(at, { intensity: { restarts: 1, periodMs: 1_000 }, children: [a] })
    for (let round = 0; round < 10; round++) {
      parent.child(a).send(boom)
      await at.clock.advance(1_001)
    }
    expect(parent.whichChildren()).toMatchObject([{ status: "running", restarts: 10 }])
    await parent.stop()
  })

  it("is 3 in 5 s by default", async () => {
    const at = world()
    const a = reporting(at, "a")
    const parent = await family(at, { children: [a] })
    for (const _ of [1, 2, 3]) parent.child(a).send(boom)
    await at.clock.advance(5_000)
    expect(await endOf(parent)).toBeUndefined()
    parent.child(a).send(boom)
    expect(await endOf(parent)).toMatchObject({ kind: "crash", error: { intensity: { restarts: 3, periodMs: 5_000 } } })
  })

  it("of 0 gives up at the first", async () => {
    const at = world()
    const a = reporting(at, "a")
    const parent = await family(at, { intensity: { restarts: 0, periodMs: 1 }, children: [a] })
    parent.child(a).send(boom)
    expect((await parent.exited).kind).toBe("crash")
  })

  it("counts a start that fails during a restart as one more restart, and tries again at once", async () => {
    const at = world()
    let fails = 0
    const a = reporting(at, "a", {}, { init: () => (fails-- > 0 ? throwing("not yet") : undefined) })
    const intensity = { restarts: 4, periodMs: 1_000 }
    const parent = await family(at, { intensity, children: [a, reporting(at, "b")] })
    fails = 3
    parent.child(a).send(boom)
    expect(taken(at)).toEqual(["-a crash boom", "+a", "+a", "+a", "+a"])
    expect(parent.whichChildren()[0]).toMatchObject({ status: "running", restarts: 4 })
    await at.clock.advance(1_001)
    fails = 4
    parent.child(a).send(boom)
    expect(taken(at)).toEqual(["-a crash boom", "+a", "+a", "+a", "+a", "-b shutdown"])
    expect(await parent.exited).toMatchObject({ kind: "crash", error: { child: "a", cause: { code: "start_failed" } } })
    expect(at.system.actors).toBe(0)
  })

  it("does so for asynchronous starts that reject or take too long", async () => {
    const at = world()
    let starts = 0
    const a = reporting(
      at,
      "a",
      {},
      {
        init: () => {
          starts++
          if (starts === 2) return Promise.reject(new Error("not yet"))
          if (starts === 3) return new Promise(() => undefined)
          return undefined
        },
      },
    )
    const parent = await family(at, { children: [a] })
    parent.child(a).send(boom)
    await at.clock.advance(4_999)
    expect(starts).toBe(3)
    await at.clock.advance(1)
    expect(parent.whichChildren()).toMatchObject([{ status: "running", restarts: 3 }])
    expect(starts).toBe(4)
    expect(at.clock.pending).toBe(0)
    await parent.stop()
    expect(at.system.actors).toBe(0)
  })

  it.each([
    { strategy: "rest_for_one", notes: ["-b crash boom", "-c shutdown", "+b", "+c", "-b shutdown", "+b", "+c"] },
    {
      strategy: "one_for_all",
      notes: [..."-b crash boom|-c shutdown|-a shutdown|+a|+b|+c|-b shutdown|-a shutdown|+a|+b|+c".split("|")],
    },
  ] as const)("retries a sibling that fails to come back under $strategy", async ({ strategy, notes }) => {
    const at = world()
    let fails = 0
    const b = reporting(at, "b")
    const c = reporting(at, "c", {}, { init: () => (fails-- > 0 ? throwing("not yet") : undefined) })
    const parent = await family(at, { strategy, children: [reporting(at, "a"), b, c] })
    fails = 1
    parent.child(b).send(boom)
    // rest_for_one: c is last, so that its retry concerns c alone
    expect(taken(at)).toEqual(strategy === "rest_for_one" ? ["-b crash boom", "-c shutdown", "+b", "+c", "+c"] : notes)
    expect(parent.countChildren().active).toBe(3)
  })

  it("survives five thousand failing starts in a row without growing the stack", async () => {
    const at = world()
    let fails = 0
    const a = reporting(at, "a", {}, { init: () => (fails-- > 0 ? throwing("not yet") : undefined) })
    const parent = await family(at, { intensity: { restarts: 20_000, periodMs: 1 }, children: [a] })
    fails = 5_000
    parent.child(a).send(boom)
    await settle()
    expect(parent.whichChildren()).toMatchObject([{ status: "running", restarts: 5_001 }])
  })

  it("hears requests and stops between two attempts to start", async () => {
    const at = world()
    let fails = 0
    const a = reporting(at, "a", {}, { init: () => (fails > 0 ? Promise.reject(new Error("never")) : undefined) })
    const parent = await family(at, { intensity: { restarts: 1e6, periodMs: 1 }, children: [a] })
    fails = 1
    parent.child(a).send(boom)
    await parent.terminateChild("a")
    expect(parent.whichChildren()).toMatchObject([{ id: "a", status: "stopped", ref: undefined }])
    await settle()
    expect(at.system.actors).toBe(1)
    await parent.stop()
    expect(at.clock.pending).toBe(0)
  })

  it("is a supervisor's own: a nested one that gives up is restarted, with its children, until the upper one gives up too", async () => {
    const at = world()
    const worker = reporting(at, "w")
    const inner = supervisor({ intensity: { restarts: 1, periodMs: 1_000 }, children: [worker] }, { id: "inner" })
    const outer = await family(at, { intensity: { restarts: 1, periodMs: 1_000 }, children: [inner] })
    const handle = outer.child(inner)
    const ref = handle.child(worker)
    ref.send(boom)
    expect(taken(at)).toEqual(["-w crash boom", "+w"])
    ref.send(boom)
    expect(taken(at)).toEqual(["-w crash boom", "+w"])
    expect(outer.whichChildren()).toMatchObject([{ id: "inner", status: "running", restarts: 1, type: "supervisor" }])
    expect(outer.child(inner)).toBe(handle)
    expect(handle.child(worker)).toBe(ref)
    ref.send(boom)
    ref.send(boom)
    expect(await outer.exited).toMatchObject({ kind: "crash", error: { child: "inner", reason: { kind: "crash" } } })
    expect(await handle.exited).toMatchObject({ kind: "crash", error: { child: "w" } })
    expect(at.system.actors).toBe(0)
  })

  it("refuses an intensity that makes no sense", async () => {
    const wrong = [
      { restarts: -1, periodMs: 1 },
      { restarts: 1, periodMs: 0 },
      { restarts: Number.NaN, periodMs: 1 },
    ]
    for (const intensity of wrong) {
      await expect(startSupervisor({ intensity, children: [] })).rejects.toMatchObject({ code: "invalid_option" })
      expect(() => dynamicSupervisor({ intensity })).toThrow(expect.objectContaining({ code: "invalid_option" }))
    }
  })
})
