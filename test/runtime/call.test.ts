import { describe, expect, it, vi } from "vitest"
import { type ActorRef, call, defineActor, type ReplyTo, startActor, stop } from "../../src/runtime/index.js"
import { settle } from "../../src/testing/index.js"
import { type Do, deferred, startDoer, throwing, type World, world } from "./world.js"

type Question =
  | { readonly type: "add"; readonly a: number; readonly b: number; readonly to: ReplyTo<number> }
  | { readonly type: "later"; readonly to: ReplyTo<string> }
  | { readonly type: "settle_later" }
  | { readonly type: "refuse"; readonly to: ReplyTo<never> }
  | { readonly type: "crash"; readonly to: ReplyTo<never> }

class Refusal extends Error {}

const clerk = defineActor<void, Question, ReplyTo<string>[]>({
  init: () => [],
  handle(message, waiting) {
    switch (message.type) {
      case "add":
        message.to.reply(message.a + message.b)
        return undefined
      case "later":
        return { state: [...waiting, message.to] }
      case "settle_later":
        for (const to of waiting) to.reply("at last")
        return { state: [] }
      case "refuse":
        message.to.fail(new Refusal("no"))
        return undefined
      case "crash":
        return throwing("boom")
    }
  },
})

const startClerk = (at: World): Promise<ActorRef<Question>> => startActor(clerk, undefined, { system: at.system })
const ask = (ref: ActorRef<Question>, options?: Parameters<typeof call>[2]): Promise<string> =>
  call<Question, string, Question>(ref, (to) => ({ type: "later", to }), options)
/** "resolved 3", "rejected timed_out", or "open". */
async function outcome(promise: Promise<unknown>): Promise<string> {
  let text = "open"
  promise.then(
    (value) => {
      text = `resolved ${String(value)}`
    },
    (error: { code?: string; name: string }) => {
      text = `rejected ${error.code ?? error.name}`
    },
  )
  await settle()
  return text
}

describe("a call", () => {
  it("resolves with the reply", async () => {
    const at = world()
    const ref = await startClerk(at)
    expect(await call<Question, number, Question>(ref, (to) => ({ type: "add", a: 1, b: 2, to }))).toBe(3)
    expect(at.clock.pending).toBe(0)
  })

  it("may be answered later, by another message", async () => {
    const at = world()
    const ref = await startClerk(at)
    const first = ask(ref)
    const second = ask(ref)
    expect(await outcome(first)).toBe("open")
    ref.send({ type: "settle_later" })
    expect(await Promise.all([first, second])).toEqual(["at last", "at last"])
    expect(at.clock.pending).toBe(0)
  })

  it("may be answered by another actor that it was delegated to", async () => {
    const at = world()
    const worker = await startDoer(at)
    const front = await startDoer(at)
    const answer = call<Do, string, Do>(front, (to) => () => worker.send(() => to.reply("from the worker")))
    expect(await answer).toBe("from the worker")
  })

  it("may be refused with an error of the actor's own, which goes on living", async () => {
    const at = world()
    const ref = await startClerk(at)
    const refused = call<Question, never, Question>(ref, (to) => ({ type: "refuse", to }))
    await expect(refused).rejects.toBeInstanceOf(Refusal)
    expect(at.system.actors).toBe(1)
  })

  it.each([
    { given: undefined, limitMs: 5_000 },
    { given: 70, limitMs: 70 },
  ])("rejects timed_out after $limitMs ms when $given are given, and ignores the late reply (case 86)", async (row) => {
    const at = world()
    const ref = await startClerk(at)
    const asked = ask(ref, { timeoutMs: row.given })
    await at.clock.advance(row.limitMs - 1)
    expect(await outcome(asked)).toBe("open")
    await at.clock.advance(1)
    await expect(asked).rejects.toMatchObject({ code: "timed_out", timeoutMs: row.limitMs })
    const next = ask(ref)
    const another = await startClerk(at)
    const elsewhere = ask(another)
    ref.send({ type: "settle_later" }) // answers the one that timed out, and `next`
    expect(await outcome(next)).toBe("resolved at last")
    expect(await outcome(elsewhere)).toBe("open")
  })

  it("waits for ever with timeoutMs 0", async () => {
    const at = world()
    const ref = await startClerk(at)
    const asked = ask(ref, { timeoutMs: 0 })
    expect(at.clock.pending).toBe(0)
    await at.clock.advance(1e9)
    expect(await outcome(asked)).toBe("open")
  })

  it("rejects aborted with the signal's reason, whether it fired before or after; the late reply is ignored", async () => {
    const at = world()
    const ref = await startClerk(at)
    const controller = new AbortController()
    const removed = vi.spyOn(controller.signal, "removeEventListener")
    const asked = ask(ref, { signal: controller.signal })
    const settled = ask(ref, { signal: new AbortController().signal })
    controller.abort("enough")
    await expect(asked).rejects.toMatchObject({ code: "aborted", cause: "enough" })
    await expect(ask(ref, { signal: controller.signal })).rejects.toMatchObject({ code: "aborted", cause: "enough" })
    expect(removed).toHaveBeenCalledOnce()
    ref.send({ type: "settle_later" })
    expect(await settled).toBe("at last")
    expect(at.clock.pending).toBe(0)
  })

  it("lets go of the signal when it is answered", async () => {
    const at = world()
    const ref = await startClerk(at)
    const controller = new AbortController()
    const asked = ask(ref, { signal: controller.signal })
    ref.send({ type: "settle_later" })
    controller.abort()
    expect(await asked).toBe("at last")
  })

  it.each([
    { how: "crashes on it", end: (ref: ActorRef<Question>) => call(ref, (to) => ({ type: "crash", to })) },
    { how: "is stopped", end: (ref: ActorRef<Question>) => stop(ref) },
    { how: "is killed", end: (ref: ActorRef<Question>) => stop(ref, { kind: "kill" }) },
  ])("rejects exited when the actor $how before it answered", async ({ end }) => {
    const at = world()
    const ref = await startClerk(at)
    const asked = ask(ref)
    void end(ref)
    await expect(asked).rejects.toMatchObject({ code: "exited" })
    expect(at.clock.pending).toBe(0)
  })

  it("bears the reason of the end, and the crash as its cause", async () => {
    const at = world()
    const ref = await startClerk(at)
    const asked = call<Question, never, Question>(ref, (to) => ({ type: "crash", to }))
    await expect(asked).rejects.toMatchObject({ reason: { kind: "crash" }, cause: { message: "boom" } })
  })

  it("rejects exited when its message was waiting as the actor ended", async () => {
    const at = world()
    const ref = await startDoer(at)
    ref.send(() => new Promise(() => undefined))
    const asked = call<Do, string, Do>(ref, (to) => () => to.reply("never"))
    await stop(ref)
    expect(await outcome(asked)).toBe("rejected exited")
  })

  it("rejects noproc at once when the actor does not live, nor anybody bears the name", async () => {
    const at = world()
    const gone = await startClerk(at)
    const named = await startActor(clerk, undefined, { system: at.system, name: "n" })
    await stop(gone)
    await stop(named)
    expect(await outcome(ask(gone))).toBe("rejected noproc")
    expect(await outcome(ask(named))).toBe("rejected noproc")
  })

  it("rejects noproc at once when an actor calls itself, by name too", async () => {
    const at = world()
    const plain = await startDoer(at)
    const named = await startDoer(at, {}, { name: "n" })
    for (const ref of [plain, named]) {
      const asked = deferred<string>()
      ref.send(async () => {
        asked.resolve(await outcome(call<Do, string, Do>(ref, (to) => () => to.reply("never"))))
      })
      expect(await asked.promise).toBe("rejected noproc")
    }
  })

  it("from inside another actor works, awaited in its callback", async () => {
    const at = world()
    const ref = await startClerk(at)
    const caller = await startDoer(at)
    caller.send(async () => {
      at.note(`${await call<Question, number, Question>(ref, (to) => ({ type: "add", a: 2, b: 2, to }))}`)
    })
    await settle()
    expect(at.notes).toEqual(["4"])
  })

  it("settles once: what comes after the first answer is ignored", async () => {
    const at = world()
    const ref = await startDoer(at)
    const asked = call<Do, string, Do>(ref, (to) => () => {
      to.reply("first")
      to.reply("second")
      to.fail(new Error("third"))
    })
    expect(await asked).toBe("first")
  })

  it("rejects with what makeMessage throws, and keeps nothing open", async () => {
    const at = world()
    const ref = await startClerk(at)
    const asked = call<Question, never, Question>(ref, () => throwing("in makeMessage"))
    await expect(asked).rejects.toThrow("in makeMessage")
    expect(at.clock.pending).toBe(0)
  })

  it("that nobody looks at raises no unhandledRejection, however it fails", async () => {
    const at = world()
    const unhandled = vi.fn()
    process.on("unhandledRejection", unhandled)
    const ref = await startClerk(at)
    const controller = new AbortController()
    void ask(ref, { timeoutMs: 1 })
    void ask(ref, { signal: controller.signal })
    void call<Question, never, Question>(ref, (to) => ({ type: "refuse", to }))
    void call<Question, never, Question>(ref, () => throwing("in makeMessage"))
    controller.abort()
    await at.clock.advance(1)
    void ask(ref)
    await stop(ref)
    void ask(ref)
    await settle()
    process.off("unhandledRejection", unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })
})
