/**
 * The short cuts of the hot path, and their only home: the common forms of PUBLISH and of the four acknowledgements,
 * read by hand. Each gives undefined for whatever is not common, wrong bytes included: `decode.ts` then reads, or
 * judges, the packet again from its start. A test holds both to the same packets.
 */
import type { Chunk } from "./chunk.js"
import type { Puback, Pubcomp, Pubrec, Pubrel } from "./packets/ack.js"
import type { Publish } from "./packets/publish.js"
import { NO_PROPERTIES } from "./properties.js"
import { topicCache } from "./reader.js"
import type { ProtocolVersion, QoS } from "./version.js"

/** A PUBLISH without properties; `first` was found to be allowed. */
export function decodeCommonPublish(
  first: number,
  chunk: Chunk,
  start: number,
  end: number,
  version: ProtocolVersion,
): Publish | undefined {
  const { bytes } = chunk
  if (start + 2 > end) return undefined
  const topicEnd = start + 2 + (((bytes[start] as number) << 8) | (bytes[start + 1] as number))
  const qos = ((first >> 1) & 3) as QoS
  const payloadStart = topicEnd + (qos === 0 ? 0 : 2) + (version === 5 ? 1 : 0)
  if (payloadStart > end) return undefined
  if (version === 5 && bytes[payloadStart - 1] !== 0) return undefined
  const packetId = qos === 0 ? 0 : ((bytes[topicEnd] as number) << 8) | (bytes[topicEnd + 1] as number)
  if (qos !== 0 && packetId === 0) return undefined
  const topic = topicCache.read(bytes, start + 2, topicEnd)
  if (topic === undefined) return undefined
  return {
    type: "publish",
    topic,
    payload: chunk.view(payloadStart, end),
    qos,
    retain: (first & 1) !== 0,
    dup: (first & 8) !== 0,
    packetId,
    properties: NO_PROPERTIES,
  }
}

/** An acknowledgement of just two bytes, which means success; `first` was found to be allowed. */
export function decodeShortAck(
  first: number,
  bytes: Uint8Array,
  start: number,
): Puback | Pubrec | Pubrel | Pubcomp | undefined {
  const packetId = ((bytes[start] as number) << 8) | (bytes[start + 1] as number)
  if (packetId === 0) return undefined
  switch (first >> 4) {
    case 4:
      return { type: "puback", packetId, reasonCode: 0, properties: NO_PROPERTIES }
    case 5:
      return { type: "pubrec", packetId, reasonCode: 0, properties: NO_PROPERTIES }
    case 6:
      return { type: "pubrel", packetId, reasonCode: 0, properties: NO_PROPERTIES }
    case 7:
      return { type: "pubcomp", packetId, reasonCode: 0, properties: NO_PROPERTIES }
    default:
      return undefined
  }
}
