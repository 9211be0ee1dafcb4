/** What a CONNECT says, as the in-memory broker judges it. */
import type { Connect, ProtocolVersion } from "../codec/index.js"

/** 3.1.1's return codes for the reason codes that mean the same; every other refusal is "server unavailable". */
const RETURN_CODES: ReadonlyMap<number, number> = new Map([
  [0x84, 1],
  [0x85, 2],
  [0x86, 4],
  [0x87, 5],
])

/** Why the broker cannot serve this client: a reason code of version 5, or undefined. */
export function refusalFor(connect: Connect): number | undefined {
  if (connect.properties.authenticationMethod !== undefined) return 0x8c
  // [3.1.1: MQTT-3.1.3-8]
  return connect.clientId === "" && connect.version < 5 && !connect.cleanStart ? 0x85 : undefined
}

/** A refusal in the words of the client's version. */
export function refusalCode(reasonCode: number, version: ProtocolVersion): number {
  if (version === 5 || reasonCode <= 5) return reasonCode
  return RETURN_CODES.get(reasonCode) ?? 3
}

/** How long the session lives after the link, in seconds; Infinity for ever. */
export function expirySecondsOf(connect: Connect): number {
  if (connect.version < 5) return connect.cleanStart ? 0 : Number.POSITIVE_INFINITY
  return expirySeconds(connect.properties.sessionExpiryInterval, 0)
}

/** 0xFFFFFFFF means never (§3.1.2.11.2). */
export function expirySeconds(seconds: number | undefined, otherwise: number): number {
  return seconds === 0xffff_ffff ? Number.POSITIVE_INFINITY : (seconds ?? otherwise)
}
