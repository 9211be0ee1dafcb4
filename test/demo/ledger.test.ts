/** The demo's ledger: what it is told of, and what it makes of it. */
import { describe, expect, it } from "vitest"
import { Ledger } from "../../demo/ledger.js"

describe("the ledger", () => {
  it("has nothing to blame when everything arrived once and every promise is kept", async () => {
    const ledger = new Ledger()
    const ids = ([0, 1, 2] as const).map((qos) => ledger.sent(qos))
    for (const id of ids) ledger.follow(id, Promise.resolve())
    for (const id of ids) ledger.arrived(id)
    await Promise.resolve()
    expect(ledger.balanced).toBe(true)
    for (const qos of [0, 1, 2] as const)
      expect(ledger.tally(qos)).toEqual({ sent: 1, arrived: 1, lost: 0, doubled: 0, open: 0, broken: 0 })
  })

  it("calls lost what has not arrived, by its QoS", () => {
    const ledger = new Ledger()
    ledger.sent(2)
    ledger.arrived(ledger.sent(2))
    ledger.arrived(ledger.sent(1))
    expect(ledger.tally(2)).toMatchObject({ sent: 2, arrived: 1, lost: 1 })
    expect(ledger.tally(1)).toMatchObject({ sent: 1, arrived: 1, lost: 0 })
    expect(ledger.balanced).toBe(false)
  })

  it("counts every arrival beyond the first as doubled", () => {
    const ledger = new Ledger()
    const id = ledger.sent(2)
    for (let time = 0; time < 3; time++) ledger.arrived(id)
    expect(ledger.tally(2)).toMatchObject({ sent: 1, arrived: 1, lost: 0, doubled: 2 })
  })

  it("is not balanced while a publisher has not been told", async () => {
    const ledger = new Ledger()
    const id = ledger.sent(1)
    let keep: () => void = () => undefined
    ledger.follow(id, new Promise<void>((resolve) => (keep = resolve)))
    ledger.arrived(id)
    expect(ledger.tally(1)).toMatchObject({ open: 1 })
    expect(ledger.balanced).toBe(false)
    keep()
    await Promise.resolve()
    expect(ledger.tally(1)).toMatchObject({ open: 0, broken: 0 })
    expect(ledger.balanced).toBe(true)
  })

  it("notes a promise that was rejected, and swallows the rejection", async () => {
    const ledger = new Ledger()
    ledger.follow(ledger.sent(2), Promise.reject(new Error("no")))
    await Promise.resolve()
    await Promise.resolve()
    expect(ledger.tally(2)).toMatchObject({ open: 0, broken: 1 })
  })

  it("counts what arrives and was never sent", () => {
    const ledger = new Ledger()
    ledger.arrived("17")
    expect(ledger.strangers).toBe(1)
  })
})
