/**
 * MQTT 3.1, 3.1.1 and 5: packets to bytes and bytes to packets, synchronous, no I/O, no clock; and the topic tools.
 * A receiver of bytes makes one `Decoder` per connection; a sender calls `encode`, or `encodeInto` with a buffer of its own.
 */
export { decodePacket } from "./decode.js"
export { Decoder, type DecoderOptions } from "./decoder.js"
export { encode } from "./encode.js"
export { encodeAckInto, encodeInto, encodePublishHead, publishSize } from "./encode-hot.js"
export { InvalidPacketError, MalformedPacketError } from "./errors.js"
export type { Packet, PacketType } from "./packet.js"
export type { Ack, AckProperties, AckType, Puback, Pubcomp, Pubrec, Pubrel } from "./packets/ack.js"
export type { Auth } from "./packets/auth.js"
export type { Connack } from "./packets/connack.js"
export type { Connect, ConnectWill } from "./packets/connect.js"
export type { Disconnect } from "./packets/disconnect.js"
export type { Pingreq, Pingresp } from "./packets/ping.js"
export type { Publish, PublishHead } from "./packets/publish.js"
export type { Suback } from "./packets/suback.js"
export type { Subscribe, SubscriptionOptions } from "./packets/subscribe.js"
export type { Unsuback } from "./packets/unsuback.js"
export type { Unsubscribe } from "./packets/unsubscribe.js"
export {
  NO_PROPERTIES,
  PROPERTIES,
  type Properties,
  type PropertyName,
  type PropertyOwner,
  type PropertySpec,
  type UserProperties,
  type WireType,
  type WireValue,
} from "./properties.js"
export {
  isReasonCode,
  REASON_CODES,
  RETURN_CODES,
  type ReasonCodeOwner,
  type ReasonCodeRow,
  reasonCodeName,
  reasonCodesOf,
} from "./reason-codes.js"
export { hasWildcard, joinTopic, splitTopic, topicFilterProblem, topicProblem } from "./topic.js"
export { filtersOverlap, topicMatches } from "./topic-match.js"
export {
  matchTopic,
  type ParsedTopicFilter,
  paramsOf,
  parseTopicFilter,
  type TopicFilterProblem,
  type TopicParams,
  topicParams,
  type WildcardName,
} from "./topic-params.js"
export { TopicTrie } from "./topic-trie.js"
export type { ProtocolVersion, QoS } from "./version.js"
