/**
 * The whole life of one inflight actor, as the client runs it, without codec and network: its record, its spawning under the
 * inflight supervisor, its chart from the PUBLISH to the last acknowledgement, the reply to its caller, its normal end.
 * Medians of rounds, in nanoseconds a life.
 *
 *   record ─▶ spawn ─▶ PUBLISH ─▶ [PUBREC ─▶ PUBREL ─▶] PUBACK or PUBCOMP ─▶ session settles ─▶ exit
 *
 *   npx tsc -p tsconfig.bench.json && node build/bench/inflight.js [lives a round]
 */
import { performance } from "node:perf_hooks"
import { NO_PROPERTIES, type QoS } from "terrapin/codec"
import { startOutbound } from "../src/actors/inflight.js"
import type { ClientScope } from "../src/actors/scope.js"
import { settlePublish } from "../src/actors/settling.js"
import { Actor, Calls, createSystem, type Program, systemOf } from "../src/runtime/index.js"
import { type PublishRecord, publishRecord } from "../src/session/index.js"
import { FactoryProgram } from "../src/supervisor/index.js"

const LIVES = Number(process.argv[2] ?? 200_000)
const ROUNDS = 15
const WARM_UP_ROUNDS = 4
const PUBLISH = { what: "publish", timeoutMs: 0 }

/** In place of the session actor: settles what is done. */
class Settling implements Program<PublishRecord> {
  readonly kind = "actor"
  init(): undefined {}
  handle(record: PublishRecord): undefined {
    settlePublish(scope, record)
  }
}

const system = systemOf(createSystem())
const supervisor = new Actor<never>(system, "inflight", { trapExit: true })
const factory = {
  intensity: { restarts: 10, periodMs: 1_000 },
  template: { rebuild: () => undefined, restart: () => undefined },
  report: () => undefined,
}
supervisor.start(new FactoryProgram(factory, supervisor), 0)
const session = new Actor<PublishRecord>(system, "session", {})
let releases = 0
let written = 0
/** What an outgoing publication touches, and no more. */
const scope = {
  system,
  calls: new Calls(system.clock),
  names: { inflight: { whereis: () => supervisor }, session },
  session: { nextReleaseOrder: () => ++releases },
  port: { open: true, epoch: 1, publish: () => written++, ack: () => written++ },
} as unknown as ClientScope
session.start(new Settling(), 0)

const payload = new Uint8Array(64)
const fields = { packetId: 1, reasonCode: 0, properties: NO_PROPERTIES } as const
const puback = { type: "puback", ...fields } as const
const pubrec = { type: "pubrec", ...fields } as const
const pubcomp = { type: "pubcomp", ...fields } as const

const contests = [
  { what: "QoS 1, nobody waits", run: () => life(1) },
  { what: "QoS 2, nobody waits", run: () => life(2) },
  { what: "QoS 1, with its caller's promise", run: () => called(1) },
  { what: "QoS 2, with its caller's promise", run: () => called(2) },
]
const figures = contests.map(() => [] as number[])
for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
  for (const [index, { run }] of contests.entries()) {
    const begun = performance.now()
    for (let done = 0; done < LIVES; done++) run()
    const nanoseconds = ((performance.now() - begun) * 1e6) / LIVES
    if (round >= WARM_UP_ROUNDS) figures[index]?.push(nanoseconds)
    await Promise.resolve()
  }
}
console.log(
  `Node ${process.version}, medians of ${ROUNDS} rounds of ${LIVES} lives, ns a life, ${written} packets in all`,
)
for (const [index, { what }] of contests.entries()) {
  const median = figures[index]?.toSorted((one, other) => one - other)[ROUNDS >> 1] ?? Number.NaN
  console.log(`${median.toFixed(0).padStart(9)}   ${what}`)
}

function life(qos: QoS, ref = 0): void {
  const record = publishRecord({ topic: "a", qos, retain: false, properties: NO_PROPERTIES }, payload, 65)
  record.packetId = 1
  record.ref = ref
  startOutbound(scope, record)
  if (qos === 1) record.inflight?.send(puback)
  else {
    record.inflight?.send(pubrec)
    record.inflight?.send(pubcomp)
  }
}

function called(qos: QoS): void {
  life(qos, scope.calls.open(PUBLISH))
}
