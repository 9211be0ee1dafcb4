/**
 * Which QoS 1 and 2 flows are open on a link, and how far: by the packets that have wholly passed the proxy.
 *
 *   PUBLISH ──▶ publish_without_pubrec ──PUBREC──▶ pubrec_without_pubrel ──PUBREL──▶ pubrel_without_pubcomp ──PUBCOMP──▶ (closed)
 */
import type { Frame } from "./mqtt-frames.js"

export const PHASES = [
  "publish_without_puback",
  "publish_without_pubrec",
  "pubrec_without_pubrel",
  "pubrel_without_pubcomp",
] as const
export type Phase = (typeof PHASES)[number]

/** "outgoing": the client is the publisher; "incoming": the broker is. */
export type FlowDirection = "outgoing" | "incoming"

/** "up": from the client to the broker. */
export type FrameDirection = "up" | "down"

export class OpenFlows {
  readonly #phases: Readonly<Record<FlowDirection, Map<number, Phase>>> = { outgoing: new Map(), incoming: new Map() }

  /** A packet has passed. */
  passed(frame: Frame, direction: FrameDirection): void {
    const { type, packetId } = frame
    const flows = this.#phases[flowDirection(frame, direction)]
    if (type === "publish" && frame.qos === 1) flows.set(packetId, "publish_without_puback")
    if (type === "publish" && frame.qos === 2) flows.set(packetId, "publish_without_pubrec")
    if (type === "pubrec" && frame.reasonCode < 0x80) flows.set(packetId, "pubrec_without_pubrel")
    if (type === "pubrel") flows.set(packetId, "pubrel_without_pubcomp")
    if (type === "puback" || type === "pubcomp" || (type === "pubrec" && frame.reasonCode >= 0x80))
      flows.delete(packetId)
  }

  /** How many flows are in each phase now. */
  count(direction: FlowDirection): Record<Phase, number> {
    const counts = noFlows()
    for (const phase of this.#phases[direction].values()) counts[phase]++
    return counts
  }
}

export function noFlows(): Record<Phase, number> {
  return {
    publish_without_puback: 0,
    publish_without_pubrec: 0,
    pubrec_without_pubrel: 0,
    pubrel_without_pubcomp: 0,
  }
}

/** PUBLISH and PUBREL go with the message, the other three against it. */
function flowDirection({ type }: Frame, direction: FrameDirection): FlowDirection {
  const withMessage = type === "publish" || type === "pubrel"
  return (direction === "up") === withMessage ? "outgoing" : "incoming"
}
