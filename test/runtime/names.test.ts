import { describe, expect, it } from "vitest"
import { Actor, monitor, Name, programMaker, startActor, stop, whereis } from "../../src/runtime/index.js"
import { settle } from "../../src/testing/index.js"
import { type Do, deferred, doer, startDoer, throwing, type World, world } from "./world.js"

describe("a registered name", () => {
  it("is found by whereis while its actor lives, in its own system only", async () => {
    const at = world()
    const ref = await startDoer(at, {}, { name: "n" })
    expect(whereis("n", at.system)).toBe(ref)
    expect(whereis("n", world().system)).toBeUndefined()
    expect(whereis("m", at.system)).toBeUndefined()
    await stop(ref)
    expect(whereis("n", at.system)).toBeUndefined()
    expect(at.system.names.size).toBe(0)
  })

  it("belongs to the process-wide system when none is given", async () => {
    const ref = await startActor(doer(), undefined, { name: "process-wide" })
    expect(whereis("process-wide")).toBe(ref)
    await stop(ref)
    expect(whereis("process-wide")).toBeUndefined()
  })

  it("is refused while it is taken", async () => {
    const at = world()
    await startDoer(at, {}, { name: "n" })
    await expect(startDoer(at, {}, { name: "n" })).rejects.toMatchObject({ code: "invalid_option", option: "name" })
    expect(at.system.actors).toBe(1)
  })

  it("can be stopped and started again in one tick, and belongs to the new actor (case 84)", async () => {
    const at = world()
    const first = await startDoer(at, { terminate: () => at.note("first ended") }, { name: "n" })
    void stop(first)
    const starting = startDoer(at, { init: () => at.note("second began") }, { name: "n" })
    expect(at.notes).toEqual(["first ended", "second began"])
    const second = await starting
    await settle()
    expect(whereis("n", at.system)).toBe(second)
    first.send(() => at.note("to the first"))
    second.send(() => at.note("to the second"))
    expect(at.notes).toEqual(["first ended", "second began", "to the second"])
    await stop(second)
    expect(at.system.actors).toBe(0)
  })

  it("shows the pid of the actor that bears it now, 0 for none", async () => {
    const at = world()
    const ref = await startDoer(at, {}, { name: "n" })
    expect(ref.pid).toBeGreaterThan(0)
    await stop(ref)
    expect(ref.pid).toBe(0)
  })
})

describe("a kept mailbox", () => {
  /** One life of a doer under the name. */
  const live = (at: World, name: Name<Do>, extra: Parameters<typeof doer>[0] = {}): Actor<Do> => {
    const actor = new Actor<Do>(at.system, name.label, { identity: name })
    void actor.start(programMaker(doer(extra))(undefined, actor), 5_000)
    return actor
  }

  it("hands what waited to the next life, in order; the message in hand of a crash is dropped", async () => {
    const at = world()
    const name = new Name<Do>(at.system, "n", { mailbox: "kept" })
    const hold = deferred()
    live(at, name)
    name.send(() => hold.promise)
    name.send(() => throwing("poison"))
    name.send(() => at.note("waited behind the poison"))
    hold.resolve()
    await settle()
    expect(at.system.actors).toBe(0)
    name.send(() => at.note("sent between two lives"))
    expect(at.notes).toEqual([])
    const next = live(at, name)
    name.send(() => at.note("sent to the next life"))
    expect(at.notes).toEqual(["waited behind the poison", "sent between two lives", "sent to the next life"])
    expect(at.system.deadLetters).toBe(0)
    await stop(next)
  })

  it("gives what is sent to an old life's ref to the present one, at once and in order", async () => {
    const at = world()
    const name = new Name<Do>(at.system, "n", { mailbox: "kept" })
    const old = live(at, name)
    await stop(old)
    live(at, name)
    old.send(() => at.note("by the old ref"))
    expect(at.notes).toEqual(["by the old ref"])
    name.send(() => at.note("by the name"))
    expect(at.notes).toEqual(["by the old ref", "by the name"])
  })

  it("keeps messages, not news of ends that were meant for the old life", async () => {
    const at = world()
    const name = new Name<Do>(at.system, "n", { mailbox: "kept" })
    const target = await startDoer(at)
    const first = live(at, name, { down: () => at.note("down") })
    name.send((context) => void monitor(context, target))
    name.send(() => new Promise(() => undefined))
    name.send(() => at.note("message"))
    await stop(target)
    await stop(first, { kind: "kill" })
    live(at, name, { down: () => at.note("down") })
    expect(at.notes).toEqual(["message"])
  })

  it("takes what is sent while terminate still runs", async () => {
    const at = world()
    const name = new Name<Do>(at.system, "n", { mailbox: "kept" })
    const hold = deferred()
    const first = live(at, name, { terminate: () => hold.promise })
    const ended = stop(first)
    name.send(() => at.note("for the next life"))
    hold.resolve()
    await ended
    live(at, name)
    expect(at.notes).toEqual(["for the next life"])
  })

  it("becomes dead letters when the name is given back, and so does what comes later", () => {
    const at = world()
    const name = new Name<Do>(at.system, "n", { mailbox: "kept", register: "registered" })
    name.send(() => at.note("never"))
    expect(at.system.deadLetters).toBe(0)
    name.release()
    expect(at.system.deadLetters).toBe(1)
    name.send(() => at.note("never"))
    expect(at.system.deadLetters).toBe(2)
    expect(at.system.names.size).toBe(0)
  })

  it("is not filled by a dead actor's late code", async () => {
    const at = world()
    const name = new Name<Do>(at.system, "n", { mailbox: "kept" })
    const actor = live(at, name)
    name.send(() => {
      actor.exit({ kind: "killed" })
      name.send(() => at.note("never"))
    })
    live(at, name)
    expect(at.notes).toEqual([])
    expect(at.system.revokedActions).toBe(1)
  })
})
