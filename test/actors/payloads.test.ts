/** The array of a payload is the caller's again when the promise of publish() settles, whatever the link does then. */
import { startClient } from "terrapin"
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import type { Transport, TransportLink } from "../../src/transport/index.js"
import { clientWorld, outcomeOf } from "../client/client-world.js"
import type { ScriptedLink } from "../support/scripted-link.js"
import { linked } from "./delivery-world.js"

const LARGE = 20_000
const CONGESTING = 2_000_000

/** A transport whose link, told to hoard, holds chunks as a full socket does: by reference, beyond its close. */
function hoarding(transport: Transport): { transport: Transport; hoard(): void; release(): void } {
  let held: Uint8Array[] | undefined
  let release: () => void = () => undefined
  const open: Transport["open"] = async (...given) => {
    const link = await transport.open(...given)
    release = () => {
      link.write(held ?? [])
      link.close()
    }
    const wrapped: TransportLink = {
      write: (chunks) => {
        if (held === undefined) return link.write(chunks)
        held.push(...chunks)
        return false
      },
      pause: () => link.pause(),
      resume: () => link.resume(),
      close: () => {
        if (held === undefined) link.close()
      },
    }
    return wrapped
  }
  return {
    transport: { label: transport.label, open },
    hoard: () => {
      held = []
    },
    release: () => release(),
  }
}

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

  it("which behind a congested link a large one does when the link has drained", async () => {
    const { client, link } = await linked(5)
    link.stopReading()
    void client.publish("t", new Uint8Array(CONGESTING))
    await settle()
    const payload = new Uint8Array(LARGE).fill(7)
    const published = client.publish("t", payload).then(() => payload.fill(0))
    expect(await outcomeOf(published)).toBe("pending")
    link.startReading()
    await published
    expect(await firstBytes(link)).toEqual([0, 7])
  })

  it("also when disconnect() ends a link whose socket still needs the bytes", async () => {
    const at = clientWorld()
    const socket = hoarding(at.broker.transport)
    const client = startClient({ server: socket.transport, clientId: "toes", system: at.system })
    const { link } = await at.accept()
    await settle()
    socket.hoard()
    const payload = new Uint8Array(LARGE).fill(7)
    const published = client.publish("t", payload).then(() => payload.fill(0))
    await client.disconnect()
    await published
    socket.release()
    expect(await firstBytes(link)).toEqual([7, undefined])
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
  it("lets no turn take more large payloads than it can send", async () => {
    const { client } = await linked(5)
    const outcomes = Array.from({ length: 3 }, () => client.publish("t", new Uint8Array(CONGESTING)))
    let answered = 0
    for (const outcome of outcomes) void outcome.then(() => answered++)
    for (let turns = 0; turns < 10; turns++) await Promise.resolve()
    expect(answered).toBe(1)
  })

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
