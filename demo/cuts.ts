/**
 * In which moments links are cut: in every phase of a QoS 2 flow, in both directions, in three ways.
 *
 *     PUBLISH ──▶ · cut? · ◀── PUBREC · cut? · PUBREL ──▶ · cut? · ◀── PUBCOMP
 *
 * A reset comes after the packet that begins the phase; half a packet, or bytes that are no MQTT, come instead of the one
 * that would end it.
 */

import { CUT_KINDS, type CutKind, type CutRule } from "../test/support/chaos-proxy.js"
import type { Frame, FrameType } from "../test/support/mqtt-frames.js"
import type { FlowDirection, FrameDirection } from "../test/support/open-flows.js"
import { FLOW_DIRECTIONS, QOS2_PHASES, type Qos2Phase } from "./verdict.js"

export interface PlannedCut {
  readonly flow: FlowDirection
  readonly phase: Qos2Phase
  readonly kind: CutKind
}

export const PLANNED_CUTS: readonly PlannedCut[] = CUT_KINDS.flatMap((kind) =>
  QOS2_PHASES.flatMap((phase) => FLOW_DIRECTIONS.map((flow) => ({ flow, phase, kind }))),
)

interface Border {
  readonly type: FrameType
  readonly sender: "publisher" | "receiver"
}

const BORDERS: Readonly<Record<Qos2Phase, { readonly begins: Border; readonly ends: Border }>> = {
  publish_without_pubrec: {
    begins: { type: "publish", sender: "publisher" },
    ends: { type: "pubrec", sender: "receiver" },
  },
  pubrec_without_pubrel: {
    begins: { type: "pubrec", sender: "receiver" },
    ends: { type: "pubrel", sender: "publisher" },
  },
  pubrel_without_pubcomp: {
    begins: { type: "pubrel", sender: "publisher" },
    ends: { type: "pubcomp", sender: "receiver" },
  },
}

const WORDS = { reset: "a reset", half_packet: "half a packet", garbage: "garbage" } as const

/** "garbage instead of PUBREC, outgoing" */
export function describeCut({ flow, phase, kind }: PlannedCut): string {
  const { begins, ends } = BORDERS[phase]
  const place = kind === "reset" ? `after ${begins.type}` : `instead of ${ends.type}`
  return `${WORDS[kind]} ${place.replace(/pub\w+/, (packet) => packet.toUpperCase())}, ${flow}`
}

/** Cuts the first link on which that moment comes, and no other. `cut` is called when it is done. */
export function cutOnce({ flow, phase, kind }: PlannedCut, cut: () => void): CutRule {
  const moment = kind === "reset" ? "after" : "instead"
  const border = BORDERS[phase][moment === "after" ? "begins" : "ends"]
  let done = false
  return (frame, direction) => {
    if (done || !isAt(border, frame, direction, flow)) return undefined
    done = true
    queueMicrotask(cut) // the relay cuts, and counts, when it has its answer
    return { moment, kind }
  }
}

/** Calls at the first PUBREC, whichever way it goes: then at least one QoS 2 flow is on its way. Cuts nothing by itself. */
export function atPubrec(call: () => void): CutRule {
  let done = false
  return ({ type }) => {
    if (!done && type === "pubrec") {
      done = true
      queueMicrotask(call)
    }
    return undefined
  }
}

/** The client is the publisher of an outgoing flow, the broker that of an incoming one. */
function isAt({ type, sender }: Border, frame: Frame, direction: FrameDirection, flow: FlowDirection): boolean {
  if (frame.type !== type || (type === "publish" && frame.qos !== 2)) return false
  return (direction === "up") === ((flow === "outgoing") === (sender === "publisher"))
}
