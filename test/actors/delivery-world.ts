/**
 * A client whose session outlives its links, for tests of delivery: both versions, no jitter (each retry is due at once).
 *
 *     const { client, link, relink } = await linked(5)
 *     link.reset()
 *     const next = await relink({ sessionPresent: false })
 */
import type { Client, ClientEvent, ClientOptions } from "terrapin"
import type { Connack, Packet, Publish } from "../../src/codec/index.js"
import { settle } from "../../src/testing/index.js"
import { type ClientWorld, clientWorld } from "../client/client-world.js"
import type { ScriptedLink } from "../support/scripted-link.js"

export const VERSIONS: readonly { readonly version: 4 | 5 }[] = [{ version: 5 }, { version: 4 }]

export interface Linked {
  readonly at: ClientWorld
  readonly client: Client
  readonly events: readonly ClientEvent[]
  readonly link: ScriptedLink
  /** Accepts the link that the client opens next; Session Present unless said otherwise. */
  relink(connack?: Partial<Connack>): Promise<ScriptedLink>
  /** Breaks the link and accepts the next one. */
  cut(link: ScriptedLink, connack?: Partial<Connack>): Promise<ScriptedLink>
}

export async function linked<Args = void>(
  version: 4 | 5,
  options: ClientOptions<Args> = {},
  connack?: Partial<Connack>,
): Promise<Linked> {
  const at = clientWorld(0)
  const all = { protocolVersion: version, session: { expirySeconds: 300 }, ...options }
  const { client, link, events } = await at.up(all, connack)
  const relink = async (next?: Partial<Connack>) => {
    await at.clock.advance(0)
    const accepted = await at.accept({ sessionPresent: true, ...next })
    await settle()
    return accepted.link
  }
  const cut = (old: ScriptedLink, next?: Partial<Connack>) => {
    old.reset()
    return relink(next)
  }
  return { at, client, events, link, relink, cut }
}

/** What came and was not received yet, in short: `publish 1 "a"`, `publish 1 "a" DUP`, `pubrel 1`. */
export async function arrived(link: ScriptedLink): Promise<string[]> {
  await settle()
  return link.receiveRest().map(inShort)
}

export function inShort(packet: Packet): string {
  if (packet.type === "publish") return publishInShort(packet)
  const id = "packetId" in packet ? ` ${packet.packetId}` : ""
  const code = "reasonCode" in packet && packet.reasonCode !== 0 ? ` 0x${packet.reasonCode.toString(16)}` : ""
  return packet.type + id + code
}

export function text(publish: { readonly payload: Uint8Array }): string {
  return Buffer.from(publish.payload).toString()
}

function publishInShort(publish: Publish): string {
  const id = publish.qos === 0 ? "" : ` ${publish.packetId}`
  return `publish${id} "${text(publish)}"${publish.dup ? " DUP" : ""}`
}
