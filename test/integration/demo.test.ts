/** `npm start` as its user sees it: what it prints, and its exit code. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import { fileURLToPath } from "node:url"
import { Aedes } from "aedes"
import { describe, expect, it } from "vitest"
import { findMosquitto, startMosquitto } from "../support/mosquitto.js"

const START = fileURLToPath(new URL("../../scripts/start.mjs", import.meta.url))
const LONGEST_MS = 20_000

describe("the demo", () => {
  it("keeps its promises with the broker that it brings along", async () => {
    const { code, text, ms } = await demo()
    expect(text).toContain("✔ every message arrived, at QoS 2 exactly once")
    expect(code).toBe(0)
    expect(ms).toBeLessThan(LONGEST_MS)
    expect(text).toContain("MQTT 3.1.1")
    expectSummary(text)
    for (const restart of RESTARTS) expect(text).toMatch(restart)
  })

  it.skipIf(findMosquitto() === undefined)("keeps its promises with a server of the user's", async () => {
    await using broker = await startMosquitto()
    const { code, text, ms } = await demo("--server", `mqtt://127.0.0.1:${broker.port}`)
    expect(text).toContain("✔ every message arrived, at QoS 2 exactly once")
    expect(code).toBe(0)
    expect(ms).toBeLessThan(LONGEST_MS)
    expect(text).toContain("MQTT 5")
    expectSummary(text)
  })

  it("ends with 1 and says so when the server loses a message", async () => {
    await using broker = await brokenAedes((aedes) => {
      let readings = 0
      // Of QoS 0: any other would be in the broker's store, and come with the next link.
      aedes.authorizeForward = (_client, packet) =>
        packet.topic.endsWith("/temperature") && ++readings === 50 ? undefined : packet
    })
    const { code, text } = await demo("--server", broker.url)
    expect(code).toBe(1)
    expect(text).toMatch(/✘ [1-9]\d* lost at QoS 0/)
    expect(text).not.toContain("✔ every message arrived")
  })

  it("ends with 1 and says so loudly when a reconnect finds no session", async () => {
    await using broker = await brokenAedes((aedes) => {
      const { persistence } = aedes as unknown as { persistence: { subscriptionsByClient(): Promise<object[]> } }
      persistence.subscriptionsByClient = () => Promise.resolve([])
    })
    const { code, text } = await demo("--server", broker.url)
    expect(code).toBe(1)
    expect(text).toContain("THE BROKER HAS NO SESSION")
    expect(text).toContain("✘ 1 reconnects found no session")
  })

  it("ends with 1 when nobody is there", async () => {
    const { code, text } = await demo("--server", "mqtt://127.0.0.1:1")
    expect(code).toBe(1)
    expect(text).toContain("no broker answers at 127.0.0.1:1")
  })

  it("ends with 2 when it does not understand what is asked of it", async () => {
    expect((await demo("--server", "somewhere")).code).toBe(2)
  })
})

/** What each supervisor did. */
const RESTARTS = [
  /thermostat +↻ handlers restarted handler, for: crash/,
  /floor-2 sensors +↻ floor-2 sensors restarted temperature, for: crash/,
  /thermostat +↻ protocol restarted connection, for: killed/,
  /floor-2 +↻ protocol restarted session, inflight, connection, for: killed/,
  /floor-3 +↻ inflight restarted publish, for: killed/,
]

/** The numbers of the summary say the same as the exit code. */
function expectSummary(text: string): void {
  const numbers = (label: string): number[] =>
    (new RegExp(`^ +${label}((?: +\\d+)+)$`, "m").exec(text)?.[1] ?? "").trim().split(/ +/).map(Number)
  for (const label of ["QoS 0, at most once", "QoS 2, exactly once"]) {
    const [sent = 0, ...others] = numbers(label)
    expect(sent).toBeGreaterThan(100)
    expect(others).toEqual([sent, 0, 0, 0])
  }
  const [sent = 0, arrived, lost, , open] = numbers("QoS 1, at least once")
  expect({ arrived, lost, open }).toEqual({ arrived: sent, lost: 0, open: 0 })
  for (const phase of ["PUBLISH without PUBREC", "PUBREC without PUBREL", "PUBREL without PUBCOMP"])
    for (const cut of numbers(phase)) expect(cut).toBeGreaterThan(0)
  const [, present, all] = /reconnects with session present +(\d+) of (\d+)/.exec(text) ?? []
  expect(Number(present)).toBeGreaterThanOrEqual(25)
  expect(all).toBe(present)
}

/** Runs it to its end. `ms` is without what it had to build before. */
async function demo(...words: string[]): Promise<{ code: unknown; text: string; ms: number }> {
  const child = spawn(process.execPath, [START, ...words], { stdio: ["ignore", "pipe", "pipe"] })
  let text = ""
  let began = performance.now()
  const hear = (chunk: string): void => {
    if (text === "" || text.startsWith("terrapin: building")) began = performance.now()
    text += chunk
  }
  child.stdout.setEncoding("utf8").on("data", hear)
  child.stderr.setEncoding("utf8").on("data", hear)
  const [code] = await once(child, "close")
  return { code, text, ms: performance.now() - began }
}

/** aedes with a fault that the demo has to notice. */
async function brokenAedes(spoil: (aedes: Aedes) => void): Promise<AsyncDisposable & { readonly url: string }> {
  const aedes = await Aedes.createBroker()
  spoil(aedes)
  const server = createServer(aedes.handle).listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port")
  return {
    url: `mqtt://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => aedes.close(() => resolve()))
      server.close()
    },
  }
}
