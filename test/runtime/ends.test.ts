import { describe, expect, it } from "vitest"
import { type ExitReason, exited, stop } from "../../src/runtime/index.js"
import { settle } from "../../src/testing/index.js"
import { type Do, deferred, inside, inWords, startDoer, throwing, world } from "./world.js"

describe("the end of an actor", () => {
  const boom = new Error("boom")
  it.each([
    { how: "throws", act: () => throwing("boom"), reason: { kind: "crash", error: boom } },
    { how: "rejects", act: () => Promise.reject(boom), reason: { kind: "crash", error: boom } },
    { how: "stops itself", act: () => ({ stop: { kind: "normal" } }), reason: { kind: "normal" } },
    {
      how: "stops itself with a detail",
      act: async () => ({ stop: { kind: "shutdown", detail: 7 } }),
      reason: { kind: "shutdown", detail: 7 },
    },
  ] as const)("has the reason $reason.kind when a callback $how, and terminate hears it", async ({ act, reason }) => {
    const at = world()
    const heard: ExitReason[] = []
    const ref = await startDoer(at, { terminate: (why) => void heard.push(why) })
    const end = exited(ref)
    ref.send(act as Do)
    expect(await end).toEqual(reason)
    expect(heard).toEqual([reason])
    expect(at.system.actors).toBe(0)
  })

  it("by stop is normal by default, and resolves when terminate is through", async () => {
    const at = world()
    const hold = deferred()
    const ref = await startDoer(at, {
      terminate: async (reason) => {
        at.note(`terminate ${reason.kind}`)
        await hold.promise
      },
    })
    const stopped = stop(ref).then(() => at.note("stopped"))
    await settle()
    expect(at.notes).toEqual(["terminate normal"])
    hold.resolve()
    await stopped
    expect(await exited(ref)).toEqual({ kind: "normal" })
    expect(at.clock.pending).toBe(0)
  })

  it("by kill is `killed`, at once, without terminate, also while a callback or terminate waits", async () => {
    for (const busy of ["idle", "handling", "terminating"] as const) {
      const at = world()
      const ref = await startDoer(at, { terminate: () => new Promise(() => at.note("terminate")) })
      if (busy === "handling") ref.send(() => new Promise(() => undefined))
      if (busy === "terminating") void stop(ref)
      await stop(ref, { kind: "kill" })
      expect(await exited(ref)).toEqual({ kind: "killed" })
      expect(at.notes).toEqual(busy === "terminating" ? ["terminate"] : [])
      expect(at.clock.pending).toBe(0)
    }
  })

  it.each([
    { why: "crashes", act: () => throwing("boom"), reason: "crash boom" },
    { why: "stops itself by shutdown", act: () => ({ stop: { kind: "shutdown" } as const }), reason: "shutdown" },
    { why: "stops itself normally", act: () => ({ stop: { kind: "normal" } as const }), reason: "normal" },
  ])("comes after 5 s at the latest when it $why and terminate never ends", async ({ act, reason }) => {
    const at = world()
    const ref = await startDoer(at, { terminate: () => new Promise(() => undefined) })
    let end: ExitReason | undefined
    void exited(ref).then((why) => {
      end = why
    })
    ref.send(act)
    await at.clock.advance(4_999)
    expect(end).toBeUndefined()
    await at.clock.advance(1)
    expect(end === undefined ? "none" : inWords(end)).toBe(reason)
    expect(at.clock.pending).toBe(0)
  })

  it.each([
    { how: "throws", terminate: () => throwing("in terminate") },
    { how: "rejects", terminate: () => Promise.reject(new Error("in terminate")) },
  ])("has the error of terminate as its reason when that $how", async ({ terminate }) => {
    const at = world()
    const ref = await startDoer(at, { terminate })
    await stop(ref)
    expect(inWords(await exited(ref))).toBe("crash in terminate")
  })

  it("is known from the actor and from a name that nobody bears, without ever rejecting", async () => {
    const at = world()
    const plain = await startDoer(at)
    const named = await startDoer(at, {}, { name: "n" })
    await stop(plain, { kind: "shutdown" })
    await stop(named)
    expect(await exited(plain)).toEqual({ kind: "shutdown" })
    expect(await exited(named)).toEqual({ kind: "noproc" })
    await stop(plain)
    await stop(named)
  })

  it("stops itself from its own callback, awaited too, without deadlock", async () => {
    const at = world()
    const ref = await startDoer(at)
    ref.send(async (context) => {
      await stop(context.self)
    })
    expect(await exited(ref)).toEqual({ kind: "normal" })
  })

  it("runs terminate once, though it was asked to end many times", async () => {
    const at = world()
    const hold = deferred()
    const ref = await startDoer(at, {
      terminate: async () => {
        at.note("terminate")
        await hold.promise
      },
    })
    const stops = [stop(ref), stop(ref, { kind: "shutdown" }), stop(ref)]
    hold.resolve()
    await Promise.all(stops)
    expect(at.notes).toEqual(["terminate"])
    expect(await exited(ref)).toEqual({ kind: "normal" })
  })

  it("is logged when nobody supervises it and it crashed", async () => {
    const at = world()
    await inside(at, () => throwing("boom"))
    expect(at.logged).toEqual(["error an unsupervised actor crashed"])
  })
})

describe("a message without a living receiver", () => {
  it("is a dead letter that bears target, message and reason, and no error at the sender", async () => {
    const at = world()
    const letters: unknown[] = []
    at.system.onDeadLetter = ({ target, message, reason }) => letters.push([target, typeof message, inWords(reason)])
    const hold = deferred()
    const crashed = await startDoer(at)
    const named = await startDoer(at, {}, { name: "n" })
    const ending = await startDoer(at, { terminate: () => hold.promise })
    crashed.send(() => hold.promise)
    crashed.send(() => at.note("was waiting"))
    await stop(crashed, { kind: "shutdown" })
    crashed.send(() => at.note("too late"))
    await stop(named)
    named.send(() => at.note("too late"))
    void stop(ending)
    ending.send(() => at.note("while it ends"))
    expect(letters).toEqual([
      ["actor", "function", "shutdown"],
      ["actor", "function", "shutdown"],
      ["n", "function", "noproc"],
      ["actor", "function", "noproc"],
    ])
    expect(at.system.deadLetters).toBe(4)
    expect(at.notes).toEqual([])
    hold.resolve()
    await settle()
  })

  it("is counted all the same when the listener for dead letters throws", async () => {
    const at = world()
    at.system.onDeadLetter = () => throwing("listener")
    const ref = await startDoer(at)
    await stop(ref)
    ref.send(() => undefined)
    expect(at.system.deadLetters).toBe(1)
    expect(at.logged).toEqual(["error the dead letter listener threw"])
  })
})
