/**
 * The connection actor: performs what connection.chart.ts decides. Owns the link (socket, port, decoder) of the present epoch.
 *
 *     socket ── data ──▶ link.receive ──▶ inflight actors, recipients        the hot path: no chart step for these
 *                             └ CONNACK, PINGRESP, DISCONNECT ──▶ chart ──▶ actions below
 */

import { type Actor, ChartProgram, compile, type ExitReason, type Program } from "../runtime/index.js"
import type { DownCause } from "../session/index.js"
import { announceDown, announceUp } from "./announce.js"
import { Attempts } from "./attempts.js"
import { type ConnectionView, connectionMachine } from "./connection.chart.js"
import type { ConnectionEvent, ConnectionMessage, SocketMessage } from "./connection-messages.js"
import { KeepAlive } from "./keep-alive.js"
import { Leaving } from "./leaving.js"
import { type ControlPacket, Link } from "./link.js"
import { openLink } from "./open-link.js"
import { closedPort } from "./port.js"
import type { ClientScope } from "./scope.js"
import type { ClientSettings } from "./settings.js"
import { isOrderly, LEAVE, sendDisconnect, sendLast } from "./stopping.js"

export class Connection implements Program<ConnectionMessage>, ConnectionView {
  readonly kind = "statechart"
  readonly #scope: ClientScope
  readonly #actor: Actor<ConnectionMessage>
  readonly #chart: ChartProgram<Connection, ConnectionEvent>
  readonly attempts: Attempts
  readonly keepAlive: KeepAlive
  #link: Link | undefined = undefined
  /** Gives up the opening of a link. */
  #giveUp: (() => void) | undefined = undefined
  /** While this actor is shut down from above with its link up. */
  #leaving: Leaving | undefined = undefined

  constructor(scope: ClientScope, actor: Actor<ConnectionMessage>) {
    this.#scope = scope
    this.#actor = actor
    this.attempts = new Attempts(scope)
    this.keepAlive = new KeepAlive(scope)
    this.#chart = new ChartProgram(CHART, this, actor as Actor<ConnectionEvent>)
    actor.own(() => this.#release())
  }

  get definition(): object {
    return this.#chart.definition
  }

  init(): undefined {
    // A predecessor that crashed took its link along and told nobody.
    if (this.#scope.status === "up") announceDown(this.#scope, { kind: "closed", error: undefined })
    this.linkDown()
    this.#chart.init()
    if (this.#scope.stopRequest !== undefined) this.#chart.handle({ type: "stop" })
  }

  handle(message: ConnectionMessage): undefined {
    if ("epoch" in message && message.epoch !== this.#scope.epoch) {
      this.#scope.counters.staleEvents++
      if (message.type === "opened") message.link.close()
    } else if (message.type === "data") this.#receive(message.chunk)
    else if (message.type === "link_drained") this.#link?.port.drained()
    else this.#chart.handle(message)
  }

  snapshot(): unknown {
    return this.#chart.snapshot()
  }

  /** Shut down by its supervisor: what is in flight may finish, then DISCONNECT, so that the will stays where it is. */
  terminate(reason: ExitReason): PromiseLike<unknown> | undefined {
    const link = this.#link
    if (link === undefined || !this.#chart.path.startsWith("connected") || !isOrderly(reason)) return undefined
    this.#leaving = new Leaving(this.#scope, link)
    return this.#leaving.begin((cancel) => this.#actor.own(cancel))
  }

  // ------------------------------------------------------------------------------------------------ what the chart asks

  get settings(): ClientSettings {
    return this.#scope.settings
  }

  get pingDueInMs(): number {
    return this.keepAlive.dueInMs(this.#link)
  }

  get drainMs(): number {
    const { stopRequest, system } = this.#scope
    return Math.max(0, (stopRequest ?? LEAVE).drainUntilMs - system.clock.now())
  }

  // ------------------------------------------------------------------------------------------------ what the chart does

  openTransport(): void {
    this.attempts.begin()
    this.#giveUp = openLink(this.#scope, ++this.#scope.epoch, (message) => this.#hear(message))
  }

  adoptLink(event: ConnectionEvent): void {
    if (event.type !== "opened") return
    this.#giveUp = undefined
    this.#link = new Link(this.#scope, event.link, {
      epoch: this.#scope.epoch,
      version: this.attempts.version,
      control: (packet) => this.#control(packet),
    })
  }

  sendConnect(): void {
    this.#link?.port.send(this.attempts.connect)
  }

  refuse(): void {
    const { refusal } = this.attempts
    this.#link?.stopReading() // what follows the refusal does not hide it
    if (refusal.kind === "session_mismatch" && this.#link !== undefined)
      sendDisconnect(this.#link, { ...LEAVE, reasonCode: 0x82 })
    this.fail(refusal)
  }

  linkUp(): void {
    const link = this.#link
    const { connack, version } = this.attempts
    if (connack === undefined || link === undefined) return
    link.accept()
    announceUp(this.#scope, link.port, connack, version)
  }

  linkDown(): void {
    this.#scope.port = closedPort(this.#scope.system.clock)
    this.#scope.names.session.send({ type: "link_down" })
  }

  sendPingreq(): void {
    this.keepAlive.send(this.#link)
  }

  startDraining(): void {
    const { names } = this.#scope
    names.session.send({ type: "drain", drained: () => names.connection.send({ type: "drained" }) })
  }

  /** The last packet of disconnect(). */
  sendDisconnect(): void {
    sendLast(this.#scope, this.#link)
  }

  /** In good order, and without ending the session. */
  leaveLink(): void {
    if (this.#link !== undefined) sendDisconnect(this.#link, LEAVE)
  }

  closeLink(event: ConnectionEvent): void {
    const violated = event.type === "failed" && event.cause.kind === "protocol_error" ? event.cause : undefined
    if (this.#link !== undefined && violated !== undefined)
      sendDisconnect(this.#link, { ...LEAVE, reasonCode: violated.reasonCode })
    this.#release()
    this.#scope.epoch++ // what the old link still says is stale
  }

  noteFailure(event: ConnectionEvent): void {
    if (event.type === "failed") this.attempts.failed(event.cause)
  }

  noteRecycle(): void {
    announceDown(this.#scope, { kind: "recycle" })
  }

  finish(): void {
    if (this.#scope.status === "up") announceDown(this.#scope, { kind: "user" })
    this.#scope.finish(this.attempts.stopCause)
  }

  fail(cause: DownCause): void {
    this.#actor.send({ type: "failed", epoch: this.#scope.epoch, cause })
  }

  // ------------------------------------------------------------------------------------------------ the link

  #hear(message: SocketMessage): void {
    if (this.#actor.alive) this.#actor.send(message)
    else if (message.type === "opened") message.link.close()
    else if (message.epoch === this.#scope.epoch) this.#leaving?.hear(message)
  }

  #receive(chunk: Uint8Array): void {
    const cause = this.#link?.receive(chunk)
    if (cause !== undefined) this.#chart.handle({ type: "failed", epoch: this.#scope.epoch, cause })
  }

  #control(packet: ControlPacket): void {
    if (!this.#actor.alive) {
      this.#leaving?.control(packet)
      return
    }
    switch (packet.type) {
      case "connack":
        this.attempts.connack = packet
        this.#chart.handle({ type: "connack", packet })
        break
      case "pingresp":
        this.#chart.handle({ type: "pingresp" })
        break
      case "disconnect": {
        this.#scope.handler.tell({ type: "disconnect", packet })
        const cause: DownCause = { kind: "server_disconnect", packet, reasonCode: packet.reasonCode }
        this.#chart.handle({ type: "failed", epoch: this.#scope.epoch, cause })
      }
    }
  }

  #release(): void {
    this.#giveUp?.()
    this.#giveUp = undefined
    this.#link?.close()
    this.#link = undefined
  }
}

/** Names of the chart to methods of the actor. */
const CHART = compile<Connection>(connectionMachine, {
  actions: {
    openTransport: (self) => self.openTransport(),
    adoptLink: (self, event: ConnectionEvent) => self.adoptLink(event),
    sendConnect: (self) => self.sendConnect(),
    fallBack: ({ attempts }) => attempts.fallBack(),
    endCleaning: ({ attempts }) => attempts.endCleaning(),
    refuse: (self) => self.refuse(),
    failByTimeout: (self) => self.fail({ kind: "attempt_timeout" }),
    failByPing: (self) => self.fail({ kind: "ping_timeout" }),
    linkUp: (self) => self.linkUp(),
    linkDown: (self) => self.linkDown(),
    sendPingreq: (self) => self.sendPingreq(),
    joinPing: ({ keepAlive }, event: ConnectionEvent) => {
      if (event.type === "ping") keepAlive.join(event.ref)
    },
    notePong: ({ keepAlive }) => keepAlive.answered(),
    forgetAttempts: ({ attempts }) => attempts.forget(),
    startDraining: (self) => self.startDraining(),
    sendDisconnect: (self) => self.sendDisconnect(),
    leaveLink: (self) => self.leaveLink(),
    closeLink: (self, event: ConnectionEvent) => self.closeLink(event),
    noteFailure: (self, event: ConnectionEvent) => self.noteFailure(event),
    noteRecycle: (self) => self.noteRecycle(),
    finish: (self) => self.finish(),
  },
})
