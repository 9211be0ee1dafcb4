/** The demo's verdict, which is its exit code: each fault alone makes it a bad one. */
import { describe, expect, it } from "vitest"
import type { Tally } from "../../demo/ledger.js"
import { paintFor } from "../../demo/paint.js"
import { summaryLines } from "../../demo/summary.js"
import { type Facts, faultsOf, wordsOf } from "../../demo/verdict.js"

const GOOD: Tally = { sent: 9, arrived: 9, lost: 0, doubled: 0, open: 0, broken: 0 }
const CUT = {
  publish_without_puback: 0,
  publish_without_pubrec: 1,
  pubrec_without_pubrel: 2,
  pubrel_without_pubcomp: 3,
} as const
const FACTS: Facts = {
  tallies: { 0: GOOD, 1: GOOD, 2: GOOD },
  strangers: 0,
  cutFlows: { outgoing: CUT, incoming: CUT },
  reconnects: { present: 5, absent: 0 },
  actorsLeft: 0,
  brokeOff: undefined,
}

describe("the verdict", () => {
  it("is good when everything arrived, after cuts in every phase", () => {
    expect(faultsOf(FACTS)).toEqual([])
  })

  it("bears with QoS 1 that comes twice, for it is at least once", () => {
    expect(faultsOf(withTally(1, { doubled: 3 }))).toEqual([])
  })

  it.each<[string, Facts]>([
    ["a message of QoS 0 is lost", withTally(0, { lost: 1 })],
    ["a message of QoS 1 is lost", withTally(1, { lost: 1 })],
    ["a message of QoS 2 is lost", withTally(2, { lost: 1 })],
    ["a message of QoS 0 is doubled", withTally(0, { doubled: 1 })],
    ["a message of QoS 2 is doubled", withTally(2, { doubled: 1 })],
    ["a promise is left open", withTally(1, { open: 1 })],
    ["a promise is rejected", withTally(2, { broken: 1 })],
    ["nothing was sent at some QoS", withTally(0, { sent: 0, arrived: 0 })],
    ["something arrives that nobody sent", { ...FACTS, strangers: 1 }],
    ["a reconnect finds no session", { ...FACTS, reconnects: { present: 5, absent: 1 } }],
    ["nobody had to reconnect", { ...FACTS, reconnects: { present: 0, absent: 0 } }],
    ["a phase was not cut", { ...FACTS, cutFlows: { outgoing: CUT, incoming: { ...CUT, pubrec_without_pubrel: 0 } } }],
    ["an actor is left alive", { ...FACTS, actorsLeft: 1 }],
    ["the script broke off", { ...FACTS, brokeOff: "no patience" }],
  ])("is bad when %s", (_, facts) => {
    expect(faultsOf(facts)).toHaveLength(1)
  })

  it("does not blame a script that broke off for what it could not show", () => {
    const nothing: Tally = { ...GOOD, sent: 0, arrived: 0 }
    const facts = { ...FACTS, tallies: { 0: nothing, 1: nothing, 2: nothing }, reconnects: { present: 0, absent: 0 } }
    expect(faultsOf({ ...facts, brokeOff: "no patience" })).toHaveLength(1)
  })
})

describe("the summary", () => {
  const plan = {
    ...FACTS,
    restarts: new Map([["floor-1 / protocol", new Map([["session", 2]])]]),
    cuts: { half_packet: 4 },
    actorsBorn: 100,
    seconds: 5,
  }

  it("names phases, supervisors and cuts in plain words, without colours for a file", () => {
    const text = summaryLines(plan, [], paintFor(false)).join("\n")
    expect(text).toMatch(/PUBREL without PUBCOMP +3 +3\n/)
    expect(text).toMatch(/floor-1 \/ protocol +session 2\n/)
    expect(text).toMatch(/cut +half packet 4\n/)
    expect(text).toContain("✔ every message arrived")
    expect(text).not.toContain("\u001b")
  })

  it("says the faults instead of the good news", () => {
    const text = summaryLines(plan, ["1 lost at QoS 2"], paintFor(false)).join("\n")
    expect(text).toContain("✘ 1 lost at QoS 2")
    expect(text).not.toContain("✔")
  })

  it("colours for a terminal", () => {
    expect(summaryLines(plan, [], paintFor(true)).join("\n")).toContain("\u001b[32m")
  })

  it("writes packets in capitals", () => {
    expect(wordsOf("publish_without_pubrec")).toBe("PUBLISH without PUBREC")
  })
})

function withTally(qos: 0 | 1 | 2, tally: Partial<Tally>): Facts {
  return { ...FACTS, tallies: { ...FACTS.tallies, [qos]: { ...GOOD, ...tally } } }
}
