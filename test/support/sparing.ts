/**
 * When a proxy may not cut, for a fault of mosquitto (2.0.11) would double QoS 2 messages, and no client can prevent that.
 *
 * On a reconnect it writes the PUBRELs whose PUBCOMP is missing. When that write fails, as the link is cut again already, it
 * forgets on the next reconnect that it had got the PUBREC, and sends the PUBLISH, for which we have no identifier any more.
 * So a link is spared until the broker has answered something on it: until then it may be writing what it writes first.
 */
import type { CutRule } from "./chaos-proxy.js"
import type { FrameType } from "./mqtt-frames.js"

const ANSWERS: ReadonlySet<FrameType> = new Set(["puback", "pubrec", "pubcomp", "suback", "pingresp"])

/** The rule, from a link's first answer on. */
export function sparingResends(rule: CutRule): CutRule {
  let answered = -1
  return (frame, direction, link) => {
    if (direction === "down" && ANSWERS.has(frame.type)) answered = link
    return answered === link ? rule(frame, direction, link) : undefined
  }
}
