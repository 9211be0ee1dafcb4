/** Reading rests for a millisecond while packets come thick and alone; nobody who waits for one is slowed down. */
import { type Client, defineHandler } from "terrapin"
import { describe, expect, it } from "vitest"
import { type ReadFacts, ReadPace } from "../../src/actors/read-pace.js"
import { settle } from "../../src/testing/index.js"
import { publishPacket } from "../client/client-world.js"
import { type Linked, linked } from "./delivery-world.js"

const small = { bytes: 90, packets: 1, inflight: 0, calls: 0, asked: 0 }

describe("a client's reading", () => {
  it("rests for a millisecond once messages come thick, and loses none of them", async () => {
    const { at, link, received } = await flooded()
    link.send(publishPacket("t", "late"))
    await settle()
    expect(received.at(-1)).toBe("first of the stretch")
    await at.clock.advance(1)
    expect(received.at(-1)).toBe("late")
  })

  it("goes on at once when messages do not come thick", async () => {
    const { at, link, received } = await flooded()
    await at.clock.advance(50)
    for (const payload of ["a", "b", "c"]) {
      link.send(publishPacket("t", payload))
      await settle()
      expect(received.at(-1)).toBe(payload)
    }
  })

  it("leaves no timer behind when the link ends while it rests", async () => {
    const { at, client } = await flooded()
    await client.disconnect({ drainMs: 0 })
    expect(at.clock.pending).toBe(0)
  })

  /** 64 messages at once, and one 5 ms later: that is thick, and the last read was small. */
  async function flooded(): Promise<Linked & { readonly client: Client; readonly received: string[] }> {
    const received: string[] = []
    const handler = defineHandler({ handlePublish: (_levels, message) => void received.push(message.text()) })
    const world = await linked(4, { handler })
    await world.at.clock.advance(100)
    world.link.send(publishPacket("t", "opens the stretch"))
    await settle()
    world.link.send(...Array.from({ length: 64 }, () => publishPacket("t", "flood")))
    await settle()
    await world.at.clock.advance(5)
    world.link.send(publishPacket("t", "first of the stretch"))
    await settle()
    return { ...world, received }
  }
})

describe("the pace of reads", () => {
  it.each<{ readonly read: Partial<ReadFacts>; readonly rests: boolean; readonly when: string }>([
    { read: {}, rests: true, when: "it is small and nobody waits" },
    { read: { bytes: 255 }, rests: true, when: "it is just small" },
    { read: { bytes: 256 }, rests: false, when: "it is not small: the server is fast" },
    { read: { calls: 1 }, rests: false, when: "a caller waits" },
    { read: { calls: 192, inflight: 192 }, rests: false, when: "callers wait for what is in flight" },
    {
      read: { calls: 193, inflight: 193 },
      rests: true,
      when: "so much is in flight that a millisecond holds nobody up",
    },
    { read: { asked: 1 }, rests: false, when: "something was asked since the last read: it may be the answer" },
  ])("rests: $rests when $when", ({ read, rests }) => {
    expect(thick().rests({ nowMs: 6, ...small, ...read })).toBe(rests)
  })

  it("goes on after each message that an own one followed, and rests again when nothing is asked any more", () => {
    const pace = thick()
    for (let asked = 1; asked < 10; asked++) expect(pace.rests({ nowMs: 6, ...small, asked })).toBe(false)
    expect(pace.rests({ nowMs: 6, ...small, asked: 9 })).toBe(true)
  })

  it.each([
    { packets: 31, nowMs: 4, rests: false },
    { packets: 32, nowMs: 4, rests: true },
    { packets: 55, nowMs: 7, rests: false },
    { packets: 56, nowMs: 7, rests: true },
    { packets: 1_000, nowMs: 3, rests: false },
    { packets: 1_000, nowMs: 8, rests: false },
  ])("finds $packets packets in $nowMs ms thick: $rests", ({ packets, nowMs, rests }) => {
    const pace = new ReadPace()
    pace.rests({ nowMs: 0, ...small })
    expect(pace.rests({ nowMs, ...small, packets })).toBe(rests)
  })

  it("stops resting after a pause", () => {
    const pace = thick()
    expect(pace.rests({ nowMs: 30, ...small })).toBe(false)
  })
})

/** Thick since 5 ms. */
function thick(): ReadPace {
  const pace = new ReadPace()
  pace.rests({ nowMs: 0, ...small })
  pace.rests({ nowMs: 5, ...small, packets: 100 })
  return pace
}
