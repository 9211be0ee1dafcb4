import { describe, expect, it } from "vitest"
import { atEndOfTurn } from "../../src/clock.js"
import { manualClock, settle } from "../../src/testing/index.js"

describe("a manual clock", () => {
  it("stands still until it is moved, from the time it was given", async () => {
    const clock = manualClock(5_000)
    expect(clock.now()).toBe(5_000)
    await clock.advance(250)
    expect(clock.now()).toBe(5_250)
  })

  it("fires in order of time, equal times in the order they were set, and shows each timer its own time", async () => {
    const clock = manualClock()
    const fired: string[] = []
    const note = (name: string) => () => fired.push(`${name}@${clock.now()}`)
    clock.setTimer(note("late"), 30)
    clock.setTimer(note("first"), 10)
    clock.setTimer(note("second"), 10)
    clock.setTimer(note("never"), 31)
    await clock.advance(30)
    expect(fired).toEqual(["first@10", "second@10", "late@30"])
    expect(clock.pending).toBe(1)
  })

  it("fires a timer that another timer set, when it falls due in the same move", async () => {
    const clock = manualClock()
    const fired: number[] = []
    clock.setTimer(() => clock.setTimer(() => fired.push(clock.now()), 5), 10)
    await clock.advance(14)
    expect(fired).toEqual([])
    await clock.advance(1)
    expect(fired).toEqual([15])
  })

  it("does not fire what was cancelled, and takes a cancel that is late or repeated", async () => {
    const clock = manualClock()
    const fired: string[] = []
    const cancel = clock.setTimer(() => fired.push("cancelled"), 1)
    const late = clock.setTimer(() => fired.push("fired"), 1)
    cancel()
    cancel()
    await clock.advance(1)
    late()
    expect(fired).toEqual(["fired"])
    expect(clock.pending).toBe(0)
  })

  it("lets promises and turns come to rest before the first timer, between timers and after the last", async () => {
    const clock = manualClock()
    const log: string[] = []
    const chain = async (name: string) => {
      for (let hop = 0; hop < 50; hop++) {
        await Promise.resolve()
        await new Promise<void>(atEndOfTurn)
      }
      log.push(name)
    }
    void chain("before")
    clock.setTimer(() => {
      log.push("timer")
      void chain("after")
    }, 10)
    await clock.advance(10)
    expect(log).toEqual(["before", "timer", "after"])
  })

  it("runs overlapping moves one after another", async () => {
    const clock = manualClock()
    const fired: number[] = []
    clock.setTimer(() => fired.push(clock.now()), 10)
    clock.setTimer(() => fired.push(clock.now()), 20)
    await Promise.all([clock.advance(10), clock.advance(10)])
    expect(fired).toEqual([10, 20])
    expect(clock.now()).toBe(20)
  })

  it("tells what a timer threw, and can be moved on", async () => {
    const clock = manualClock()
    const broken = new Error("broken")
    clock.setTimer(() => {
      throw broken
    }, 1)
    await expect(clock.advance(1)).rejects.toBe(broken)
    await clock.advance(5)
    expect(clock.pending).toBe(0)
  })

  it("refuses to go back", () => {
    expect(() => manualClock().advance(-1)).toThrow(RangeError)
  })

  it("does not wait for ever for work that never rests", async () => {
    let going = true
    const spin = () => {
      if (going) atEndOfTurn(spin)
    }
    spin()
    await settle()
    going = false
  })
})
