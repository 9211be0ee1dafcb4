/**
 * The server's Maximum Packet Size [MQTT-3.2.2-15].
 */

import {
  type AckProperties,
  type AckType,
  type Disconnect,
  encode,
  NO_PROPERTIES,
  type Packet,
} from "../codec/index.js"
import { LARGEST_PACKET } from "../session/index.js"
import type { Port } from "./port.js"

type Limited = Pick<Port, "maximumPacketSize" | "version">
type SmallPacket =
  | Disconnect
  | {
      readonly type: AckType
      readonly packetId: number
      readonly reasonCode: number
      readonly properties: AckProperties
    }

export function packetFits(packet: Packet, { maximumPacketSize, version }: Limited): boolean {
  return maximumPacketSize >= LARGEST_PACKET || encode(packet, version).length <= maximumPacketSize
}

/** Without Reason String and User Properties where it would be too large with them [MQTT-3.4.2-2, -3, 3.14.2-3, -4]. */
export function withoutExcess<P extends SmallPacket>(packet: P, limited: Limited): P {
  if (packet.properties === NO_PROPERTIES || packetFits(packet, limited)) return packet
  const { reasonString: _text, userProperties: _pairs, ...needed } = packet.properties
  return { ...packet, properties: needed }
}
