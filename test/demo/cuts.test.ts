/** Where the demo cuts links, by the packets that pass the relay. */
import { describe, expect, it } from "vitest"
import { cutOnce, describeCut, PLANNED_CUTS, type PlannedCut } from "../../demo/cuts.js"
import type { Frame, FrameType } from "../support/mqtt-frames.js"

const nothing = (): void => undefined

describe("a planned cut", () => {
  it.each<[PlannedCut, FrameType, "up" | "down", "instead" | "after"]>([
    [{ flow: "outgoing", phase: "publish_without_pubrec", kind: "reset" }, "publish", "up", "after"],
    [{ flow: "incoming", phase: "publish_without_pubrec", kind: "reset" }, "publish", "down", "after"],
    [{ flow: "outgoing", phase: "pubrec_without_pubrel", kind: "reset" }, "pubrec", "down", "after"],
    [{ flow: "incoming", phase: "pubrec_without_pubrel", kind: "reset" }, "pubrec", "up", "after"],
    [{ flow: "outgoing", phase: "pubrec_without_pubrel", kind: "garbage" }, "pubrel", "up", "instead"],
    [{ flow: "incoming", phase: "pubrel_without_pubcomp", kind: "half_packet" }, "pubcomp", "up", "instead"],
  ])("%o comes at %s, %s", (cut, type, direction, moment) => {
    const other = direction === "up" ? "down" : "up"
    const rule = cutOnce(cut, nothing)
    expect(rule(frame(type), other, 0)).toBeUndefined()
    expect(rule(frame("pingreq"), direction, 0)).toBeUndefined()
    expect(rule(frame(type), direction, 0)).toEqual({ moment, kind: cut.kind })
    expect(rule(frame(type), direction, 0)).toBeUndefined()
  })

  it("leaves PUBLISH of QoS 1 alone", () => {
    const rule = cutOnce({ flow: "outgoing", phase: "publish_without_pubrec", kind: "reset" }, nothing)
    expect(rule({ ...frame("publish"), qos: 1 }, "up", 0)).toBeUndefined()
  })

  it("is told of when the relay has its answer", async () => {
    let told = 0
    const rule = cutOnce({ flow: "outgoing", phase: "publish_without_pubrec", kind: "reset" }, () => told++)
    rule(frame("publish"), "up", 0)
    expect(told).toBe(0)
    await Promise.resolve()
    expect(told).toBe(1)
  })

  it("is there for every phase, direction and kind", () => {
    expect(PLANNED_CUTS).toHaveLength(3 * 2 * 3)
    expect(new Set(PLANNED_CUTS.map(describeCut)).size).toBe(18)
  })
})

function frame(type: FrameType): Frame {
  return { type, bytes: new Uint8Array(4), qos: 2, dup: false, packetId: 1, sessionPresent: false, reasonCode: 0 }
}
