import { describe, expect, it } from "vitest"
import type { ActorRef } from "../../src/runtime/index.js"
import { monitor } from "../../src/runtime/index.js"
import { settle } from "../../src/testing/index.js"
import { type Do, deferred, startDoer, throwing, world } from "./world.js"

describe("sending", () => {
  it("runs an idle actor at once, on the sender's stack", async () => {
    const at = world()
    const ref = await startDoer(at)
    ref.send(() => at.note("handled"))
    at.note("sent")
    expect(at.notes).toEqual(["handled", "sent"])
  })

  it("queues for a running actor and never re-enters it", async () => {
    const at = world()
    const ref = await startDoer(at)
    ref.send((context) => {
      at.note("first begins")
      context.self.send(() => at.note("second"))
      context.self.send(() => at.note("third"))
      at.note("first ends")
    })
    expect(at.notes).toEqual(["first begins", "first ends", "second", "third"])
  })

  it("drains what others sent to a running actor before that actor turns idle", async () => {
    const at = world()
    const a = await startDoer(at)
    const b = await startDoer(at)
    a.send(() => {
      b.send(() => {
        at.note("b")
        a.send(() => at.note("a, from b"))
      })
      at.note("a ends")
    })
    expect(at.notes).toEqual(["b", "a ends", "a, from b"])
  })

  it("keeps the order of one sender to one receiver, whether inline, queued or held by an asynchronous callback", async () => {
    const at = world()
    const hold = deferred()
    const receiver = await startDoer(at)
    const sender = await startDoer(at)
    receiver.send(() => hold.promise)
    sender.send(() => {
      for (const n of [1, 2, 3]) receiver.send(() => at.note(`${n}`))
    })
    expect(at.notes).toEqual([])
    hold.resolve()
    await settle()
    sender.send(() => receiver.send(() => at.note("4")))
    expect(at.notes).toEqual(["1", "2", "3", "4"])
  })

  it("nests 64 deep at most, and queues beyond that", async () => {
    const at = world()
    let depth = 0
    let deepest = 0
    const nest = async (left: number): Promise<ActorRef<Do>> => {
      const next = left === 0 ? undefined : await nest(left - 1)
      const here = await startDoer(at)
      const relay: Do = () => {
        depth++
        deepest = Math.max(deepest, depth)
        next?.send(passOn)
        depth--
      }
      relays.set(here, relay)
      return here
    }
    const relays = new Map<ActorRef<Do>, Do>()
    const passOn: Do = (context) => relays.get(context.self)?.(context)
    const first = await nest(99)
    first.send(passOn)
    expect(deepest).toBe(64)
    expect(relays.size).toBe(100)
  })

  it("keeps the order of a sender whose first message was queued for depth and whose second comes from a shorter stack", async () => {
    const at = world()
    const receiver = await startDoer(at)
    const chain = await Promise.all(Array.from({ length: 64 }, () => startDoer(at)))
    const dive = (index: number): void => {
      const next = chain[index]
      if (next !== undefined) next.send(() => dive(index + 1))
      else receiver.send(() => at.note("from the depth"))
      if (index === 10) receiver.send(() => at.note("from above"))
    }
    dive(0)
    expect(at.notes).toEqual(["from the depth", "from above"])
  })

  it("plays ping-pong a hundred thousand times without growing the stack, in one turn", async () => {
    const at = world()
    let rounds = 0
    const a = await startDoer(at)
    const b = await startDoer(at)
    const ping: Do = () => b.send(pong)
    const pong: Do = () => {
      if (++rounds < 100_000) a.send(ping)
    }
    a.send(ping)
    expect(rounds).toBe(100_000)
  })

  it("plays a ring of a thousand actors without growing the stack", async () => {
    const at = world()
    const ring = await Promise.all(Array.from({ length: 1_000 }, () => startDoer(at)))
    let steps = 0
    const step = (index: number): void => {
      if (++steps < 50_000) ring[index % 1_000]?.send(() => step(index + 1))
    }
    step(0)
    expect(steps).toBe(50_000)
  })

  it("returns undefined and does not throw, whatever the actor does", async () => {
    const at = world()
    const ref = await startDoer(at)
    expect(ref.send(() => throwing("boom"))).toBeUndefined()
    expect(ref.send(() => at.note("never"))).toBeUndefined()
    expect(at.notes).toEqual([])
  })

  it("stops a throw at the boundary of the actor that threw: the sender goes on", async () => {
    const at = world()
    const sender = await startDoer(at)
    const target = await startDoer(at)
    sender.send(() => {
      target.send(() => throwing("boom"))
      at.note("the sender goes on")
    })
    sender.send(() => at.note("and on"))
    expect(at.notes).toEqual(["the sender goes on", "and on"])
    expect(at.system.actors).toBe(1)
    expect(at.system.depth).toBe(0)
    expect(at.system.current).toBeUndefined()
  })
})

describe("signals", () => {
  it("never run on the stack of the actor that caused them, first in first out, and before any microtask", async () => {
    const at = world()
    const watcher = await startDoer(at, { down: (_ref, from) => at.note(`down ${names.get(from)}`) })
    const a = await startDoer(at)
    const b = await startDoer(at)
    const names = new Map<unknown, string>([
      [a, "a"],
      [b, "b"],
    ])
    watcher.send((context) => {
      monitor(context, b)
      monitor(context, a)
    })
    const cause = await startDoer(at)
    cause.send(() => {
      queueMicrotask(() => at.note("microtask"))
      a.send(() => throwing("a"))
      at.note("a has crashed")
      b.send(() => throwing("b"))
      at.note("b has crashed")
    })
    at.note("outermost dispatch is over")
    await settle()
    expect(at.notes).toEqual([
      "a has crashed",
      "b has crashed",
      "down a",
      "down b",
      "outermost dispatch is over",
      "microtask",
    ])
  })

  it("take their place in the mailbox behind the messages that were there", async () => {
    const at = world()
    const watcher = await startDoer(at, { down: () => at.note("down") })
    const target = await startDoer(at)
    const hold = deferred()
    watcher.send((context) => {
      monitor(context, target)
    })
    watcher.send(() => hold.promise)
    watcher.send(() => at.note("message before"))
    target.send(() => throwing("boom"))
    watcher.send(() => at.note("message after"))
    hold.resolve()
    await settle()
    expect(at.notes).toEqual(["message before", "down", "message after"])
  })
})
