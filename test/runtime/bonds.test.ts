import { describe, expect, it } from "vitest"
import { type ActorRef, type ExitReason, exited, link, monitor, type Ref, stop } from "../../src/runtime/index.js"
import { settle } from "../../src/testing/index.js"
import { type Do, inside, inWords, startDoer, throwing, type World, world } from "./world.js"

const crashing: Do = () => throwing("boom")

describe("a monitor", () => {
  it("tells of the end once, with the ref that monitor gave, the actor and the reason", async () => {
    const at = world()
    const heard: unknown[] = []
    const watcher = await startDoer(at, { down: (ref, from, reason) => void heard.push([ref, from, inWords(reason)]) })
    const target = await startDoer(at)
    const refs: Ref[] = []
    watcher.send((context) => void refs.push(monitor(context, target), monitor(context, target)))
    target.send(crashing)
    expect(refs[0]).not.toBe(refs[1])
    expect(heard).toEqual(refs.map((ref) => [ref, target, "crash boom"]))
    expect(at.system.actors).toBe(1)
  })

  it("gives the name, not the life, of a named actor", async () => {
    const at = world()
    const heard: unknown[] = []
    const watcher = await startDoer(at, { down: (_ref, from) => void heard.push(from) })
    const named = await startDoer(at, {}, { name: "n" })
    watcher.send((context) => void monitor(context, named))
    await stop(named)
    expect(heard).toEqual([named])
  })

  it.each([
    { what: "an actor that has ended", make: (at: World) => startDoer(at) },
    { what: "a name that nobody bears", make: (at: World) => startDoer(at, {}, { name: "n" }) },
  ])("of $what tells noproc, and not on the watcher's stack", async ({ make }) => {
    const at = world()
    const watcher = await startDoer(at, { down: (_ref, _from, reason) => at.note(reason.kind) })
    const target = await make(at)
    await stop(target)
    watcher.send((context) => {
      monitor(context, target)
      at.note("asked")
    })
    expect(at.notes).toEqual(["asked", "noproc"])
  })

  it("is let go when its owner ends, and tells nothing then", async () => {
    const at = world()
    const watcher = await startDoer(at, { down: () => at.note("down") })
    const target = await startDoer(at)
    watcher.send((context) => void monitor(context, target))
    await stop(watcher)
    await stop(target)
    expect(at.notes).toEqual([])
  })

  it("may change the state and stop the watcher, asynchronously too", async () => {
    const at = world()
    const watcher = await startDoer(at, {
      down: async () => ({ stop: { kind: "shutdown", detail: "the other went" } }) as const,
    })
    const target = await startDoer(at)
    watcher.send((context) => void monitor(context, target))
    await stop(target)
    expect(await exited(watcher)).toEqual({ kind: "shutdown", detail: "the other went" })
  })

  it("is heard by nobody when there is no callback for it, and nobody minds", async () => {
    const at = world()
    const watcher = await startDoer(at)
    const target = await startDoer(at)
    watcher.send((context) => void monitor(context, target))
    await stop(target)
    watcher.send(() => at.note("lives"))
    expect(at.notes).toEqual(["lives"])
  })
})

describe("a link", () => {
  const linked = async (at: World, trapExit: boolean): Promise<{ a: ActorRef<Do>; b: ActorRef<Do> }> => {
    const a = await startDoer(at)
    const b = await startDoer(
      at,
      {
        exited: (from, reason) => at.note(`exited ${from === a} ${inWords(reason)}`),
        terminate: (reason) => at.note(`terminate ${inWords(reason)}`),
      },
      { trapExit },
    )
    b.send((context) => link(context, a))
    return { a, b }
  }
  const reasons: readonly { reason: ExitReason; told: string; ends: boolean }[] = [
    { reason: { kind: "normal" }, told: "normal", ends: false },
    { reason: { kind: "shutdown" }, told: "shutdown", ends: true },
    { reason: { kind: "kill" }, told: "killed", ends: true },
    { reason: { kind: "crash", error: new Error("boom") }, told: "crash boom", ends: true },
  ]

  it.each(reasons)("ends the other at once, without terminate, unless normal: $reason.kind", async (expected) => {
    const at = world()
    const { a, b } = await linked(at, false)
    await stop(a, expected.reason)
    await settle()
    expect(at.system.actors).toBe(expected.ends ? 0 : 1)
    if (expected.ends) expect(inWords(await exited(b))).toBe(expected.told)
    expect(at.notes).toEqual([])
  })

  it.each(reasons)("arrives in `exited` of one that traps exits, normal too: $reason.kind", async (expected) => {
    const at = world()
    const { a } = await linked(at, true)
    await stop(a, expected.reason)
    await settle()
    expect(at.notes).toEqual([`exited true ${expected.told}`])
    expect(at.system.actors).toBe(1)
  })

  it("works both ways, whoever made it", async () => {
    const at = world()
    const { a, b } = await linked(at, true)
    b.send(() => ({ stop: { kind: "crash", error: new Error("b") } }))
    expect(inWords(await exited(a))).toBe("crash b")
  })

  it("passes an end on through a chain of actors", async () => {
    const at = world()
    const chain: ActorRef<Do>[] = []
    for (let index = 0; index < 100; index++) {
      const next = await startDoer(at)
      const previous = chain.at(-1)
      if (previous !== undefined) next.send((context) => link(context, previous))
      chain.push(next)
    }
    chain[50]?.send(crashing)
    expect(at.system.actors).toBe(0)
  })

  it("never ends an actor on its own stack: it finishes its callback first", async () => {
    const at = world()
    const target = await startDoer(at)
    const ref = await startDoer(at)
    ref.send((context) => {
      link(context, target)
      target.send(crashing)
      at.note("still here")
    })
    expect(at.notes).toEqual(["still here"])
    expect(at.system.actors).toBe(0)
  })

  it.each([false, true])("to one that has ended is an exit with noproc (trapExit: %s)", async (trapExit) => {
    const at = world()
    const gone = await startDoer(at)
    await stop(gone)
    const ref = await startDoer(at, { exited: (_from, reason) => at.note(reason.kind) }, { trapExit })
    ref.send((context) => link(context, gone))
    await settle()
    expect(at.notes).toEqual(trapExit ? ["noproc"] : [])
    if (!trapExit) expect(await exited(ref)).toEqual({ kind: "noproc" })
  })

  it("to itself is nothing", async () => {
    const at = world()
    await inside(at, (context) => link(context, context.self))
    expect(at.system.actors).toBe(1)
  })

  it("refuses a context that is not the runtime's", () => {
    expect(() => link({} as never, {} as never)).toThrow(TypeError)
  })
})
