/**
 * A TCP proxy on loopback between a client and a real broker. It lets packets through one by one, and cuts links where a
 * rule says so: by RST, in the middle of a packet, or by bytes that are no MQTT. It counts which flows it cut.
 *
 *   client ⇄ socket ─▶ framer ─▶ rule ─▶ pass ─▶ socket ⇄ broker      (and the same downwards)
 *                                  ╰──▶ cut: nothing passes any more, both sockets go
 */
import { once } from "node:events"
import { connect, createServer, type Socket } from "node:net"
import { type Frame, Framer, type FrameType } from "./mqtt-frames.js"
import { type FlowDirection, type FrameDirection, noFlows, OpenFlows, type Phase } from "./open-flows.js"

/** RST to both; half of the packet, then the end; or garbage, and the one that gets it is to end the link. */
export const CUT_KINDS = ["reset", "half_packet", "garbage"] as const
export type CutKind = (typeof CUT_KINDS)[number]

export interface Cut {
  /** "instead": the packet does not arrive. "after": it is the last that does. */
  readonly moment: "instead" | "after"
  readonly kind: CutKind
}

/** Asked for every packet before it passes. `link` counts from 0. */
export type CutRule = (frame: Frame, direction: FrameDirection, link: number) => Cut | undefined

export interface ChaosCounts {
  /** Links that clients have opened. */
  links: number
  readonly cuts: Record<CutKind, number>
  /** Flows that were open on a link when it was cut, by direction and phase. */
  readonly flows: Readonly<Record<FlowDirection, Record<Phase, number>>>
  /** CONNACKs that passed, by their Session Present flag. */
  readonly connacks: { present: number; absent: number }
}

export interface ChaosProxy extends AsyncDisposable {
  readonly port: number
  /** What happened so far; goes on counting. */
  readonly counts: ChaosCounts
  /** Replaces the rule; undefined: everything passes. */
  setRule(rule: CutRule | undefined): void
  /** Cuts all links now, between two packets. */
  cutAll(): void
  stop(): Promise<void>
}

/** @param random chooses the garbage; 0 ≤ random() < 1. */
export async function chaosProxy(options: {
  readonly brokerPort: number
  /** Default: loopback. */
  readonly brokerHost?: string | undefined
  readonly random: () => number
  readonly rule?: CutRule | undefined
}): Promise<ChaosProxy> {
  const counts: ChaosCounts = {
    links: 0,
    cuts: { reset: 0, half_packet: 0, garbage: 0 },
    flows: { outgoing: noFlows(), incoming: noFlows() },
    connacks: { present: 0, absent: 0 },
  }
  const links = new Set<ProxyLink>()
  const { brokerHost = "127.0.0.1" } = options
  let rule = options.rule
  const server = createServer({ noDelay: true }, (client) => {
    const broker = connect({ host: brokerHost, port: options.brokerPort, noDelay: true })
    const number = counts.links++
    const link = new ProxyLink(client, broker, {
      counts,
      random: options.random,
      rule: (frame, direction) => rule?.(frame, direction, number),
      gone: () => links.delete(link),
    })
    links.add(link)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port")
  const stop = async () => {
    if (!server.listening) return
    const closed = once(server, "close")
    server.close()
    for (const link of links) link.drop()
    await closed
  }
  return {
    port: address.port,
    counts,
    setRule(newRule) {
      rule = newRule
    },
    cutAll() {
      for (const link of links) link.cut("reset", "between")
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** Cuts once, at the n-th packet (from 1) of that type in that direction, counted over all links. */
export function cutAtNth(options: Cut & { direction: FrameDirection; type: FrameType; nth: number }): CutRule {
  let seen = 0
  return (frame, direction) => {
    if (frame.type !== options.type || direction !== options.direction) return undefined
    return ++seen === options.nth ? options : undefined
  }
}

/** Cuts at random packets of the QoS flows, in every way: each of them with this chance, 0…1. */
export function randomCuts(random: () => number, chance: number): CutRule {
  return (frame) => {
    const inFlow = frame.packetId > 0
    if (!inFlow || random() >= chance) return undefined
    const kind = CUT_KINDS[Math.floor(random() * CUT_KINDS.length)] ?? "reset"
    return { moment: random() < 0.5 ? "instead" : "after", kind }
  }
}

interface ProxyLinkOptions {
  readonly counts: ChaosCounts
  readonly random: () => number
  readonly rule: (frame: Frame, direction: FrameDirection) => Cut | undefined
  readonly gone: () => void
}

class ProxyLink {
  readonly #client: Socket
  readonly #broker: Socket
  readonly #options: ProxyLinkOptions
  readonly #flows = new OpenFlows()
  #cut = false

  constructor(client: Socket, broker: Socket, options: ProxyLinkOptions) {
    this.#client = client
    this.#broker = broker
    this.#options = options
    this.#join(client, broker, "up")
    this.#join(broker, client, "down")
  }

  /** Lets packets through from one socket to the other, until the cut. */
  #join(from: Socket, to: Socket, direction: FrameDirection): void {
    const framer = new Framer()
    from.on("data", (chunk) => {
      if (this.#cut) return
      for (const frame of framer.push(chunk)) {
        this.#frame(frame, to, direction)
        if (this.#cut) return
      }
      if (!to.writableNeedDrain) return
      from.pause()
      to.once("drain", () => from.resume())
    })
    from.on("error", () => undefined) // "close" follows
    from.on("end", () => to.end())
    from.on("close", (hadError) => {
      // The other side goes the same way. What was written to it before still leaves.
      if (hadError) to.destroy()
      else to.end(() => to.destroy())
      this.#options.gone()
    })
  }

  #frame(frame: Frame, to: Socket, direction: FrameDirection): void {
    const cut = this.#options.rule(frame, direction)
    if (cut === undefined || cut.moment === "after") this.#pass(frame, to, direction)
    else if (frame.type === "publish") this.#flows.passed(frame, direction) // its sender has a flow all the same
    if (cut !== undefined) this.cut(cut.kind, cut.moment === "instead" ? { frame, to } : { to })
  }

  #pass(frame: Frame, to: Socket, direction: FrameDirection): void {
    this.#flows.passed(frame, direction)
    const { connacks } = this.#options.counts
    if (frame.type === "connack") frame.sessionPresent ? connacks.present++ : connacks.absent++
    to.write(frame.bytes)
  }

  /** @param at the packet that is lost by it, and who is to get its half, or the garbage. */
  cut(kind: CutKind, at: "between" | { readonly frame?: Frame; readonly to: Socket }): void {
    if (this.#cut) return
    this.#cut = true
    this.#count(kind)
    if (kind === "reset" || at === "between") this.#reset()
    else if (kind === "garbage") at.to.write(garbage(this.#options.random))
    else this.#endWith(halfOf(at.frame), at.to)
  }

  /** Without counting: the proxy stops. */
  drop(): void {
    this.#client.destroy()
    this.#broker.destroy()
  }

  /** RST to both, once what was let through has left. */
  #reset(): void {
    for (const socket of [this.#client, this.#broker]) {
      if (socket.writableLength === 0) socket.resetAndDestroy()
      else socket.write("", () => socket.resetAndDestroy())
    }
  }

  #endWith(bytes: Uint8Array, to: Socket): void {
    to.end(bytes, () => this.drop())
  }

  #count(kind: CutKind): void {
    const { cuts, flows } = this.#options.counts
    cuts[kind]++
    for (const direction of ["outgoing", "incoming"] as const) {
      const open = this.#flows.count(direction)
      for (const phase of Object.keys(open) as Phase[]) flows[direction][phase] += open[phase]
    }
  }
}

/** The first half of the packet, at least a byte and not all; of a PINGREQ when there is none. */
function halfOf(frame: Frame | undefined): Uint8Array {
  const bytes = frame?.bytes ?? Uint8Array.of(0xc0, 0)
  return bytes.subarray(0, Math.max(1, bytes.length >> 1))
}

/** Bytes that every receiver must take for no MQTT at once: a reserved type, or a length that does not end. */
function garbage(random: () => number): Uint8Array {
  const start = random() < 0.5 ? [0x00, 0x00] : [0x30, 0xff, 0xff, 0xff, 0xff, 0xff]
  return Uint8Array.from([...start, ...Array.from({ length: 1 + random() * 40 }, () => random() * 256)])
}
