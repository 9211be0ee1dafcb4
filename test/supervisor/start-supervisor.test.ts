import { describe, expect, it } from "vitest"
import { actor, type ChildSpec, startSupervisor, supervisor } from "../../src/supervisor/index.js"
import { settle } from "../../src/testing/index.js"
import { deferred, doer, world } from "../runtime/world.js"
import { family, reporting, taken } from "./family.js"

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
