/**
 * The last moments of a link whose actor is shut down from above: nothing of it moves the chart any more, but answers still
 * settle calls.
 *
 *     drain ──▶ all is done, or its time is over ──▶ DISCONNECT        both as disconnect() said, if it was called
 *           ╰──▶ the link is lost, or no longer of use ──▶ nothing
 */

import type { SocketMessage } from "./connection-messages.js"
import type { ControlPacket, Link } from "./link.js"
import type { ClientScope } from "./scope.js"
import { LEAVE, sendDisconnect, sendLast } from "./stopping.js"

export class Leaving {
  readonly #scope: ClientScope
  readonly #link: Link
  #end: (how: "in_order" | "lost") => void = () => undefined

  constructor(scope: ClientScope, link: Link) {
    this.#scope = scope
    this.#link = link
  }

  /** A promise only when there is something to wait for. `own` gets what ends the waiting with the actor. */
  begin(own: (cancel: () => void) => void): PromiseLike<unknown> | undefined {
    const { names, system, settings, stopRequest } = this.#scope
    // Without the session and the inflight actors nothing can finish: this is a restart, not the end of the client.
    if (names.session.whereis()?.alive !== true || names.inflight.whereis()?.alive !== true) {
      sendLast(this.#scope, this.#link)
      return undefined
    }
    const { clock } = system
    const drainMs = stopRequest === undefined ? settings.drainMs : Math.max(0, stopRequest.drainUntilMs - clock.now())
    const ended = new Promise<"in_order" | "lost">((resolve) => {
      const cancelTimer = clock.setTimer(() => resolve("in_order"), drainMs)
      this.#end = (how) => {
        cancelTimer()
        resolve(how)
      }
      own(() => this.#end("lost"))
      names.session.send({ type: "drain", drained: () => this.#end("in_order") })
    })
    return ended.then((how) => {
      if (how === "in_order") sendLast(this.#scope, this.#link)
    })
  }

  hear(message: SocketMessage): void {
    if (message.type === "data") this.#scope.system.run(() => this.#receive(message.chunk))
    else if (message.type === "link_drained") this.#link.port.drained()
    else this.#end("lost")
  }

  /** The server's DISCONNECT is not answered with one. */
  control(packet: ControlPacket): void {
    if (packet.type !== "disconnect") return
    this.#scope.handler.tell({ type: "disconnect", packet })
    this.#end("lost")
  }

  /** No supervisor hears of a fault of ours any more: it ends the link, as a crash would. */
  #receive(chunk: Uint8Array): void {
    try {
      const cause = this.#link.receive(chunk)
      if (cause === undefined) return
      if (cause.kind === "protocol_error") sendDisconnect(this.#link, { ...LEAVE, reasonCode: cause.reasonCode })
    } catch (error) {
      this.#scope.system.logger.error({ err: error }, "a link that was being left failed")
    }
    this.#end("lost")
  }
}
