/**
 * The union of all packets, and the table of their codecs: a packet without a codec does not compile.
 */
import type { PacketCodec } from "./packet-codec.js"
import { type Puback, type Pubcomp, type Pubrec, type Pubrel, puback, pubcomp, pubrec, pubrel } from "./packets/ack.js"
import { type Auth, auth } from "./packets/auth.js"
import { type Connack, connack } from "./packets/connack.js"
import { type Connect, connect } from "./packets/connect.js"
import { type Disconnect, disconnect } from "./packets/disconnect.js"
import { type Pingreq, type Pingresp, pingreq, pingresp } from "./packets/ping.js"
import { type Publish, publish } from "./packets/publish.js"
import { type Suback, suback } from "./packets/suback.js"
import { type Subscribe, subscribe } from "./packets/subscribe.js"
import { type Unsuback, unsuback } from "./packets/unsuback.js"
import { type Unsubscribe, unsubscribe } from "./packets/unsubscribe.js"

export type Packet =
  | Connect
  | Connack
  | Publish
  | Puback
  | Pubrec
  | Pubrel
  | Pubcomp
  | Subscribe
  | Suback
  | Unsubscribe
  | Unsuback
  | Pingreq
  | Pingresp
  | Disconnect
  | Auth

export type PacketType = Packet["type"]

type Codecs = { readonly [T in PacketType]: PacketCodec<Extract<Packet, { readonly type: T }>> }

const CODECS: Codecs = {
  connect,
  connack,
  publish,
  puback,
  pubrec,
  pubrel,
  pubcomp,
  subscribe,
  suback,
  unsubscribe,
  unsuback,
  pingreq,
  pingresp,
  disconnect,
  auth,
}

/** The codec of that packet's type; undefined for what is no packet, which types exclude and plain JavaScript does not. */
export function codecOf(packet: Packet): PacketCodec<Packet> | undefined {
  return CODECS[packet.type]
}

/** The codec with that type number, 0…15; 0 is reserved and has none [MQTT-2.1.2]. */
export const CODEC_BY_NIBBLE: readonly (PacketCodec<Packet> | undefined)[] = Array.from({ length: 16 }, (_, nibble) =>
  Object.values<PacketCodec<Packet>>(CODECS).find((codec) => codec.nibble === nibble),
)
