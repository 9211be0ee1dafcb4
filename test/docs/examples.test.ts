/**
 * Every program of docs/examples is run against a broker, and has to print what the documentation leads one to expect.
 */
import { readdirSync } from "node:fs"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type Broker, startBroker } from "./broker.js"

/** What a program exports: `stop` when it does not end by itself. */
interface Example {
  readonly stop?: () => Promise<void>
}

/** Each program and the lines that it prints, in order. */
const EXAMPLES: Readonly<
  Record<string, { readonly load: () => Promise<Example>; readonly prints: readonly string[] }>
> = {
  "crash.ts": {
    load: () => import("../../docs/examples/crash.js"),
    prints: ["the handler starts", "the handler crashed", "the handler starts", "21 °C", "the link is up"],
  },
  "handler.ts": {
    load: () => import("../../docs/examples/handler.js"),
    prints: ["the link is up", "ocp-tower/+/door is up", "alarm on floor 4"],
  },
  "minute.ts": {
    load: () => import("../../docs/examples/minute.js"),
    prints: ["floor 3: 21 °C"],
  },
  "publish.ts": {
    load: () => import("../../docs/examples/publish.js"),
    prints: ["PUBACK 0x0", "PUBCOMP 0x0", "taken", "invalid_topic"],
  },
  "service.ts": {
    load: () => import("../../docs/examples/service.js"),
    prints: ["ocp-tower, floor 3: heat"],
  },
  "subscribe.ts": {
    load: () => import("../../docs/examples/subscribe.js"),
    prints: ["3 north/lock open", "ocp-tower/+/temperature 1", "ocp-tower/+/meter 2"],
  },
}

describe("docs/examples", () => {
  it("are all run by this file", () => {
    const programs = readdirSync(new URL("../../docs/examples", import.meta.url)).filter((name) => name.endsWith(".ts"))
    expect(programs.sort()).toEqual(Object.keys(EXAMPLES).sort())
  })

  it.each(Object.entries(EXAMPLES))("%s runs and prints what the documentation says", async (_, { load, prints }) => {
    const lines = listen(prints.length)
    const example = await load()
    await lines.complete
    await example.stop?.()
    expect(lines.printed).toEqual(prints)
  })
})

let broker: Broker
beforeEach(async () => {
  broker = await startBroker()
  vi.stubEnv("MQTT_SERVER", broker.url)
})
afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  await broker.close()
})

/** Hears console.log; `complete` resolves when this many lines have been printed. */
function listen(count: number): { readonly printed: readonly string[]; readonly complete: Promise<void> } {
  const printed: string[] = []
  const complete = new Promise<void>((resolve) => {
    vi.spyOn(console, "log").mockImplementation((...parts: unknown[]) => {
      printed.push(parts.join(" "))
      if (printed.length === count) resolve()
    })
  })
  return { printed, complete }
}
