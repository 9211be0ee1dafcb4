import { describe, expect, it } from "vitest"
import {
  Actor,
  createSystem,
  exited,
  programMaker,
  startActor,
  stop,
  systemOf,
  treeOf,
} from "../../src/runtime/index.js"
import { type Do, doer, startDoer, throwing, world } from "./world.js"

describe("a system", () => {
  it("takes clock, logger and randomness, and refuses what it does not know", () => {
    const at = world()
    const system = createSystem({ clock: at.clock, random: () => 0.25 })
    expect(system.clock).toBe(at.clock)
    expect(systemOf(system).random()).toBe(0.25)
    expect(() => createSystem({ clokc: at.clock } as object)).toThrow(
      expect.objectContaining({ code: "invalid_option", option: "clokc" }),
    )
    expect(() => systemOf({ clock: at.clock, logger: system.logger })).toThrow(
      expect.objectContaining({ code: "invalid_option", option: "system" }),
    )
  })

  it("lives on when its logger throws (case 85)", async () => {
    const fail = () => throwing("logger")
    const system = createSystem({ logger: { debug: fail, info: fail, warn: fail, error: fail, child: fail } })
    const ref = await startActor(doer(), undefined, { system })
    ref.send((context) => context.logger.info({}, "hello"))
    ref.send(() => throwing("boom"))
    expect((await exited(ref)).kind).toBe("crash")
  })

  it("lives on when its inspector throws (case 85)", async () => {
    const at = world()
    const fail = () => throwing("inspector")
    at.system.tap = { spawned: fail, event: fail, snapshot: fail, exited: fail }
    const ref = await startDoer(at)
    ref.send(() => at.note("handled"))
    ref.send(() => at.note("handled"))
    await stop(ref)
    expect(at.notes).toEqual(["handled", "handled"])
    expect(at.system.depth).toBe(0)
    expect(at.system.current).toBeUndefined()
  })

  it("tells its inspector of births, messages at send time, states after them, and ends", async () => {
    const at = world()
    at.system.tap = {
      spawned: (actor) => at.note(`spawned ${actor.label}`),
      event: (source, target, message) => at.note(`event ${source?.label} > ${target.label} ${typeof message}`),
      snapshot: (actor) => at.note(`snapshot ${actor.label} ${String(actor.program.snapshot?.())}`),
      exited: (actor, reason) => at.note(`exited ${actor.label} ${reason.kind}`),
    }
    const a = await startDoer(at, { init: () => "first" }, { name: "a" })
    const b = await startDoer(at, { init: () => "b" }, { name: "b" })
    a.send(() => {
      b.send(() => undefined)
      return { state: "second" }
    })
    await stop(a)
    expect(at.notes).toEqual([
      "spawned a",
      "spawned b",
      "event undefined > a function",
      "event a > b function",
      "snapshot b b",
      "snapshot a second",
      "exited a normal",
    ])
    at.system.tap = null
    await stop(b)
    expect(at.notes.length).toBe(7)
  })
})

describe("the tree", () => {
  it("shows name, kind, state, waiting messages and children in start order", async () => {
    const at = world()
    const parent = new Actor<Do>(at.system, "parent", {})
    parent.start(programMaker(doer())(undefined, parent), 5_000)
    for (const label of ["x", "y", "z"]) {
      const child = new Actor<Do>(at.system, label, { parent })
      child.start(programMaker(doer())(undefined, child), 5_000)
      if (label === "y") child.send(() => new Promise(() => undefined))
      if (label === "y") child.send(() => undefined)
    }
    parent.firstChild?.exit({ kind: "normal" })
    expect(treeOf(parent)).toEqual({
      name: "parent",
      kind: "actor",
      state: "idle",
      mailbox: 0,
      children: [
        { name: "y", kind: "actor", state: "waiting", mailbox: 1, children: [] },
        { name: "z", kind: "actor", state: "idle", mailbox: 0, children: [] },
      ],
    })
  })

  it("takes its children along when the parent ends; none outlives it (case 82)", async () => {
    const at = world()
    const root = new Actor<Do>(at.system, "root", {})
    root.start(programMaker(doer())(undefined, root), 5_000)
    const below = (parent: Actor<never>, depth: number): void => {
      if (depth === 0) return
      for (const label of ["l", "r"]) {
        const child = new Actor<Do>(at.system, label, { parent, trapExit: depth === 2 })
        const note = (what: string) => at.note(`${what} ${depth}${label}`)
        child.start(programMaker(doer({ terminate: () => note("terminate") }))(undefined, child), 5_000)
        child.own(() => note("closed"))
        child.send((context) => void context.sendAfter(1_000, () => note("timer")))
        below(child, depth - 1)
      }
    }
    below(root, 3)
    expect(at.system.actors).toBe(15)
    root.exit({ kind: "killed" })
    expect(at.system.actors).toBe(0)
    expect(at.clock.pending).toBe(0)
    expect(at.notes.filter((note) => note.startsWith("closed"))).toHaveLength(14)
    expect(at.notes.filter((note) => note.startsWith("terminate"))).toHaveLength(4) // those that trap exits
  })

  it("takes in no child of a parent that has ended", async () => {
    const at = world()
    const parent = new Actor<Do>(at.system, "parent", {})
    parent.start(programMaker(doer())(undefined, parent), 5_000)
    parent.exit({ kind: "killed" })
    const child = new Actor<Do>(at.system, "child", { parent })
    expect(() => child.start(programMaker(doer({ init: () => at.note("init") }))(undefined, child), 5_000)).toThrow(
      expect.objectContaining({ code: "start_failed" }),
    )
    expect(at.notes).toEqual([])
    expect(at.system.actors).toBe(0)
    expect(at.system.revokedActions).toBe(1)
  })
})
