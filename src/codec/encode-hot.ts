/**
 * The short cuts of the hot path, and their only home: whole packets, the head of a PUBLISH and the four acknowledgements,
 * straight into a caller's buffer, without an object or an array per packet. The common forms are written here by hand;
 * everything else goes the way of `encode.ts`. A test holds both to the same bytes.
 */

import { writePacket } from "./encode.js"
import { InvalidPacketError } from "./errors.js"
import type { Packet } from "./packet.js"
import type { AckProperties, AckType } from "./packets/ack.js"
import {
  checkPayloadLength,
  encodePublishFields,
  leastPublishBytes,
  type PublishHead,
  publishFlags,
} from "./packets/publish.js"
import { NO_PROPERTIES } from "./properties.js"
import { isShortPlainTopic } from "./topic.js"
import { MAXIMUM_VARINT, type ProtocolVersion, varintSize } from "./version.js"
import { Writer, writeVarint } from "./writer.js"

/** Topics up to here are written by hand. */
const SHORT_TOPIC = 64

/**
 * Writes a whole packet at `offset` and returns the offset after it, or -1 when there is not enough room; what is in
 * `target` from `offset` on has then no meaning.
 * @throws InvalidPacketError for a packet that may not be sent, whether or not there is room
 */
export function encodeInto(packet: Packet, version: ProtocolVersion, target: Uint8Array, offset: number): number {
  switch (packet.type) {
    case "publish": {
      const { payload } = packet
      const at = encodePublishHead(target, offset, packet, payload.length, packet.packetId, packet.dup, version)
      if (at < 0 || at + payload.length > target.length) return -1
      copy(payload, target, at)
      return at + payload.length
    }
    case "puback":
    case "pubrec":
    case "pubrel":
    case "pubcomp":
      return encodeAckInto(target, offset, packet.type, packet.packetId, packet.reasonCode, packet.properties, version)
    default:
      return fitting(writePacket(packet, version, target, offset), target)
  }
}

/**
 * Writes a PUBLISH up to its payload, which the caller puts after it: the remaining length counts `payloadLength`.
 * `packetId` is not looked at with QoS 0. Returns the offset after the head or -1 when the head has not enough room.
 * @throws InvalidPacketError
 */
export function encodePublishHead(
  target: Uint8Array,
  offset: number,
  publish: PublishHead,
  payloadLength: number,
  packetId: number,
  dup: boolean,
  version: ProtocolVersion,
): number {
  const { topic, qos } = publish
  const characters = topic.length
  const isCommon =
    (publish.properties === NO_PROPERTIES || version < 5) && characters - 1 < SHORT_TOPIC && characters > 0
  const remaining = 2 + characters + (qos === 0 ? 0 : 2) + (version === 5 ? 1 : 0) + payloadLength
  if (!isCommon || offset + 10 + characters > target.length || remaining > MAXIMUM_VARINT) {
    return encodeAnyPublishHead(target, offset, publish, payloadLength, packetId, dup, version)
  }
  let at = offset
  target[at++] = 0x30 | publishFlags(publish, dup)
  if (remaining < 0x80) target[at++] = remaining
  else at = writeVarint(remaining, target, at)
  target[at++] = 0
  target[at++] = characters
  for (let index = 0; index < characters; index++) {
    const unit = topic.charCodeAt(index)
    // U+0000, "#", "+" and all that is not ASCII: the long way judges them.
    if (unit >= 0x80 || unit === 0 || unit === 0x23 || unit === 0x2b) {
      return encodeAnyPublishHead(target, offset, publish, payloadLength, packetId, dup, version)
    }
    target[at++] = unit
  }
  if (qos !== 0) {
    checkPacketId(packetId)
    target[at++] = packetId >>> 8
    target[at++] = packetId
  }
  if (version === 5) target[at++] = 0
  return at
}

/**
 * Writes PUBACK, PUBREC, PUBREL or PUBCOMP; before MQTT 5 `reasonCode` and `properties` are not written. Returns the
 * offset after it or -1 when there is not enough room.
 * @throws InvalidPacketError
 */
export function encodeAckInto(
  target: Uint8Array,
  offset: number,
  type: AckType,
  packetId: number,
  reasonCode: number,
  properties: AckProperties,
  version: ProtocolVersion,
): number {
  if (version === 5 && (reasonCode !== 0 || properties !== NO_PROPERTIES)) {
    return fitting(writePacket({ type, packetId, reasonCode, properties }, version, target, offset), target)
  }
  checkPacketId(packetId)
  if (offset + 4 > target.length) return -1
  target[offset] = ACK_FIRST_BYTE[type]
  target[offset + 1] = 2
  target[offset + 2] = packetId >>> 8
  target[offset + 3] = packetId
  return offset + 4
}

/** The bytes that the whole PUBLISH takes on the wire, fixed header and payload included. @throws InvalidPacketError */
export function publishSize(publish: PublishHead, payloadLength: number, version: ProtocolVersion): number {
  checkPayloadLength(payloadLength)
  const remaining = publishFieldsSize(publish, version) + payloadLength
  return 1 + varintSize(remaining) + remaining
}

function publishFieldsSize(publish: PublishHead, version: ProtocolVersion): number {
  if ((publish.properties === NO_PROPERTIES || version < 5) && isShortPlainTopic(publish.topic)) {
    return 2 + publish.topic.length + (publish.qos === 0 ? 0 : 2) + (version === 5 ? 1 : 0)
  }
  const writer = new Writer(NOWHERE, 0)
  encodePublishFields(publish, 1, writer, version)
  return writer.offset
}

function encodeAnyPublishHead(
  target: Uint8Array,
  offset: number,
  publish: PublishHead,
  payloadLength: number,
  packetId: number,
  dup: boolean,
  version: ProtocolVersion,
): number {
  checkPayloadLength(payloadLength)
  const writer = new Writer(target, offset)
  const leastBytes = leastPublishBytes(publish, payloadLength)
  writer.byte(0x30 | publishFlags(publish, dup))
  const start = writer.openSection(leastBytes)
  encodePublishFields(publish, packetId, writer, version)
  writer.closeSection(start, "packet", leastBytes, payloadLength)
  return fitting(writer.offset, target)
}

function fitting(end: number, target: Uint8Array): number {
  return end <= target.length ? end : -1
}

function checkPacketId(packetId: number): void {
  if (packetId < 1 || packetId > 0xffff || !Number.isInteger(packetId)) {
    throw new InvalidPacketError("packetId", "is not an integer from 1 to 65535")
  }
}

/** `set` has a price of its own that short payloads need not pay. */
function copy(bytes: Uint8Array, target: Uint8Array, offset: number): void {
  if (bytes.length > 32) target.set(bytes, offset)
  else for (let index = 0; index < bytes.length; index++) target[offset + index] = bytes[index] as number
}

const NOWHERE = new Uint8Array(0)
const ACK_FIRST_BYTE: { readonly [T in AckType]: number } = { puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70 }
