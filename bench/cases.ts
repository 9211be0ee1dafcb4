/**
 * What is compared with what.
 */
import type { QoS } from "terrapin/codec"
import type { ContestantName, Run } from "./contestant.js"
import type { BenchOptions } from "./options.js"

export interface BenchCase {
  /** As in "publish qos 1 on the sink". */
  readonly name: string
  readonly direction: Run["direction"]
  readonly qos: QoS
  readonly server: Run["server"]
  /** In the order in which they run in each round. The first one's ratios are shown. */
  readonly contestants: readonly ContestantName[]
}

const PUBLISHERS: readonly ContestantName[] = ["terrapin", "mqtt.js callback", "mqtt.js promise"]
const RECEIVERS: readonly ContestantName[] = ["terrapin", "mqtt.js", "terrapin iterator"]
const QUICK_RECEIVERS: readonly ContestantName[] = ["terrapin", "mqtt.js"]
const PAYLOAD_BYTES = 64
const WINDOW = 1_000

export function casesOn(servers: readonly Run["server"][], options: BenchOptions): readonly BenchCase[] {
  const cases: BenchCase[] = []
  for (const server of servers) {
    for (const direction of ["publish", "receive"] as const) {
      for (const qos of [0, 1, 2] as const) {
        const place = server.kind === "sink" ? "the sink" : server.kind
        const receivers = options.quick ? QUICK_RECEIVERS : RECEIVERS
        const contestants = direction === "publish" ? PUBLISHERS : receivers
        cases.push({ name: `${direction} qos ${qos} on ${place}`, direction, qos, server, contestants })
      }
    }
  }
  return cases.filter(({ name }) => options.only.every((word) => name.includes(word)))
}

export function runOf({ direction, qos, server }: BenchCase, contestant: ContestantName, options: BenchOptions): Run {
  const { version, warmUpMs, measureMs } = options
  return {
    contestant,
    direction,
    server,
    version,
    qos,
    payloadBytes: PAYLOAD_BYTES,
    window: WINDOW,
    warmUpMs,
    measureMs,
  }
}
