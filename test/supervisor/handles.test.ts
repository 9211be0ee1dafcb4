import { describe, expect, it } from "vitest"
import { call, stop, whereis } from "../../src/runtime/index.js"
import { type ChildSpec, startSupervisor } from "../../src/supervisor/index.js"
import { settle } from "../../src/testing/index.js"
import { type Do, deferred, world } from "../runtime/world.js"
import { answers, boom, family, reporting, taken } from "./family.js"

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
