/**
 * Another MQTT client (MQTT.js) on a link of its own: judges what a client of ours sends, and sends what it is to receive.
 */
import { connectAsync, type IClientOptions } from "mqtt"
import type { QoS } from "../../src/codec/index.js"

export interface Received {
  readonly topic: string
  readonly payload: Uint8Array
  readonly text: string
  readonly retain: boolean
}

export interface Peer extends AsyncDisposable {
  /** Everything that came on any subscription, in order; goes on growing. */
  readonly received: readonly Received[]
  subscribe(topicFilter: string, qos: QoS): Promise<void>
  /** Resolves when its QoS's handshake is complete. */
  publish(topic: string, payload: string | Uint8Array, options: { qos: QoS; retain?: boolean }): Promise<void>
  /** Resolves when it holds; looked at again whenever a message has come. */
  until(holds: (received: readonly Received[]) => boolean): Promise<void>
}

/** A peer that is connected. */
export async function peer(port: number, version: 4 | 5, options: IClientOptions = {}): Promise<Peer> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    protocolVersion: version,
    reconnectPeriod: 0,
    ...options,
  })
  client.stream.setMaxListeners(0) // it adds one for each answer that waits for room
  const received: Received[] = []
  const waiting = new Set<() => void>()
  client.on("error", () => undefined) // whatever it is, messages are missing then
  client.on("message", (topic, payload, { retain }) => {
    received.push({
      topic,
      payload,
      retain,
      get text() {
        return payload.toString()
      },
    })
    for (const look of waiting) look()
  })
  return {
    received,
    async subscribe(topicFilter, qos) {
      await client.subscribeAsync(topicFilter, { qos })
    },
    async publish(topic, payload, { qos, retain = false }) {
      await client.publishAsync(topic, typeof payload === "string" ? payload : Buffer.from(payload), { qos, retain })
    },
    until: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          if (!holds(received)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    async [Symbol.asyncDispose]() {
      await client.endAsync(true)
    },
  }
}
