/**
 * Whether the demo showed what it promises. Pure: facts in, faults out.
 */

import type { QoS } from "terrapin"
import type { FlowDirection, Phase } from "../test/support/open-flows.js"
import type { Tally } from "./ledger.js"

export const QOS2_PHASES = ["publish_without_pubrec", "pubrec_without_pubrel", "pubrel_without_pubcomp"] as const
export type Qos2Phase = (typeof QOS2_PHASES)[number]
export const FLOW_DIRECTIONS = ["outgoing", "incoming"] as const

export interface Facts {
  readonly tallies: Readonly<Record<QoS, Tally>>
  /** Arrivals that nobody sent. */
  readonly strangers: number
  /** Flows that were open on a link when it was cut. */
  readonly cutFlows: Readonly<Record<FlowDirection, Readonly<Record<Phase, number>>>>
  /** Links after each client's first one, by Session Present. */
  readonly reconnects: { readonly present: number; readonly absent: number }
  /** Actors that still live after the building was closed. */
  readonly actorsLeft: number
  /** Why the script broke off; undefined: it did not. */
  readonly brokeOff: string | undefined
}

/** Everything that makes the exit code 1; empty when all is well. QoS 0 is sent only while no link is cut, so it must arrive too. */
export function faultsOf(facts: Facts): readonly string[] {
  const { tallies, strangers, cutFlows, reconnects, actorsLeft, brokeOff } = facts
  const faults: string[] = []
  const fault = (count: number, text: string): void => {
    if (count > 0) faults.push(`${count} ${text}`)
  }
  /** What was not shown; when the script broke off that is no wonder. */
  const notShown = (text: string): void => {
    if (brokeOff === undefined) faults.push(text)
  }
  if (brokeOff !== undefined) faults.push(`broke off: ${brokeOff}`)
  for (const qos of [0, 1, 2] as const) {
    const { sent, lost, doubled, open, broken } = tallies[qos]
    if (sent === 0) notShown(`nothing was sent at QoS ${qos}`)
    fault(lost, `lost at QoS ${qos}`)
    if (qos !== 1) fault(doubled, `doubled at QoS ${qos}`) // at least once may be twice [MQTT-4.3.2]
    fault(open, `promises left open at QoS ${qos}`)
    fault(broken, `promises rejected at QoS ${qos}`)
  }
  fault(strangers, "arrived that nobody sent")
  for (const direction of FLOW_DIRECTIONS)
    for (const phase of QOS2_PHASES)
      if (cutFlows[direction][phase] === 0) notShown(`no ${direction} flow was cut at ${wordsOf(phase)}`)
  fault(reconnects.absent, "reconnects found no session")
  if (reconnects.present === 0) notShown("no client had to reconnect")
  fault(actorsLeft, "actors left alive")
  return faults
}

/** "PUBLISH without PUBREC" */
export function wordsOf(phase: Phase): string {
  return phase.replace(/pub\w+?(?=_|$)/g, (packet) => packet.toUpperCase()).replaceAll("_", " ")
}
