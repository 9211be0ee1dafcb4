/**
 * The real brokers that the integration tests run against, each behind the same few words, and what is common to all those
 * tests: nothing may be left open behind them, and mosquitto may not have found fault with a packet of ours.
 */
import { setImmediate as nextTurn } from "node:timers/promises"
import { describe, expect } from "vitest"
import { startAedes } from "./aedes.js"
import { findMosquitto, startMosquitto } from "./mosquitto.js"

export interface TestServer extends AsyncDisposable {
  readonly port: number
  /** How often it ended a link because it could not take what came for MQTT. */
  faults(): number
}

export interface ServerKind {
  readonly name: string
  readonly version: 4 | 5
  readonly start: () => Promise<TestServer>
  /** Has the fault that sparing.ts tells of. */
  readonly forgetsReleases: boolean
}

export const AEDES: ServerKind = { name: "aedes (3.1.1)", version: 4, start: aedes, forgetsReleases: false }
const MOSQUITTO: readonly ServerKind[] = [
  { name: "mosquitto (5)", version: 5, start: mosquitto, forgetsReleases: true },
  { name: "mosquitto (3.1.1)", version: 4, start: mosquitto, forgetsReleases: true },
]

/** Runs the suite against each server; where there is no mosquitto, says so and counts its tests as skipped. */
export function describeServers(promise: string, suite: (kind: ServerKind) => void): void {
  describe(`${promise}: ${AEDES.name}`, () => suite(AEDES))
  describeMosquitto(promise, suite)
}

/** The same against mosquitto alone. */
export function describeMosquitto(promise: string, suite: (kind: ServerKind) => void): void {
  const missing = findMosquitto() === undefined
  if (missing) report(`!!! mosquitto is not installed: "${promise}" is SKIPPED against mosquitto !!!`)
  for (const kind of MOSQUITTO) describe.skipIf(missing)(`${promise}: ${kind.name}`, () => suite(kind))
}

async function aedes(): Promise<TestServer> {
  const broker = await startAedes()
  return { port: broker.port, faults: () => broker.faults, [Symbol.asyncDispose]: broker.stop }
}

async function mosquitto(): Promise<TestServer> {
  const broker = await startMosquitto()
  return { port: broker.port, faults: () => faultsIn(broker.log), [Symbol.asyncDispose]: broker.stop }
}

/** How often a mosquitto ended a link for a malformed packet or a broken rule, by its log. */
export function faultsIn(log: readonly string[]): number {
  return log.filter((line) => /malformed|protocol error|invalid/i.test(line)).length
}

/** A line of a test's own on the screen: counts that somebody wants to read even when all is well. */
export function report(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** What keeps this process alive, by kind: `const left = resources(); …; await left()` fails on what was not there before. */
export function resources(): () => Promise<void> {
  const before = countResources()
  return async () => {
    // A closed socket is gone some turns after it was closed.
    for (let turn = 0; turn < 1_000 && grown(before).length > 0; turn++) await nextTurn()
    expect(grown(before)).toEqual([])
  }
}

function grown(before: ReadonlyMap<string, number>): string[] {
  return Array.from(countResources()).flatMap(([kind, count]) => {
    const more = count - (before.get(kind) ?? 0)
    return more > 0 ? [`${more} ${kind}`] : []
  })
}

function countResources(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) {
    if (kind !== "Immediate") counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}
