/**
 * CONNECT (§3.1): the client's first packet. It says its own version, whatever the link speaks so far.
 *
 *   "MQTT" or, in 3.1, "MQIsdp" | level u8 | flags u8 | keep alive u16 | [properties] | client id
 *   | will: [properties] topic payload | user name | password           those that the flags announce
 *
 *   flags   7 user name · 6 password · 5 will retain · 4-3 will QoS · 2 will · 1 clean start · 0 reserved
 */
import { InvalidPacketError, MalformedPacketError, malformed } from "../errors.js"
import type { PacketCodec } from "../packet-codec.js"
import type { Properties } from "../properties.js"
import { decodeProperties } from "../property-decoder.js"
import { encodeProperties } from "../property-encoder.js"
import type { Reader } from "../reader.js"
import type { ProtocolVersion, QoS } from "../version.js"
import { checkInteger, type Writer } from "../writer.js"

/** The message that the server publishes when the client is lost. */
export interface ConnectWill {
  readonly topic: string
  /** At most 65 535 bytes. */
  readonly payload: Uint8Array
  readonly qos: QoS
  readonly retain: boolean
  readonly properties: Properties<"will">
}

export interface Connect {
  readonly type: "connect"
  readonly version: ProtocolVersion
  /** May be empty where the server assigns one: in 3.1.1 only together with `cleanStart`, in 3.1 never. */
  readonly clientId: string
  /** Clean Session in 3.1 and 3.1.1. */
  readonly cleanStart: boolean
  /** 0…65 535; 0 turns keep alive off. */
  readonly keepAliveSeconds: number
  readonly username?: string | undefined
  /** Without a username in MQTT 5 only [3.1.1: MQTT-3.1.2-22]. */
  readonly password?: Uint8Array | undefined
  readonly will?: ConnectWill | undefined
  readonly properties: Properties<"connect">
}

const USERNAME = 0x80
const PASSWORD = 0x40
const WILL_RETAIN = 0x20
const WILL_QOS = 0x18
const WILL = 0x04
const CLEAN_START = 0x02
const RESERVED = 0x01

export const connect: PacketCodec<Connect> = {
  nibble: 1,
  flags: () => 0,
  encode(packet, writer, version) {
    if (packet.version !== version)
      throw new InvalidPacketError("version", `is ${packet.version}, the link's ${version}`)
    checkIdentity(packet)
    writer.text(version === 3 ? "MQIsdp" : "MQTT", "version")
    writer.byte(version)
    writer.byte(connectFlags(packet))
    writer.u16(packet.keepAliveSeconds, "keepAliveSeconds")
    encodeProperties("connect", packet.properties, writer, version)
    writer.text(packet.clientId, "clientId")
    if (packet.will !== undefined) encodeWill(packet.will, writer, version)
    if (packet.username !== undefined) writer.text(packet.username, "username")
    if (packet.password !== undefined) writer.binary(packet.password, "password")
  },
  decode(reader) {
    const version = decodeVersion(reader)
    const flags = reader.byte()
    checkFlags(flags, version)
    const keepAliveSeconds = reader.u16()
    const properties = decodeProperties("connect", reader, version)
    const clientId = reader.text()
    const will = (flags & WILL) === 0 ? undefined : decodeWill(reader, flags, version)
    // 3.1 §3.1: the remaining length takes precedence over these two flags.
    const present = (flag: number) => (flags & flag) !== 0 && (version > 3 || reader.remaining > 0)
    const username = present(USERNAME) ? reader.text() : undefined
    const password = present(PASSWORD) ? reader.binary() : undefined
    const cleanStart = (flags & CLEAN_START) !== 0
    return { type: "connect", version, clientId, cleanStart, keepAliveSeconds, username, password, will, properties }
  },
}

function checkIdentity(packet: Connect): void {
  if (packet.clientId === "" && packet.version < 5 && (packet.version === 3 || !packet.cleanStart)) {
    throw new InvalidPacketError("clientId", "is empty without a clean session [3.1.1: MQTT-3.1.3-7]")
  }
  if (packet.password !== undefined && packet.username === undefined && packet.version < 5) {
    throw new InvalidPacketError("password", "needs a username before MQTT 5 [3.1.1: MQTT-3.1.2-22]")
  }
}

function connectFlags(packet: Connect): number {
  const { will } = packet
  const willFlags =
    will === undefined ? 0 : WILL | (checkInteger(will.qos, 0, 2, "will.qos") << 3) | (will.retain ? WILL_RETAIN : 0)
  return (
    (packet.username === undefined ? 0 : USERNAME) |
    (packet.password === undefined ? 0 : PASSWORD) |
    (packet.cleanStart ? CLEAN_START : 0) |
    willFlags
  )
}

function encodeWill(will: ConnectWill, writer: Writer, version: ProtocolVersion): void {
  encodeProperties("will", will.properties, writer, version)
  writer.topic(will.topic, "will.topic")
  writer.binary(will.payload, "will.payload")
}

function decodeVersion(reader: Reader): ProtocolVersion {
  const name = reader.text()
  const level = reader.byte()
  if (name === "MQTT" && (level === 4 || level === 5)) return level
  if (name === "MQIsdp" && level === 3) return level
  // §3.1.2.1 and §3.1.2.2 [MQTT-3.1.2-1, MQTT-3.1.2-2]
  throw new MalformedPacketError(`unknown protocol ${JSON.stringify(name)} level ${level}`, 0x84)
}

function checkFlags(flags: number, version: ProtocolVersion): void {
  // 3.1 says of the bits it does not use only that they are not used.
  if (version === 3) return
  if ((flags & RESERVED) !== 0) throw malformed("a reserved CONNECT flag is set [MQTT-3.1.2-3]")
  if ((flags & WILL) === 0 && (flags & (WILL_QOS | WILL_RETAIN)) !== 0) {
    throw malformed("will QoS or retain without a will [MQTT-3.1.2-11, MQTT-3.1.2-13]")
  }
  if (version === 4 && (flags & PASSWORD) !== 0 && (flags & USERNAME) === 0) {
    throw malformed("a password without a user name [3.1.1: MQTT-3.1.2-22]")
  }
}

function decodeWill(reader: Reader, flags: number, version: ProtocolVersion): ConnectWill {
  const qos = (flags & WILL_QOS) >> 3
  if (qos === 3) throw malformed("the will's QoS is 3 [MQTT-3.1.2-12]")
  const properties = decodeProperties("will", reader, version)
  const topic = reader.topic()
  const payload = reader.binary()
  return { topic, payload, qos: qos as QoS, retain: (flags & WILL_RETAIN) !== 0, properties }
}
