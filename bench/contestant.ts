/**
 * What is measured: one client library, used as its manual says, behind the few things that a run asks of it.
 */
import type { QoS } from "terrapin/codec"

/** Ways to use a library, each measured for itself. */
export type ContestantName = "terrapin" | "terrapin iterator" | "mqtt.js" | "mqtt.js callback" | "mqtt.js promise"

/** One measurement: one process. */
export interface Run {
  readonly contestant: ContestantName
  readonly direction: "publish" | "receive"
  readonly server: { readonly kind: "sink" | "mosquitto"; readonly port: number }
  readonly version: 4 | 5
  readonly qos: QoS
  readonly payloadBytes: number
  /** Publications unanswered at a time. */
  readonly window: number
  readonly warmUpMs: number
  readonly measureMs: number
}

export interface Contestant {
  /** Publishes with `run.qos`; calls `done` when the library says that it is over. */
  publish(done: () => void): void
  /** Resolves when the server has granted it, with what ends it. */
  subscribe(topicFilter: string): Promise<() => Promise<unknown>>
  /** A QoS 1 publication and its PUBACK: whatever was written before has arrived. */
  settle(): Promise<void>
  close(): Promise<void>
}

/** Makes a connected client; `received` is called for each message, `failed` when something goes wrong. */
export type Connect = (
  run: Run,
  listener: { readonly received: (payload: Uint8Array) => void; readonly failed: (error: Error) => void },
) => Promise<Contestant>

export const TOPIC = "building/3/room/12/temperature"

export function payloadOf(run: Run): Buffer {
  return Buffer.alloc(run.payloadBytes, "x")
}
