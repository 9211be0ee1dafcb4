/**
 * PINGREQ and PINGRESP (§3.12, §3.13): two bytes each, nothing inside.
 */
import type { PacketCodec } from "../packet-codec.js"

export interface Pingreq {
  readonly type: "pingreq"
}

export interface Pingresp {
  readonly type: "pingresp"
}

export const pingreq: PacketCodec<Pingreq> = {
  nibble: 12,
  flags: () => 0,
  encode() {},
  decode: () => PINGREQ,
}

export const pingresp: PacketCodec<Pingresp> = {
  nibble: 13,
  flags: () => 0,
  encode() {},
  decode: () => PINGRESP,
}

const PINGREQ: Pingreq = Object.freeze({ type: "pingreq" })
const PINGRESP: Pingresp = Object.freeze({ type: "pingresp" })
