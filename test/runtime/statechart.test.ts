/**
 * What `compile` promises beyond doing as xstate does: whose functions it calls with what, what happens when they throw,
 * and how an actor goes on from a recorded state.
 */

import { describe, expect, it } from "vitest"
import { setup } from "xstate"
import { ChartLoopError, compile, type TimerHost, UnknownStateError } from "../../src/runtime/statechart/index.js"

interface Line {
  readonly log: string[]
  attempt: number
  free: boolean
}

type LineEvent = { readonly type: "dial" } | { readonly type: "hang_up"; readonly reason: string }

const lineMachine = setup({
  types: {} as { context: Line; events: LineEvent },
  actions: { count: () => {}, note: () => {}, fail: () => {} },
  guards: {
    isFree: ({ context }) => context.free,
    isRude: ({ event }) => event.type === "hang_up" && event.reason === "rude",
  },
  delays: { patience: ({ context }) => context.attempt * 100, day: 86_400_000 },
}).createMachine({
  id: "line",
  context: {} as Line,
  initial: "idle",
  states: {
    idle: { on: { dial: { guard: "isFree", target: "busy", actions: "note" } } },
    busy: {
      entry: "count",
      initial: "ringing",
      after: { day: "ended" },
      states: { ringing: { entry: "count", after: { patience: "#line.idle", 50: {} } }, talking: {} },
      on: { hang_up: [{ guard: "isRude", target: "ended", actions: "fail" }, { target: "idle" }] },
    },
    ended: { type: "final", entry: "note" },
  },
})

const lineActions = {
  count: (self: Line) => {
    self.attempt++
  },
  note: (self: Line, event: LineEvent) => {
    self.log.push(`note ${event.type}`)
  },
  fail: () => {
    throw new RangeError("rude")
  },
}

const chart = compile<Line>(lineMachine, { actions: lineActions })

describe("a compiled chart", () => {
  it("asks the guards and delays of setup with the actor's own fields as the context", () => {
    const self = newLine()
    const host = new Host(self.log)
    const idle = chart.start(self, host)
    self.free = false
    expect(chart.step(idle, { type: "dial" }, self, host)).toBe(idle)
    self.free = true
    expect(chart.paths[chart.step(idle, { type: "dial" }, self, host)]).toBe("busy.ringing")
    // The delay "patience" saw both entries counted, for its state's own entry actions come first.
    expect(self.log).toEqual(["note dial", "start busy 86400000", "start busy.ringing 50", "start busy.ringing 200"])
  })

  it("asks the implementation's guards and delays before those of setup", () => {
    const self = newLine()
    const host = new Host(self.log)
    const other = compile<Line>(lineMachine, {
      actions: lineActions,
      guards: { isFree: (line, event: LineEvent) => !line.free && event.type === "dial" },
      delays: { patience: (line) => line.attempt, day: () => 1 },
    })
    expect(other.paths[other.step(other.indexOf("idle"), { type: "dial" }, self, host)]).toBe("idle")
    self.free = false
    expect(other.paths[other.step(other.indexOf("idle"), { type: "dial" }, self, host)]).toBe("busy.ringing")
    expect(self.log).toEqual(["note dial", "start busy 1", "start busy.ringing 50", "start busy.ringing 2"])
  })

  it("takes a fired timer's event as any other", () => {
    const self = newLine()
    const host = new Host(self.log)
    const timer = chart.timers.findIndex(({ delay }) => delay === "patience")
    expect(chart.timers[timer]).toEqual({
      event: { type: "xstate.after.patience.line.busy.ringing" },
      delay: "patience",
      state: "busy.ringing",
    })
    const fired = chart.timers[timer]?.event ?? { type: "none" }
    expect(chart.paths[chart.step(chart.indexOf("busy.ringing"), fired, self, host)]).toBe("idle")
  })

  it("lets an action's error pass through, so that the caller has no new state", () => {
    const self = newLine()
    const host = new Host(self.log)
    const talking = chart.indexOf("busy.talking")
    expect(() => chart.step(talking, { type: "hang_up", reason: "rude" } as LineEvent, self, host)).toThrow(RangeError)
    // What came before it in the step stays done, what comes after it is not begun.
    expect(self.log).toEqual(["cancel busy"])
  })

  it("does nothing any more when it is done", () => {
    const self = newLine()
    const ended = chart.indexOf("ended")
    expect(chart.isFinal(ended)).toBe(true)
    expect(chart.isFinal(chart.indexOf("idle"))).toBe(false)
    expect(chart.step(ended, { type: "dial" }, self, new Host(self.log))).toBe(ended)
    expect(self.log).toEqual([])
  })

  it("goes on in a recorded leaf with the timers of all active states and without an action", () => {
    const self = newLine()
    const ringing = chart.indexOf("busy.ringing")
    expect(chart.resume(ringing, self, new Host(self.log))).toBe(ringing)
    expect(self.log).toEqual(["start busy 86400000", "start busy.ringing 50", "start busy.ringing 0"])
    expect(self.attempt).toBe(0)
  })

  it("shows xstate's values, which nobody can change", () => {
    expect(chart.id).toBe("line")
    expect(chart.definition).toBe(lineMachine.config)
    expect(chart.paths).toEqual(["idle", "busy.ringing", "busy.talking", "ended"])
    expect(chart.values).toEqual(["idle", { busy: "ringing" }, { busy: "talking" }, "ended"])
    expect(chart.values.every((value) => Object.isFrozen(value))).toBe(true)
  })

  it("knows leaves only", () => {
    expect(() => chart.indexOf("busy")).toThrow(UnknownStateError)
    expect(() => chart.indexOf("gone")).toThrow(UnknownStateError)
    const self = newLine()
    expect(() => chart.step(17, { type: "dial" }, self, new Host(self.log))).toThrow(UnknownStateError)
  })

  it("asks all guards of an event before it does any of its actions", () => {
    const log: string[] = []
    const machine = setup({ actions: { act: () => {} }, guards: { no: () => false, yes: () => true } }).createMachine({
      initial: "a",
      states: {
        a: {
          exit: "act",
          on: {
            go: [
              { guard: "no", target: "b" },
              { guard: "yes", target: "b" },
            ],
          },
        },
        b: {},
      },
    })
    const asking = compile<string[]>(machine, {
      actions: { act: (self) => self.push("act") },
      guards: {
        no: (self) => self.push("no") === 0,
        yes: (self) => self.push("yes") > 0,
      },
    })
    asking.step(asking.indexOf("a"), { type: "go" }, log, new Host([]))
    expect(log).toEqual(["no", "yes", "act"])
  })

  it("ends a chain of done events that never ends with an error that names the chart", () => {
    const finished = { initial: "f", states: { f: { type: "final" } } } as const
    const machine = setup({}).createMachine({
      id: "round",
      initial: "a",
      states: { a: { ...finished, onDone: "b" }, b: { ...finished, onDone: "a" } },
    })
    const round = compile(machine, { actions: {} })
    const error = thrownBy(() => round.start(undefined, new Host([])))
    expect(error).toBeInstanceOf(ChartLoopError)
    expect(error).toMatchObject({ code: "chart_loop", chart: "round" })
  })
})

function newLine(): Line {
  return { log: [], attempt: 0, free: true }
}

/** Writes timers down by the path of their state. */
class Host implements TimerHost {
  readonly #log: string[]

  constructor(log: string[]) {
    this.#log = log
  }

  startTimer(timer: number, delayMs: number): void {
    this.#log.push(`start ${chart.timers[timer]?.state} ${delayMs}`)
  }

  cancelTimer(timer: number): void {
    this.#log.push(`cancel ${chart.timers[timer]?.state}`)
  }
}

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}
