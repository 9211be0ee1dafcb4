import { describe, expect, it } from "vitest"
import {
  type ActorRef,
  type Context,
  contextActor,
  defineActor,
  type ExitReason,
  exited,
  link,
  startActor,
  stop,
} from "../../src/runtime/index.js"
import { settle } from "../../src/testing/index.js"
import { type Do, deferred, doer, inside, inWords, startDoer, throwing, type World, world } from "./world.js"

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

describe("starting an actor", () => {
  it("hands messages that came during an asynchronous init to it afterwards, in order", async () => {
    const at = world()
    const hold = deferred()
    const definition = defineActor<void, string, string>({
      init: async (_args, context) => {
        context.self.send("from init")
        refs.push(context.self)
        await hold.promise
        return "ready"
      },
      handle: (message, state) => at.note(`${message} ${state}`),
    })
    const refs: ActorRef<string>[] = []
    const starting = startActor(definition, undefined, { system: at.system })
    refs[0]?.send("early")
    hold.resolve()
    const ref = await starting
    ref.send("late")
    expect(at.notes).toEqual(["from init ready", "early ready", "late ready"])
    expect(at.clock.pending).toBe(0)
  })

  const cause = new Error("boom")
  it.each([
    {
      how: "throws",
      init: () => {
        throw cause
      },
    },
    { how: "rejects", init: () => Promise.reject(cause) },
  ])("rejects start_failed with the cause when init $how; terminate does not run", async ({ init }) => {
    const at = world()
    const failed = startDoer(at, { init, terminate: () => at.note("terminate") }, { name: "n" })
    await expect(failed).rejects.toMatchObject({ code: "start_failed", child: "n", cause })
    expect(at.notes).toEqual([])
    expect(at.system.actors).toBe(0)
    expect(at.clock.pending).toBe(0)
    await startDoer(at, {}, { name: "n" })
  })

  it.each([
    { given: undefined, limitMs: 5_000 },
    { given: 30, limitMs: 30 },
  ])("rejects start_failed when init has not ended after $limitMs ms", async ({ given, limitMs }) => {
    const at = world()
    let refused: unknown
    const late = deferred<unknown>()
    startDoer(at, { init: () => late.promise }, { startTimeoutMs: given }).catch((error: unknown) => {
      refused = error
    })
    await at.clock.advance(limitMs - 1)
    expect(refused).toBeUndefined()
    await at.clock.advance(1)
    expect(refused).toMatchObject({ code: "start_failed" })
    expect(at.system.actors).toBe(0)
    late.resolve("too late")
    await settle()
    expect(at.system.actors).toBe(0)
  })

  it("rejects start_failed when it is ended in init, and swallows what init does afterwards", async () => {
    const at = world()
    const failed = startDoer(at, {
      init: async (_args, context) => {
        contextActor(context).exit({ kind: "killed" })
        throw new Error("afterwards")
      },
    })
    await expect(failed).rejects.toMatchObject({ code: "start_failed" })
    expect(at.system.actors).toBe(0)
    await settle()
  })

  it("refuses unknown options and what no defineActor made", async () => {
    const at = world()
    const unknown = { system: at.system, nmae: "x" } as object
    await expect(startActor(doer(), undefined, unknown)).rejects.toMatchObject({ code: "invalid_option" })
    await expect(startActor({} as ReturnType<typeof doer>, undefined)).rejects.toMatchObject({ code: "invalid_option" })
    expect(() => defineActor({ init: () => undefined } as never)).toThrow(
      expect.objectContaining({ code: "invalid_option" }),
    )
    expect(() => defineActor({ init: () => undefined, handle: () => undefined, hanlde: () => 1 } as never)).toThrow(
      expect.objectContaining({ code: "invalid_option" }),
    )
  })
})
