import { describe, expect, it } from "vitest"
import { type ActorRef, contextActor, defineActor, startActor } from "../../src/runtime/index.js"
import { settle } from "../../src/testing/index.js"
import { deferred, doer, startDoer, world } from "./world.js"

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
