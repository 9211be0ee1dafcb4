import fc from "fast-check"
import { describe, expect, it, vi } from "vitest"
import { Calls, type Ref } from "../../src/runtime/index.js"
import { manualClock, settle } from "../../src/testing/index.js"

const untimed = { what: "test", timeoutMs: 0 }

describe("the table of calls", () => {
  it("gives each open call a ref of its own, and uses a slot again under another ref", async () => {
    const calls = new Calls(manualClock())
    const first = calls.open(untimed)
    const second = calls.open(untimed)
    const promise = calls.promise(first)
    expect(first).not.toBe(second)
    expect(calls.size).toBe(2)
    calls.reply(first, "one")
    expect(calls.isOpen(first)).toBe(false)
    const third = calls.open(untimed)
    expect([first, second]).not.toContain(third)
    expect(calls.size).toBe(2)
    calls.reply(first, "late")
    calls.fail(first, new Error("late"))
    expect(calls.isOpen(third)).toBe(true)
    expect(await promise).toBe("one")
  })

  it("does not mistake a late reply for another call's, however often the slot was used since", async () => {
    const calls = new Calls(manualClock())
    const stale = calls.open(untimed)
    calls.promise(stale).catch(() => undefined)
    calls.fail(stale, new Error("the caller left"))
    for (let use = 0; use < 100_000; use++) {
      const ref = calls.open(untimed)
      if (ref === stale) expect.fail(`the ref came back after ${use} calls`)
      calls.reply(stale, "late")
      if (!calls.isOpen(ref)) expect.fail(`a late reply settled another call after ${use} calls`)
      calls.reply(ref, "in time")
    }
    expect(calls.size).toBe(0)
  })

  it("ignores refs that it never gave", () => {
    const calls = new Calls(manualClock())
    calls.reply(12_345 as Ref, "x")
    calls.fail(0 as Ref, new Error("x"))
    expect(calls.isOpen(0 as Ref)).toBe(false)
    expect(calls.size).toBe(0)
  })

  it("rejects everything at once with failAll, each with an error of its own", async () => {
    const clock = manualClock()
    const calls = new Calls(clock)
    const asked = [1, 2, 3].map((n) => calls.promise(calls.open({ what: `call ${n}`, timeoutMs: 100 * n })))
    calls.failAll(({ what }) => new Error(what))
    const results = await Promise.allSettled(asked)
    expect(results.map((result) => result.status === "rejected" && result.reason.message)).toEqual([
      "call 1",
      "call 2",
      "call 3",
    ])
    expect(calls.size).toBe(0)
    expect(clock.pending).toBe(0)
    const again = calls.open(untimed)
    expect(calls.isOpen(again)).toBe(true)
  })

  it("tells the request that its caller left, by time and by abort, before the promise rejects; not when answered", async () => {
    const clock = manualClock()
    const calls = new Calls(clock)
    const left: Ref[] = []
    const controller = new AbortController()
    const open = (timeoutMs: number, signal?: AbortSignal): Ref =>
      calls.open({ what: "test", timeoutMs, signal, left: (ref) => void left.push(ref) })
    const timed = open(10)
    const aborted = open(0, controller.signal)
    const answered = open(10)
    const failed = open(10)
    const outcomes = [timed, aborted].map((ref) => expect(calls.promise(ref)).rejects.toBeDefined())
    calls.reply(answered, 1)
    calls.promise(failed).catch(() => undefined)
    calls.fail(failed, new Error("no"))
    controller.abort()
    expect(left).toEqual([aborted])
    await clock.advance(10)
    expect(left).toEqual([aborted, timed])
    await Promise.all(outcomes)
  })

  it("keeps one timer for all deadlines and none when no call has one", async () => {
    const clock = manualClock()
    const calls = new Calls(clock)
    const refs = [50, 20, 30, 1_000].map((timeoutMs) => calls.open({ what: "test", timeoutMs }))
    expect(clock.pending).toBe(1)
    for (const ref of refs.slice(0, 3)) calls.reply(ref, 0)
    expect(clock.pending).toBe(1)
    await clock.advance(500)
    expect(calls.size).toBe(1)
    for (const ref of refs.slice(3)) calls.reply(ref, 0)
    await settle()
    expect(clock.pending).toBe(0)
  })

  it("sets one timer for a burst of calls that are answered at once", async () => {
    const clock = manualClock()
    const setTimer = vi.spyOn(clock, "setTimer")
    const calls = new Calls(clock)
    for (let n = 0; n < 1_000; n++) calls.reply(calls.open({ what: "test", timeoutMs: 5_000 }), n)
    await settle()
    expect(setTimer).toHaveBeenCalledTimes(1)
    expect(clock.pending).toBe(0)
  })

  it("ends each call not before its deadline and at most 4 ms after it, in any mixture (property)", async () => {
    const plan = fc.array(
      fc.record({ atMs: fc.integer({ min: 0, max: 60 }), timeoutMs: fc.integer({ min: 0, max: 80 }) }),
      { minLength: 1, maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(plan, async (requests) => {
        const clock = manualClock()
        const calls = new Calls(clock)
        const late: number[] = []
        for (const { atMs, timeoutMs } of requests) {
          clock.setTimer(() => {
            const opened = clock.now()
            const end = () => void late.push(clock.now() - opened - timeoutMs)
            calls.open({ what: "test", timeoutMs, left: end })
          }, atMs)
        }
        for (let ms = 0; ms < 160; ms += 1) await step(clock)
        expect(late).toHaveLength(requests.filter(({ timeoutMs }) => timeoutMs > 0).length)
        for (const ms of late) expect(ms >= 0 && ms <= 4).toBe(true)
        expect(clock.pending).toBe(0)
      }),
      { seed: 20_260, numRuns: 8 },
    )
  })
})

function step(clock: ReturnType<typeof manualClock>): Promise<void> {
  return clock.advance(1)
}
