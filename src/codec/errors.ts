/**
 * The codec's two errors: bytes that are no MQTT, and packets that may not become bytes.
 */
import { TerrapinError } from "../errors.js"

/** The peer broke the protocol: the connection must be closed [MQTT-4.13.1-1]. The decoder that threw it is dead. */
export class MalformedPacketError extends TerrapinError {
  override readonly code = "malformed_packet" as const
  /**
   * The MQTT 5 reason code to send in DISCONNECT (CONNACK for a bad CONNECT) before closing:
   * 0x81 malformed packet, 0x82 protocol error, 0x84 unsupported version, 0x94 topic alias invalid, 0x95 packet too large.
   */
  readonly reasonCode: number

  constructor(message: string, reasonCode: number) {
    super(message)
    this.reasonCode = reasonCode
  }
}

/** A packet that the protocol does not allow to be sent. Nothing of it was sent. */
export class InvalidPacketError extends TerrapinError {
  override readonly code = "invalid_packet" as const
  /** Which field is wrong, dotted: "topic", "properties.receiveMaximum", "will.qos". */
  readonly field: string

  constructor(field: string, message: string) {
    super(`${field} ${message}`)
    this.field = field
  }
}

/** Cannot be parsed: 0x81 (§4.13). */
export function malformed(message: string): MalformedPacketError {
  return new MalformedPacketError(message, 0x81)
}

/** Can be parsed, but says what the protocol does not allow: 0x82 (§4.13). */
export function protocolError(message: string): MalformedPacketError {
  return new MalformedPacketError(message, 0x82)
}
