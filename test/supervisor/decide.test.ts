import { describe, expect, it } from "vitest"
import type { ExitReason } from "../../src/runtime/index.js"
import { type Candidate, countRestart, decide, type RestartType, type Strategy } from "../../src/supervisor/decide.js"

const intensity = { restarts: 3, periodMs: 5_000 }
const crash: ExitReason = { kind: "crash", error: new Error("boom") }
const strategies = ["one_for_one", "one_for_all", "rest_for_one"] as const

const child = (id: string, restart: RestartType = "permanent", running = true): Candidate => ({ id, restart, running })
const judge = (strategy: Strategy, children: readonly Candidate[], id: string, reason: ExitReason = crash) =>
  decide({ strategy, intensity }, children, [], { id, reason, nowMs: 100 })

describe("whether a child comes back", () => {
  const reasons: readonly ExitReason[] = [
    { kind: "normal" },
    { kind: "shutdown" },
    { kind: "shutdown", detail: "why" },
    { kind: "killed" },
    { kind: "noproc" },
    crash,
  ]
  const expected = {
    permanent: ["restart", "restart", "restart", "restart", "restart", "restart"],
    transient: ["keep", "keep", "keep", "restart", "restart", "restart"],
    temporary: ["forget", "forget", "forget", "forget", "forget", "forget"],
  } as const
  const rows = strategies.flatMap((strategy) =>
    (["permanent", "transient", "temporary"] as const).flatMap((restart) =>
      reasons.map((reason, index) => ({ strategy, restart, reason, kind: expected[restart][index] })),
    ),
  )
  it.each(rows)("under $strategy, $restart, after $reason.kind: $kind", ({ strategy, restart, reason, kind }) => {
    const children = [child("a"), child("b", restart, false), child("c")]
    expect(judge(strategy, children, "b", reason).kind).toBe(kind)
  })

  it("is nobody's question for a child that is not there", () => {
    expect(judge("one_for_one", [child("a")], "x")).toEqual({ kind: "forget" })
  })
})

describe("who else is stopped and started", () => {
  it.each([
    { strategy: "one_for_one", ended: "a", stop: [], start: ["a"] },
    { strategy: "one_for_one", ended: "b", stop: [], start: ["b"] },
    { strategy: "one_for_one", ended: "c", stop: [], start: ["c"] },
    { strategy: "rest_for_one", ended: "a", stop: ["c", "b"], start: ["a", "b", "c"] },
    { strategy: "rest_for_one", ended: "b", stop: ["c"], start: ["b", "c"] },
    { strategy: "rest_for_one", ended: "c", stop: [], start: ["c"] },
    { strategy: "one_for_all", ended: "a", stop: ["c", "b"], start: ["a", "b", "c"] },
    { strategy: "one_for_all", ended: "b", stop: ["c", "a"], start: ["a", "b", "c"] },
    { strategy: "one_for_all", ended: "c", stop: ["b", "a"], start: ["a", "b", "c"] },
  ] as const)("$strategy stops $stop and starts $start when $ended of a, b, c crashes", (row) => {
    const children = ["a", "b", "c"].map((id) => child(id, "permanent", id !== row.ended))
    expect(judge(row.strategy, children, row.ended)).toEqual({
      kind: "restart",
      stop: row.stop,
      start: row.start,
      forget: [],
      restarts: [100],
    })
  })

  it.each([
    { strategy: "rest_for_one", stop: ["t"], start: ["b", "d"], forget: ["t"] },
    { strategy: "one_for_all", stop: ["t", "a"], start: ["a", "b", "d"], forget: ["t"] },
  ] as const)("$strategy forgets temporary siblings and starts those that had ended", ({ strategy, ...expected }) => {
    const children = [
      child("a"),
      child("b", "transient", false),
      child("t", "temporary"),
      child("d", "transient", false),
    ]
    expect(judge(strategy, children, "b")).toMatchObject(expected)
  })
})

describe("restart intensity", () => {
  it.each([
    { restarts: 3, before: [], counted: [5_000] },
    { restarts: 3, before: [4_000, 4_500], counted: [4_000, 4_500, 5_000] },
    { restarts: 3, before: [4_000, 4_500, 4_600], counted: undefined },
    { restarts: 3, before: [0, 4_500, 4_600], counted: undefined }, // 5 000 ms ago is still within the period
    { restarts: 3, before: [-1, 4_500, 4_600], counted: [4_500, 4_600, 5_000] },
    { restarts: 3, before: [5_000, 5_000, 5_000], counted: undefined },
    { restarts: 1, before: [], counted: [5_000] },
    { restarts: 1, before: [5_000], counted: undefined },
    { restarts: 0, before: [], counted: undefined },
  ])("of $restarts in 5 s after restarts at $before counts $counted at 5 000", ({ restarts, before, counted }) => {
    expect(countRestart({ restarts, periodMs: 5_000 }, before, 5_000)).toEqual(counted)
  })

  it.each(strategies)("makes %s give up at one restart too many", (strategy) => {
    const ended = { id: "a", reason: crash, nowMs: 100 }
    expect(decide({ strategy, intensity }, [child("a")], [1, 2], ended).kind).toBe("restart")
    expect(decide({ strategy, intensity }, [child("a")], [1, 2, 3], ended)).toEqual({ kind: "give_up" })
  })

  it("is not spent by what is not restarted", () => {
    const spent = [1, 2, 3]
    const normal = { id: "a", reason: { kind: "normal" }, nowMs: 100 } as const
    const policy = { strategy: "one_for_one", intensity } as const
    expect(decide(policy, [child("a", "transient")], spent, normal)).toEqual({ kind: "keep" })
    expect(decide(policy, [child("a", "temporary")], spent, { ...normal, reason: crash })).toEqual({ kind: "forget" })
  })
})
