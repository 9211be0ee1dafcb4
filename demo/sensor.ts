/**
 * A sensor: an actor that measures at its pace and publishes by its floor's client.
 *
 *     ── measure ──▶ publish, and measure again after everyMs
 *     ── burst ────▶ publishes so many readings at once
 *     ── pace ─────▶ slower, faster, or (0) not at all
 *     ── defect ───▶ publishes a reading that is no number: others will stumble over it
 *     ── overheat ─▶ throws: its own supervisor restarts it
 */

import { type ActorDefinition, type Client, type Context, defineActor, type QoS } from "terrapin"
import type { Ledger } from "./ledger.js"

export type SensorMessage =
  | { readonly kind: "measure" | "defect" | "overheat" }
  | { readonly kind: "burst"; readonly count: number }
  | { readonly kind: "pace"; readonly everyMs: number }

export interface SensorArgs {
  readonly client: Client
  readonly ledger: Ledger
  readonly topic: string
  readonly qos: QoS
  /** At its start, and again after a restart. */
  readonly everyMs: number
  readonly first: number
}

/** The payload of a reading, and of the thermostat's answer. */
export interface Reading {
  /** Of the ledger. */
  readonly id: string
  readonly value: number
}

interface Measuring extends SensorArgs {
  readonly value: number
  /** Cancels the next measurement. */
  readonly cancel: () => void
}

export const sensor: ActorDefinition<SensorArgs, SensorMessage> = defineActor<SensorArgs, SensorMessage, Measuring>({
  init: (args, context) => ({ ...args, value: args.first, cancel: next(args.everyMs, context) }),

  handle(message, state, context) {
    switch (message.kind) {
      case "measure": {
        report(state, state.value)
        return { state: { ...state, value: state.value + 0.1, cancel: next(state.everyMs, context) } }
      }
      case "burst":
        for (let number = 0; number < message.count; number++) report(state, state.value)
        return undefined
      case "pace":
        state.cancel()
        return { state: { ...state, everyMs: message.everyMs, cancel: next(message.everyMs, context) } }
      case "defect":
        report(state, null)
        return undefined
      case "overheat":
        throw new Error(`${state.value.toFixed(1)} degrees are too many for this sensor`)
    }
  },
})

function report({ client, ledger, topic, qos }: Measuring, value: number | null): void {
  const id = ledger.sent(qos)
  ledger.follow(id, client.publish(topic, JSON.stringify({ id, value }), { qos }))
}

function next(everyMs: number, context: Context<SensorMessage>): () => void {
  return everyMs === 0 ? () => undefined : context.sendAfter(everyMs, { kind: "measure" })
}
