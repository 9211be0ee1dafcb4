/**
 * Whether a record may go to the server of the present link.
 */

import { publishSize } from "../codec/index.js"
import { LARGEST_PACKET, type PublishRecord } from "../session/index.js"
import type { LinkFacts } from "./scope.js"

/** [MQTT-3.2.2-15]: no packet beyond the server's Maximum Packet Size. */
export function tooLarge(record: PublishRecord, facts: LinkFacts): boolean {
  const { maximumPacketSize } = facts.limits
  if (maximumPacketSize === LARGEST_PACKET || record.bytes < maximumPacketSize / 4) return false
  return publishSize(record, record.payload.length, facts.version ?? 5) > maximumPacketSize
}
