/** Each feature that `compile` accepts, alone in a small machine, against xstate: see the oracle for what is compared. */

import { expect, it } from "vitest"
import { createMachine } from "xstate"
import { expectChartEqualsXstate } from "../support/chart-oracle.js"

const marked = { entry: "enter", exit: "leave" }

const cases: readonly { feature: string; config: object; leaves?: number; loops?: boolean }[] = [
  { feature: "a machine without states", config: { on: { go: { actions: "act" } }, ...marked }, leaves: 1 },
  { feature: "a sibling", config: { initial: "a", states: { a: { ...marked, on: { go: "b" } }, b: marked } } },
  {
    feature: "nested initial states",
    config: {
      initial: "a",
      states: { a: { ...marked, initial: "b", states: { b: { ...marked, initial: "c", states: { c: marked } } } } },
    },
  },
  {
    feature: "targets by #id, by path and inside the source",
    config: {
      initial: "a",
      states: {
        a: {
          ...marked,
          initial: "b",
          on: { inner: ".c", deep: "d.e" },
          states: { b: { on: { out: "#far" } }, c: marked },
        },
        d: { ...marked, initial: "f", states: { e: { ...marked, id: "far", on: { "back.to": "#m.a.c" } }, f: marked } },
      },
    },
  },
  {
    feature: "an inner state's transition before its ancestors'",
    config: {
      initial: "a",
      on: { go: { actions: "outermost" } },
      states: {
        a: {
          initial: "b",
          on: { go: { guard: "may", actions: "outer" } },
          states: { b: { on: { go: { guard: "can", actions: "inner" } } } },
        },
      },
    },
  },
  {
    feature: "guarded alternatives, as names and as objects",
    config: {
      initial: "a",
      states: {
        a: {
          on: {
            go: [
              { guard: "first", target: "b" },
              { guard: { type: "second" }, target: "c" },
              { target: "d", actions: "fall" },
            ],
          },
        },
        b: {},
        c: {},
        d: {},
      },
    },
  },
  {
    feature: "a forbidden transition",
    config: {
      initial: "a",
      on: { go: { actions: "outer" }, stop: { actions: "outer" } },
      states: { a: { on: { go: undefined, stop: {} } }, b: {} },
    },
  },
  {
    feature: "an empty list of transitions, which forbids nothing",
    config: { initial: "a", on: { go: { actions: "outer" } }, states: { a: { on: { go: [] } } } },
  },
  {
    feature: "wildcards, the longer before the shorter",
    config: {
      initial: "a",
      on: { "*": { actions: "any of root" }, "x.*": { actions: "x of root" } },
      states: {
        a: {
          on: {
            "*": { guard: "g", actions: "any" },
            "x.*": { guard: "h", actions: "x" },
            "x.y.*": { guard: "i", actions: "x.y" },
            "x.y.z": { guard: "j", actions: "x.y.z" },
          },
        },
      },
    },
  },
  {
    feature: "a wildcard that takes timeouts and ends of states",
    config: {
      initial: "a",
      states: {
        a: {
          initial: "b",
          after: { 10: {} },
          on: { "*": { target: "c", actions: "caught" } },
          states: { b: { on: { end: "f" } }, f: { type: "final" } },
        },
        c: {},
      },
    },
  },
  {
    feature: "internal and re-entering transitions to the source, its child, its ancestor and the root",
    config: {
      ...marked,
      initial: { target: "a", actions: "initially" },
      on: {
        root: "#m",
        again: { target: "#m", reenter: true },
        inner: ".a.b",
        afresh: { target: ".a.b", reenter: true },
      },
      states: {
        a: {
          ...marked,
          initial: { target: "b", actions: ["initially a", "initially a"] },
          on: {
            self: "a",
            anew: { target: "a", reenter: true },
            child: ".c",
            childAnew: { target: ".c", reenter: true },
            none: { reenter: true },
          },
          states: {
            b: {
              ...marked,
              on: {
                self: "b",
                anew: { target: "b", reenter: true },
                up: "#m.a",
                top: "#m",
                topAnew: { target: "#m", reenter: true },
              },
            },
            c: marked,
          },
        },
      },
    },
  },
  {
    feature: "actions without a target, several of one name in a row",
    config: {
      initial: "a",
      states: { a: { ...marked, on: { go: { actions: ["act", "act", { type: "act" }, "other"] } } } },
    },
  },
  {
    feature: "initial actions only where the initial state is not named",
    config: {
      initial: "a",
      states: {
        a: { on: { whole: "b", part: "b.d", initialPart: "b.c" } },
        b: { ...marked, initial: { target: "c", actions: "initially" }, states: { c: marked, d: marked } },
      },
    },
  },
  {
    feature: "delays, several in a state, named and numeric, guarded",
    config: {
      initial: "a",
      after: { 5000: ".d" },
      states: {
        a: {
          ...marked,
          initial: "b",
          after: { slow: [{ guard: "may", target: "c" }, { target: "d" }], 20: { actions: "tick" }, 10: "c" },
          states: { b: { ...marked, after: { quick: "#m.c" }, on: { go: "e" } }, e: {} },
        },
        c: { after: { slow: "a" } },
        d: { type: "final" },
      },
    },
  },
  {
    feature: "a delay that a re-entered state starts anew",
    config: {
      initial: "a",
      states: { a: { after: { 10: "b" }, on: { again: { target: "a", reenter: true }, stay: "a" } }, b: {} },
    },
  },
  {
    feature: "top-level final states, with the exit actions of all that is left",
    config: {
      ...marked,
      after: { 10: {} },
      initial: "a",
      states: {
        a: { ...marked, on: { end: { target: "f", actions: "last" } } },
        f: { ...marked, type: "final", after: { 20: {} } },
      },
    },
  },
  {
    feature: "a machine that is done at once",
    config: { ...marked, initial: "f", states: { f: { ...marked, type: "final" } } },
  },
  {
    feature: "onDone of a nested state, guarded, with the done event for its actions",
    config: {
      initial: "a",
      states: {
        a: {
          ...marked,
          initial: "b",
          onDone: [
            { guard: "may", target: "c", actions: "finished" },
            { target: "e", actions: "otherwise" },
          ],
          states: {
            b: { ...marked, on: { end: "f" } },
            f: { ...marked, type: "final", on: { linger: { actions: "act" } } },
          },
        },
        c: { ...marked, initial: "f", onDone: "d", states: { f: { type: "final" } } },
        d: { ...marked, type: "final" },
        e: { initial: "f", states: { f: { type: "final" } } },
      },
    },
  },
  {
    feature: "states that finish each other for ever",
    config: {
      initial: "s",
      options: { maxIterations: 50 },
      states: {
        s: { on: { go: "a" } },
        a: { initial: "f", onDone: "b", states: { f: { type: "final" } } },
        b: { initial: "f", onDone: "a", states: { f: { type: "final" } } },
      },
    },
    loops: true,
  },
]

it.each(cases.map((one) => [one.feature, one] as const))("does as xstate does: %s", (_, { config, leaves, loops }) => {
  const walk = expectChartEqualsXstate(createMachine({ id: "m", ...config } as never) as never)
  expect(walk.loops > 0).toBe(loops ?? false)
  if (leaves !== undefined) expect(walk.leaves).toBe(leaves)
})
