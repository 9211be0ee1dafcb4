/**
 * The process of one run: connects one contestant, warms it up, measures, prints one line of JSON.
 *
 *   node build/bench/measure.js '{"contestant":"terrapin", …}'        contestant.ts: Run
 *
 *   connect ──▶ batches of 1,000, 2,000, 4,000 … until the warm-up's time is over ──▶ one batch as long as it was asked for
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { Contestant, Run } from "./contestant.js"

export interface Measured {
  readonly messages: number
  readonly seconds: number
  /** User and system time of this process. */
  readonly cpuSeconds: number
}

const FIRST_BATCH = 1_000
const FED_TOPIC = "bench/feed"

const run = JSON.parse(process.argv[2] ?? "") as Run
const messagesToCome = { left: 0, bytes: 0, ended: () => {} }
const contestant = await connectContestant()
const batch = run.direction === "publish" ? publishing(contestant) : await receiving(contestant)
console.log(JSON.stringify(await measure(batch)))
await contestant.close()
process.exit(0)

async function connectContestant(): Promise<Contestant> {
  const listener = {
    received(payload: Uint8Array) {
      if (payload.length !== run.payloadBytes) fail(new Error(`a payload of ${payload.length} bytes`))
      if (--messagesToCome.left === 0) messagesToCome.ended()
    },
    failed: fail,
  }
  // Only the library that is measured is loaded.
  const connect = run.contestant.startsWith("terrapin")
    ? (await import("./terrapin.js")).connectTerrapin
    : (await import("./mqttjs.js")).connectMqttjs
  return connect(run, listener)
}

async function measure(batch: (messages: number) => Promise<void>): Promise<Measured> {
  const warmUpEnds = performance.now() + run.warmUpMs
  let messages = FIRST_BATCH
  let perMs = 0
  do {
    const begun = performance.now()
    await batch(messages)
    perMs = messages / (performance.now() - begun)
    messages *= 2
  } while (performance.now() < warmUpEnds)
  const measured = Math.max(FIRST_BATCH, Math.round(perMs * run.measureMs))
  const cpu = process.cpuUsage()
  const begun = performance.now()
  await batch(measured)
  const seconds = (performance.now() - begun) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  return { messages: measured, seconds, cpuSeconds: (user + system) / 1e6 }
}

/** Keeps the window full until so many are published and answered. */
function publishing(client: Contestant): (messages: number) => Promise<void> {
  return async (messages) => {
    await new Promise<void>((resolve) => {
      let begun = 0
      let ended = 0
      let filling = false
      const fill = () => {
        if (filling) return // a library that answers at once is in the loop below already
        filling = true
        while (begun < messages && begun - ended < run.window) {
          begun++
          client.publish(done)
        }
        filling = false
      }
      const done = () => {
        if (++ended === messages) resolve()
        else fill()
      }
      fill()
    })
    await client.settle()
  }
}

/** Has so many sent, and waits for the last of them and for its acknowledgement to be on its way. */
async function receiving(client: Contestant): Promise<(messages: number) => Promise<void>> {
  const { server, qos, payloadBytes, window } = run
  const feeder = server.kind === "mosquitto" ? await startFeeder() : undefined
  if (feeder !== undefined) await client.subscribe(FED_TOPIC)
  return async (messages) => {
    const ended = new Promise<void>((resolve) => {
      messagesToCome.ended = resolve
    })
    messagesToCome.left = messages
    if (feeder !== undefined) {
      feeder.send({ messages })
      await ended
    } else {
      const leave = await client.subscribe(`flood/${qos}/${payloadBytes}/${messages}/${window}`)
      await ended
      await leave()
    }
    await client.settle()
  }
}

async function startFeeder(): Promise<ChildProcess> {
  const { server, version, qos, payloadBytes, window } = run
  const program = fileURLToPath(new URL("feeder.js", import.meta.url))
  const feeder = fork(program, [server.port, version, FED_TOPIC, qos, payloadBytes, window].map(String))
  await once(feeder, "message") // it is connected
  return feeder
}

function fail(error: Error): never {
  console.error(error)
  process.exit(1)
}
