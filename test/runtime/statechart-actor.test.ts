/** A user's statechart as a supervised actor: its fields, its delays, its end and its restarts. */
import { actor, startActor, startSupervisor, statechart } from "terrapin/runtime"
import { describe, expect, it } from "vitest"
import { setup } from "xstate"
import { world } from "./world.js"

type DoorEvent = { readonly type: "open" } | { readonly type: "slam" } | { readonly type: "remove" }

const door = setup({
  types: {} as { events: DoorEvent },
  actions: { count: () => undefined, note: () => undefined, fail: () => undefined },
  guards: { isFree: () => true },
  delays: { closer: 1_000 },
}).createMachine({
  id: "door",
  initial: "closed",
  states: {
    closed: { entry: "note", on: { open: { guard: "isFree", target: "open", actions: "count" } } },
    open: { entry: "note", after: { closer: "closed" }, on: { slam: { actions: "fail" } } },
    gone: { type: "final" },
  },
  on: { remove: ".gone" },
})

interface Door {
  opened: number
}

function doorIn({ notes }: { readonly notes: string[] }) {
  return statechart(door, {
    init: (): Door => ({ opened: 0 }),
    actions: {
      count: (self) => {
        self.opened++
      },
      note: (self) => {
        notes.push(`opened ${self.opened}`)
      },
      fail: () => {
        throw new Error("slammed")
      },
    },
    guards: { isFree: (self) => self.opened < 2 },
    delays: { closer: (self) => self.opened * 100 },
  })
}

describe("statechart()", () => {
  it("steps the machine on the system's clock; actions, guards and delays work on what init made", async () => {
    const at = world()
    const ref = await startActor(doorIn(at), undefined, { system: at.system })
    ref.send({ type: "open" })
    await at.clock.advance(99)
    expect(at.notes).toEqual(["opened 0", "opened 1"])
    await at.clock.advance(1)
    ref.send({ type: "open" })
    await at.clock.advance(200)
    ref.send({ type: "open" })
    expect(at.notes).toEqual(["opened 0", "opened 1", "opened 1", "opened 2", "opened 2"])
  })

  it("ends normally in a final state, and takes its timers along", async () => {
    const at = world()
    const spec = actor(doorIn(at), undefined, { id: "door", restart: "transient" })
    const app = await startSupervisor({ children: [spec], system: at.system })
    app.child(spec).send({ type: "open" })
    app.child(spec).send({ type: "remove" })
    expect(app.whichChildren()).toMatchObject([{ status: "stopped", restarts: 0 }])
    expect(at.clock.pending).toBe(0)
  })

  it("is restarted by its supervisor in its initial state, with fields made anew", async () => {
    const at = world()
    const spec = actor(doorIn(at), undefined, { id: "door" })
    const app = await startSupervisor({ children: [spec], system: at.system })
    const ref = app.child(spec)
    ref.send({ type: "open" })
    expect(app.tree().children).toMatchObject([{ name: "door", kind: "statechart", state: "open" }])
    ref.send({ type: "slam" })
    expect(app.tree().children).toMatchObject([{ name: "door", kind: "statechart", state: "closed" }])
    ref.send({ type: "open" })
    expect(at.notes).toEqual(["opened 0", "opened 1", "opened 0", "opened 1"])
    await app.stop()
    expect(at.clock.pending).toBe(0)
  })

  it("whose init throws is the starter's error", async () => {
    const at = world()
    const broken = statechart(door, {
      init: () => {
        throw new Error("no door")
      },
      actions: { count: () => undefined, note: () => undefined, fail: () => undefined },
    })
    await expect(startActor(broken, undefined, { system: at.system })).rejects.toMatchObject({ code: "start_failed" })
    expect(at.system.actors).toBe(0)
  })

  it("refuses at once a machine that names what nobody implements", () => {
    const without = { init: () => ({}), actions: {} }
    expect(() => statechart(door, without)).toThrow(expect.objectContaining({ code: "unsupported_chart" }))
  })
})
