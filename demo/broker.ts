/**
 * The broker, and the relay in front of it whose links can be cut.
 *
 *     building ──▶ relay (chaos proxy, loopback) ──▶ aedes in this process, or the server of --server
 *
 * The relay and aedes are those of the tests: aedes 1.2 has two faults at QoS 2 over cut links that would double messages
 * whoever the client is, and test/support/aedes.ts repairs them.
 */

import { connect } from "terrapin"
import { startAedes } from "../test/support/aedes.js"
import { type ChaosProxy, chaosProxy } from "../test/support/chaos-proxy.js"
import { BrokeOffError } from "./patience.js"

export interface DemoBroker extends AsyncDisposable {
  /** For people. */
  readonly name: string
  /** What the building dials: the relay. */
  readonly url: string
  readonly relay: ChaosProxy
  /** Discards what the broker keeps for these client identifiers. */
  forget(clientIds: readonly string[]): Promise<void>
}

const DEFAULT_PORT = 1883
const PROBE_TIMEOUT_MS = 3_000

/** @param server undefined: aedes is started. @throws (rejects) BrokeOffError when nobody answers there */
export async function openBroker(server: URL | undefined): Promise<DemoBroker> {
  const aedes = server === undefined ? await startAedes() : undefined
  const direct = server ?? new URL(`mqtt://127.0.0.1:${aedes?.port}`)
  try {
    await probe(direct)
    const relay = await chaosProxy({
      brokerHost: direct.hostname.replace(/^\[|\]$/g, ""),
      brokerPort: Number(direct.port || DEFAULT_PORT),
      random: Math.random,
    })
    const url = new URL(direct)
    url.hostname = "127.0.0.1"
    url.port = String(relay.port)
    return {
      name: aedes === undefined ? direct.host : `aedes on port ${aedes.port}`,
      url: url.href,
      relay,
      forget: (clientIds) => forget(direct, clientIds),
      async [Symbol.asyncDispose]() {
        await relay.stop()
        await aedes?.stop()
      },
    }
  } catch (error) {
    await aedes?.stop()
    throw error
  }
}

/** Whether somebody who speaks MQTT is there at all: better told now than after a row of vain attempts. */
async function probe(server: URL): Promise<void> {
  try {
    const client = await connect(server, { connectTimeoutMs: PROBE_TIMEOUT_MS })
    await client.disconnect()
  } catch (error) {
    throw new BrokeOffError(`no broker answers at ${server.host}`, { cause: error })
  }
}

/** A clean start, and a session that ends with its link, leave nothing at the broker. */
async function forget(server: URL, clientIds: readonly string[]): Promise<void> {
  for (const clientId of clientIds) {
    const client = await connect(server, { clientId, cleanStart: true, session: { expirySeconds: 0 } })
    await client.disconnect()
  }
}
