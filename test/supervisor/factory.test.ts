import { describe, expect, it } from "vitest"
import { Actor, exited, programMaker, spawnChild, stop } from "../../src/runtime/index.js"
import { type ChildSpec, FactoryProgram, type FactoryTemplate, slotOf } from "../../src/supervisor/index.js"
import { settle } from "../../src/testing/index.js"
import { doer, throwing, type World, world } from "../runtime/world.js"
import { boom, family, taken } from "./family.js"

/** A factory whose children are named by records, which outlive it. */
function records(at: World, ...ids: string[]) {
  const list = new Set(ids)
  const living = new Map<string, Actor<never>>()
  const make = programMaker(
    doer({ init: () => void (failing.has("next") && throwing("no")), terminate: () => at.note("terminate") }),
  )
  const failing = new Set<string>()
  const spawn = (id: string, supervisor: Actor<never>): Actor<never> => {
    at.note(`+${id}`)
    const { actor } = spawnChild(at.system, { make, args: undefined, label: id, parent: supervisor })
    living.set(id, actor)
    return actor
  }
  const template: FactoryTemplate = {
    rebuild: (supervisor) => {
      for (const id of list) spawn(id, supervisor)
    },
    restart: (crashed, supervisor) => {
      at.note(`restart ${crashed.label}`)
      spawn(crashed.label, supervisor)
    },
  }
  const spec = (restarts: number): ChildSpec<Actor<never>> => ({
    id: "factory",
    type: "supervisor",
    start(parent) {
      const slot = slotOf(parent)
      const supervisor = new Actor<never>(at.system, "factory", { parent: slot.parent, trapExit: true })
      const report = ({ kind, child }: { kind: string; child: string }) => at.note(`${kind} ${child}`)
      supervisor.start(
        new FactoryProgram({ intensity: { restarts, periodMs: 1_000 }, template, report }, supervisor),
        5_000,
      )
      return { ref: supervisor, handle: supervisor }
    },
  })
  return { list, living, failing, spawn, spec }
}

describe("a factory supervisor", () => {
  it("builds its children from the records when it starts, and again when it is restarted", async () => {
    const at = world()
    const { list, living, spec } = records(at, "1", "2")
    const factory = spec(1)
    const parent = await family(at, { children: [factory] })
    expect(parent.tree().children[0]?.children.map(({ name }) => name)).toEqual(["1", "2"])
    list.add("3")
    living.get("1")?.send(boom as never)
    taken(at)
    living.get("2")?.send(boom as never)
    expect(taken(at)).toEqual(["terminate", "gave_up 2", "+1", "+2", "+3"])
    expect(parent.tree().children[0]?.children.map(({ name }) => name)).toEqual(["1", "2", "3"])
    expect(at.system.actors).toBe(5)
    await parent.stop()
    expect(at.system.actors).toBe(0)
  })

  it("asks the template for a new life of a child that crashed, and not for one that ended normally", async () => {
    const at = world()
    const { living, spec, spawn } = records(at, "1")
    const factory = spec(3)
    const parent = await family(at, { children: [factory] })
    spawn("late", parent.child(factory))
    taken(at)
    living.get("late")?.send(boom as never)
    expect(taken(at)).toEqual(["terminate", "restarted late", "restart late", "+late"])
    await stop(living.get("1") ?? expect.fail("no child"))
    await stop(living.get("late") ?? expect.fail("no child"), { kind: "shutdown" })
    expect(taken(at)).toEqual(["terminate", "terminate"])
    expect(at.system.actors).toBe(2)
  })

  it("counts a restart that throws as one more crash, up to its intensity", async () => {
    const at = world()
    const { living, failing, spec } = records(at, "1")
    const factory = spec(3)
    const parent = await family(at, { intensity: { restarts: 0, periodMs: 1 }, children: [factory] })
    const end = exited(parent.child(factory))
    failing.add("next")
    living.get("1")?.send(boom as never)
    const again = ["restarted 1", "restart 1", "+1"]
    expect(taken(at)).toEqual(["terminate", ...again, ...again, ...again, "gave_up 1"])
    expect(await end).toMatchObject({ kind: "crash", error: { code: "restart_intensity", child: "1" } })
    await settle()
    expect(at.system.actors).toBe(0)
  })

  it("does not start when it cannot rebuild; nothing of it stays", async () => {
    const at = world()
    const { failing, spec } = records(at, "1", "2")
    failing.add("next")
    const parent = await family(at, { children: [] })
    await expect(parent.startChild(spec(1))).rejects.toMatchObject({ code: "start_failed" })
    expect(at.system.actors).toBe(1)
  })

  it("spawns no child for a supervisor that has ended", async () => {
    const at = world()
    const { spawn, spec } = records(at)
    const factory = spec(1)
    const parent = await family(at, { children: [factory] })
    const supervisor = parent.child(factory)
    await parent.stop()
    expect(() => spawn("late", supervisor)).toThrow(expect.objectContaining({ code: "start_failed" }))
    expect(at.system.actors).toBe(0)
  })

  it("handles twenty thousand children, each gone without a trace when its work is done", async () => {
    const at = world()
    const { spawn, spec } = records(at)
    const factory = spec(1)
    const parent = await family(at, { children: [factory] })
    const children = Array.from({ length: 20_000 }, (_, id) => spawn(`${id}`, parent.child(factory)))
    expect(at.system.actors).toBe(20_002)
    for (const child of children) child.exit({ kind: "normal" })
    expect(at.system.actors).toBe(2)
    expect(parent.tree().children[0]?.children).toEqual([])
    expect(await exited(children[0] ?? expect.fail("none"))).toEqual({ kind: "normal" })
  })
})
