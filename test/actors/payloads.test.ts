/** A payload is not copied by publish(): its array is the caller's again when the promise settles, and not before. */
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { outcomeOf } from "../client/client-world.js"
import type { ScriptedLink } from "../support/scripted-link.js"
import { linked } from "./delivery-world.js"

const LARGE = 20_000
const MORE_THAN_THE_LINK_TAKES = 200_000
const CONGESTING = 2_000_000

/** The first bytes of the payloads that came. */
async function firstBytes(link: ScriptedLink): Promise<(number | undefined)[]> {
  await settle()
  return link.receiveRest().map((packet) => (packet.type === "publish" ? packet.payload[0] : undefined))
}

describe("the array of a payload may be used again when publish() has resolved", () => {
  it.each([1, 16_383, 16_384, LARGE, CONGESTING])("%i bytes with QoS 0", async (size) => {
    const { client, link } = await linked(5)
    const payload = new Uint8Array(size).fill(7)
    await client.publish("t", payload)
    payload.fill(0)
    expect(await firstBytes(link)).toEqual([7])
  })

  it("also where it waited for the link", async () => {
    const { client, link, relink } = await linked(5)
    link.reset()
    await settle()
    const payload = new Uint8Array(LARGE).fill(7)
    const published = client.publish("t", payload).then(() => payload.fill(0))
    const next = await relink()
    await published
    expect(await firstBytes(next)).toEqual([7])
  })

  it("which a large one does only when the link has no more use for it", async () => {
    const { client, link } = await linked(5)
    link.stopReading()
    const large = client.publish("t", new Uint8Array(MORE_THAN_THE_LINK_TAKES))
    const small = client.publish("t", "a")
    expect(await outcomeOf(small)).toEqual({ value: { qos: 0 } })
    expect(await outcomeOf(large)).toBe("pending")
    link.startReading()
    expect(await outcomeOf(large)).toEqual({ value: { qos: 0 } })
  })

  it("which one that was written after the link was full does not take from its drain", async () => {
    const { client, link } = await linked(5)
    link.stopReading()
    void client.publish("t", new Uint8Array(MORE_THAN_THE_LINK_TAKES))
    await settle()
    const payload = new Uint8Array(LARGE).fill(7)
    const published = client.publish("t", payload).then(() => payload.fill(0))
    link.startReading() // what the link had taken is sent; the second payload has not been written yet
    await published
    expect(await firstBytes(link)).toEqual([0, 7])
  })

  it("and at once after send(), which tells nobody when", async () => {
    const { client, link, relink } = await linked(5)
    const payload = new Uint8Array(LARGE).fill(7)
    client.send("t", payload)
    client.send("t", payload, { qos: 1 })
    payload.fill(0)
    expect(await firstBytes(link)).toEqual([7, 7])
    link.reset()
    await settle()
    payload.fill(8)
    client.send("waits", payload)
    payload.fill(0)
    expect(await firstBytes(await relink())).toEqual([7, 8])
  })
})

describe("QoS 0 behind a congested link", () => {
  it.each(["timeout", "abort"] as const)("frees its caller: %s", async (how) => {
    const { at, client, link } = await linked(5)
    link.stopReading()
    void client.publish("t", new Uint8Array(CONGESTING))
    await settle()
    const leaving = new AbortController()
    const late = client.publish("t", "a", how === "timeout" ? { timeoutMs: 50 } : { signal: leaving.signal })
    expect(await outcomeOf(late)).toBe("pending")
    leaving.abort()
    await at.clock.advance(60)
    expect(await outcomeOf(late)).toMatchObject({ error: { code: how === "timeout" ? "timed_out" : "aborted" } })
    link.startReading()
    expect(await firstBytes(link)).toEqual([0, 97])
  })
})
