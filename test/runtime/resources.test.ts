import { describe, expect, it } from "vitest"
import { type ActorRef, type Context, contextActor, exited, link, stop } from "../../src/runtime/index.js"
import { settle } from "../../src/testing/index.js"
import { type Do, deferred, inside, startDoer, throwing, type World, world } from "./world.js"

describe("what an actor held", () => {
  const ends: readonly { how: string; end: (ref: ActorRef<Do>, at: World) => unknown }[] = [
    { how: "a stop", end: (ref) => stop(ref) },
    { how: "a kill", end: (ref) => stop(ref, { kind: "kill" }) },
    { how: "a throw", end: (ref) => ref.send(() => throwing("boom")) },
    { how: "a rejection", end: (ref) => ref.send(() => Promise.reject(new Error("boom"))) },
    { how: "its own stop", end: (ref) => ref.send(() => ({ stop: { kind: "normal" } })) },
    {
      how: "the crash of a linked actor",
      end: (ref, at) =>
        inside(at, (context) => {
          link(context, ref)
          throwing("linked")
        }),
    },
  ]
  it.each(ends)("is released exactly once by $how: timers, owned resources, the signal", async ({ end }) => {
    const at = world()
    const ref = await startDoer(at)
    let signal: AbortSignal | undefined
    ref.send((context) => {
      signal = context.signal
      context.sendAfter(10, () => at.note("timer"))
      contextActor(context).own(() => at.note("closed"))
      contextActor(context).own(() => throwing("a cleanup that throws"))
      contextActor(context).own(() => at.note("closed too"))
    })
    expect(signal?.aborted).toBe(false)
    expect(at.clock.pending).toBe(1)
    await end(ref, at)
    await settle()
    expect(signal?.aborted).toBe(true)
    expect(at.clock.pending).toBe(0)
    expect(at.notes).toEqual(["closed", "closed too"])
    expect(at.logged).toContain("error a cleanup threw")
    await at.clock.advance(100)
    expect(at.notes).toEqual(["closed", "closed too"])
    expect(at.system.actors).toBe(0)
  })

  it("is not released any more once it was given back", async () => {
    const at = world()
    const ref = await startDoer(at)
    ref.send((context) => {
      contextActor(context).own(() => at.note("closed"))()
      context.sendAfter(10, () => at.note("timer"))()
    })
    await at.clock.advance(10)
    await stop(ref)
    expect(at.notes).toEqual([])
  })

  it("can still tell others while it is released, as a socket tells its peer, even on the stack of its crash", async () => {
    const at = world()
    const peer = await startDoer(at)
    const ref = await startDoer(at)
    ref.send((context) => {
      contextActor(context).own(() => peer.send(() => at.note("peer heard of it")))
    })
    ref.send(() => throwing("boom"))
    expect(at.notes).toEqual(["peer heard of it"])
    expect(at.system.revokedActions).toBe(0)
  })

  it("is never seen open through context.signal after the end, even when asked for late", async () => {
    const at = world()
    const ref = await startDoer(at)
    const contexts: Context<Do>[] = []
    ref.send((context) => void contexts.push(context))
    await stop(ref)
    expect(contexts[0]?.signal.aborted).toBe(true)
  })
})

describe("code of an actor that has ended", () => {
  it("neither sends, nor sets timers, nor owns, nor links, nor starts actors; all of it is counted", async () => {
    const at = world()
    const other = await startDoer(at)
    const ref = await startDoer(at)
    const starting: Promise<string>[] = []
    ref.send((context) => {
      contextActor(context).exit({ kind: "killed" }) // dead, and still on the stack
      other.send(() => at.note("sent"))
      context.self.send(() => at.note("sent to itself"))
      context.sendAfter(1, () => at.note("timer"))
      contextActor(context).own(() => at.note("closed at once"))
      link(context, other)
      starting.push(
        startDoer(at).then(
          () => "started",
          (error: { code: string }) => error.code,
        ),
      )
    })
    expect(await Promise.all(starting)).toEqual(["start_failed"])
    await at.clock.advance(10)
    expect(at.notes).toEqual(["closed at once"])
    expect(at.system.revokedActions).toBe(6)
    expect(at.clock.pending).toBe(0)
    expect(at.system.actors).toBe(1)
    expect(other.pid).toBeGreaterThan(0)
  })

  it("does not speak to the next life of its name after an await", async () => {
    const at = world()
    const hold = deferred()
    const ref = await startDoer(at, {}, { name: "n" })
    ref.send(async (context) => {
      await hold.promise
      context.self.send(() => at.note("from the dead"))
    })
    await stop(ref)
    await startDoer(at, {}, { name: "n" })
    hold.resolve()
    await settle()
    expect(at.notes).toEqual([])
    expect(at.system.revokedActions).toBe(1)
  })

  it("throws in vain: nobody crashes", async () => {
    const at = world()
    const ref = await startDoer(at)
    ref.send((context) => {
      contextActor(context).exit({ kind: "killed" })
      throwing("late")
    })
    expect(await exited(ref)).toEqual({ kind: "killed" })
    expect(at.logged).toEqual(["debug an actor that had ended threw"])
  })
})
