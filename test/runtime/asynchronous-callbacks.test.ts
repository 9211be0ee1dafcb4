import { describe, expect, it } from "vitest"
import { stop } from "../../src/runtime/index.js"
import { settle } from "../../src/testing/index.js"
import { type Deferred, deferred, startDoer, world } from "./world.js"

describe("an asynchronous callback", () => {
  it("keeps the actor busy until its promise settles; messages wait in order", async () => {
    const at = world()
    const hold = deferred()
    const ref = await startDoer(at)
    ref.send(async () => {
      at.note("begins")
      await hold.promise
      at.note("ends")
    })
    ref.send(() => at.note("second"))
    ref.send(() => at.note("third"))
    expect(at.notes).toEqual(["begins"])
    hold.resolve()
    await settle()
    expect(at.notes).toEqual(["begins", "ends", "second", "third"])
  })

  it("changes the state when its promise settles", async () => {
    const at = world()
    const seen: unknown[] = []
    const ref = await startDoer(at, {
      init: () => 1,
      handle: (message, state, context) => {
        seen.push(state)
        return message(context)
      },
    })
    ref.send(async () => ({ state: 2 }))
    ref.send(async () => undefined)
    ref.send(() => ({ state: 3 }))
    ref.send(() => undefined)
    await settle()
    expect(seen).toEqual([1, 2, 2, 3])
  })

  it("crashes the actor when its promise rejects, even with nothing", async () => {
    const at = world()
    const ref = await startDoer(at)
    ref.send(() => Promise.reject(undefined))
    await settle()
    expect(at.system.actors).toBe(0)
  })

  it.each(["resolves", "rejects", "asks for a stop"] as const)(
    "is ignored when it %s after its actor was stopped",
    async (outcome) => {
      const at = world()
      const hold: Deferred<void> = deferred()
      const ends: string[] = []
      const ref = await startDoer(at, { terminate: (reason) => void ends.push(reason.kind) })
      ref.send(async () => {
        await hold.promise
        if (outcome === "asks for a stop") return { stop: { kind: "crash", error: "late" } as const }
        return { state: "late" }
      })
      ref.send(() => at.note("never handled"))
      await stop(ref)
      if (outcome === "rejects") hold.reject(new Error("late"))
      else hold.resolve()
      await settle()
      expect(ends).toEqual(["normal"])
      expect(at.notes).toEqual([])
      expect(at.system.deadLetters).toBe(1)
    },
  )

  it("may be a foreign thenable, even one that answers at once, and again later", async () => {
    const at = world()
    const ref = await startDoer(at)
    let again: (value: undefined) => void = () => undefined
    const twice = {
      // biome-ignore lint/suspicious/noThenProperty: a foreign promise is what this is about
      then(resolve: (value: undefined) => void) {
        resolve(undefined)
        again = resolve
      },
    } as unknown as Promise<undefined>
    const hold = deferred()
    ref.send(() => twice)
    ref.send(() => hold.promise)
    ref.send(() => at.note("after"))
    await settle()
    again(undefined)
    await settle()
    expect(at.notes).toEqual([])
    hold.resolve()
    await settle()
    expect(at.notes).toEqual(["after"])
  })
})
