/**
 * PINGREQ and PINGRESP of one client: when one is due, who asked for the round trip, and how long it took.
 */

import type { Ref } from "../runtime/index.js"
import { pingDueInMs } from "../session/index.js"
import type { Link } from "./link.js"
import type { ClientScope } from "./scope.js"

export class KeepAlive {
  readonly #scope: ClientScope
  #sentMs = 0

  constructor(scope: ClientScope) {
    this.#scope = scope
  }

  /** Infinity: never, keep alive is off. */
  dueInMs(link: Link | undefined): number {
    if (link === undefined) return Number.POSITIVE_INFINITY
    if (this.#scope.pings.length > 0) return 0
    const keepAliveMs = this.#scope.facts.limits.keepAliveSeconds * 1_000
    if (keepAliveMs === 0) return Number.POSITIVE_INFINITY
    return pingDueInMs(keepAliveMs, link.port.lastSentMs, link.lastReceivedMs, this.#scope.system.clock.now())
  }

  join(caller: Ref): void {
    this.#scope.pings.push(caller)
  }

  send(link: Link | undefined): void {
    this.#sentMs = this.#scope.system.clock.now()
    link?.port.send({ type: "pingreq" })
  }

  answered(): void {
    const roundTripMs = this.#scope.system.clock.now() - this.#sentMs
    const callers = this.#scope.pings
    this.#scope.pings = []
    for (const caller of callers) this.#scope.calls.reply(caller, roundTripMs)
    this.#scope.events.emit({ kind: "ping", roundTripMs })
  }
}
