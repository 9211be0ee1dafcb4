/**
 * What a table cannot express is refused when the chart is compiled, by state and feature: never ignored.
 */

import { expect, it } from "vitest"
import { and, assign, createMachine, emit, enqueueActions, log, raise, sendTo, setup } from "xstate"
import { type ChartMachine, compile, UnsupportedChartError } from "../../src/runtime/statechart/index.js"

const b = { b: {} }

const inState: readonly { feature: string; state: string; config: object }[] = [
  { feature: "parallel state", state: "a", config: { type: "parallel", states: { x: {}, y: {} } } },
  { feature: "history state", state: "a.h", config: { initial: "h", states: { h: { type: "history" }, x: {} } } },
  { feature: "always", state: "a", config: { always: "b" } },
  { feature: "invoke", state: "a", config: { invoke: { src: "child" } } },
  { feature: "invoke", state: "a", config: { invoke: { src: "child", onError: "b" } } },
  { feature: "output", state: "a", config: { type: "final", output: { answer: 42 } } },
  { feature: "route", state: "a", config: { id: "r", route: {} } },
  { feature: "someday", state: "a", config: { someday: true } },
  { feature: "inline action", state: "a", config: { entry: () => {} } },
  { feature: "inline action", state: "a", config: { exit: [() => {}] } },
  { feature: "inline action", state: "a", config: { on: { go: { actions: () => {} } } } },
  { feature: "inline action", state: "a", config: { initial: { target: "x", actions: () => {} }, states: { x: {} } } },
  { feature: "inline guard", state: "a", config: { on: { go: { guard: () => true, target: "b" } } } },
  { feature: "inline guard", state: "a", config: { after: { 10: { guard: () => true, target: "b" } } } },
  { feature: "built-in guard", state: "a", config: { on: { go: { guard: and(["g", "g"]), target: "b" } } } },
  { feature: "built-in action", state: "a", config: { entry: assign({ n: 1 }) } },
  { feature: "built-in action", state: "a", config: { entry: raise({ type: "go" }) } },
  { feature: "built-in action", state: "a", config: { entry: sendTo("x", { type: "go" }) } },
  { feature: "built-in action", state: "a", config: { entry: emit({ type: "go" }) } },
  { feature: "built-in action", state: "a", config: { entry: log("text") } },
  { feature: "built-in action", state: "a", config: { entry: enqueueActions(() => {}) } },
  { feature: "params", state: "a", config: { entry: { type: "act", params: { loud: true } } } },
  { feature: "params", state: "a", config: { on: { go: { guard: { type: "g", params: {} }, target: "b" } } } },
  { feature: "in", state: "a", config: { on: { go: { in: "#m.b", target: "b" } } } },
  { feature: "transition with several targets", state: "a", config: { on: { go: { target: ["b", "a"] } } } },
  { feature: 'wildcard inside the event descriptor "x.*.y"', state: "a", config: { on: { "x.*.y": "b" } } },
  { feature: 'wildcard inside the event descriptor "x*"', state: "a", config: { on: { "x*": "b" } } },
  { feature: 'action "unknown" without an implementation', state: "a", config: { entry: "unknown" } },
  { feature: 'action "toString" without an implementation', state: "a", config: { entry: "toString" } },
  { feature: 'guard "unknown" without an implementation', state: "a", config: { on: { go: { guard: "unknown" } } } },
  { feature: 'delay "unknown" without an implementation', state: "a", config: { after: { unknown: "b" } } },
  { feature: "state key with a dot", state: "a.x.y", config: { initial: "x.y", states: { "x.y": {} } } },
  { feature: 'second "same"', state: "a.x", config: { id: "same", initial: "x", states: { x: { id: "same" } } } },
  { feature: "children of a state of type final", state: "a", config: { type: "final", states: { x: {} } } },
]

it.each(inState.map((one) => [one.feature, one.state, one.config] as const))(
  "refuses %s in %s",
  (feature, state, config) => {
    const machine = createMachine({ id: "m", initial: "a", states: { a: config, ...b } } as never)
    expect(refusalOf(machine as never)).toMatchObject({ code: "unsupported_chart", chart: "m", state, feature })
  },
)

const inRoot: readonly { feature: string; config: object }[] = [
  { feature: "parallel state", config: { type: "parallel", states: { x: {}, y: {} } } },
  { feature: "always", config: { initial: "b", states: b, always: ".b" } },
  { feature: "invoke", config: { initial: "b", states: b, invoke: { src: "child" } } },
  { feature: "onDone of the machine", config: { initial: "b", states: b, onDone: ".b" } },
  { feature: "output", config: { initial: "b", states: b, output: {} } },
  { feature: "context made by a function", config: { initial: "b", states: b, context: () => ({}) } },
  { feature: "final machine", config: { type: "final" } },
]

it.each(inRoot.map((one) => [one.feature, one.config] as const))("refuses %s in the root", (feature, config) => {
  expect(refusalOf(createMachine({ id: "m", ...config } as never))).toMatchObject({ chart: "m", state: "", feature })
})

it("refuses an action that setup made of a built-in one, though the implementation has that name", () => {
  const machine = setup({ actions: { count: assign({}) } }).createMachine({ id: "m", entry: "count" })
  const refusal = refusalOf(machine, { actions: { count: () => {} } })
  expect(refusal).toMatchObject({ state: "", feature: 'built-in action "count"' })
})

it("refuses a guard that setup made of others", () => {
  const guards = { free: () => true, both: and(["free", "free"]) }
  const machine = setup({ guards }).createMachine({ id: "m", on: { go: { guard: "both" } } })
  expect(refusalOf(machine)).toMatchObject({ state: "", feature: 'built-in guard "both"' })
})

it("refuses a value that is no machine", () => {
  expect(refusalOf({ config: {} })).toMatchObject({ code: "unsupported_chart" })
})

it("says where the rest of xstate runs", () => {
  const refusal = refusalOf(createMachine({ id: "m", initial: "b", states: b, always: ".b" } as never))
  expect(String(refusal)).toContain("xstateActor")
})

function refusalOf(machine: ChartMachine, implementation = { actions: { act: () => {} } } as object): unknown {
  try {
    compile(machine, { actions: {}, ...implementation })
  } catch (error) {
    expect(error).toBeInstanceOf(UnsupportedChartError)
    return error
  }
  return undefined
}
