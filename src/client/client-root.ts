/**
 * What outlives a client's tree: the scope that its actors share, and the lives of its root.
 *
 *     life 1 ── crash ──▶ open calls settle `exited`; the records stay ──▶ life 2 (the user's supervisor restarts it)
 *     last life ── disconnect(), a policy, or a stop from above ──▶ open calls settle `stopped`
 */

import {
  type ClientScope,
  type ClientSettings,
  clientTree,
  closedPort,
  EventHub,
  type HandlerInbox,
  type HandlerMessage,
  type HandlerPlan,
  handlerQueue,
  type Recipient,
  startInbound,
  startOutbound,
} from "../actors/index.js"
import { StoppedError } from "../errors.js"
import { guardedLogger, type Logger } from "../logger.js"
import {
  type Actor,
  type ActorSystem,
  Calls,
  crash,
  type ExitReason,
  exited,
  isAbnormal,
  Name,
  type Ref,
} from "../runtime/index.js"
import { type DownCause, SessionState, unlimited } from "../session/index.js"
import { logReports, type SupervisorHandle, type SupervisorReport } from "../supervisor/index.js"
import { matchFilterOf } from "./requests.js"

export interface RootPlan {
  readonly name: string
  readonly system: ActorSystem
  readonly logger: Logger
  readonly settings: ClientSettings
  readonly handler: HandlerPlan | undefined
}

export class ClientRoot {
  readonly scope: ClientScope
  /** Gets what no subscription wants, and owns what was subscribed to without a reader. */
  readonly inbox: HandlerInbox
  readonly #tree: SupervisorHandle
  readonly #ended = new Set<(reason: ExitReason) => void>()
  readonly #over = new Set<() => void>()
  #finished: Promise<ExitReason> | undefined = undefined
  #actor: Actor<never> | undefined = undefined
  #stopCause: DownCause | undefined = undefined

  constructor(plan: RootPlan) {
    const { name, system, settings } = plan
    const logger = guardedLogger(plan.logger, { client: name })
    const events = new EventHub(logger)
    const session = new SessionState<Recipient>()
    const handlerName = new Name<HandlerMessage>(system, "handler", {
      mailbox: handlerQueue((delivery) => {
        scope.counters.dropped++
        events.emit({
          kind: "dropped",
          direction: "in",
          topic: delivery.message.topic,
          reason: "the handler is too slow",
        })
        delivery.done()
      }),
    })
    this.inbox = plan.handler === undefined ? nobody(events) : handlerInbox(handlerName)
    const scope: ClientScope = {
      name,
      system,
      logger,
      settings,
      session,
      events,
      handler: this.inbox,
      calls: new Calls(system.clock),
      names: {
        session: new Name(system, "session"),
        inflight: new Name(system, "inflight"),
        connection: new Name(system, "connection"),
        handler: handlerName,
      },
      startOutbound: (record) => startOutbound(scope, record),
      startInbound: (record) => startInbound(scope, record),
      finish: (cause) => this.#finish(cause),
      counters: { unknownAcks: 0, staleEvents: 0, dropped: 0 },
      epoch: 0,
      port: closedPort(system.clock),
      facts: {
        version: undefined,
        connack: undefined,
        limits: unlimited(settings.keepAliveSeconds),
        sessionPresent: false,
      },
      status: "connecting",
      attempts: 0,
      refusedVersions: 0,
      lastCause: undefined,
      pings: [],
      stopRequest: undefined,
    }
    this.scope = scope
    const identifier = session.subscriptions.nextIdentifier()
    for (const wanted of settings.subscriptions)
      session.subscriptions.want(wanted, matchFilterOf(wanted.topicFilter), this.inbox, identifier)
    const log = logReports(logger)
    this.#tree = clientTree(scope, plan.handler, (report) => this.#report(report, log))
  }

  /** The root supervisor, for those who ask for its life. */
  whereis(): Actor<never> | undefined {
    return this.#actor?.exitReason === undefined ? this.#actor : undefined
  }

  /** Resolves when the present life ends; at once when there is none. */
  get exited(): Promise<ExitReason> {
    return this.#finished ?? Promise.resolve({ kind: "noproc" })
  }

  get tree(): SupervisorHandle {
    return this.#tree
  }

  onEnd(listener: (reason: ExitReason) => void): void {
    this.#ended.add(listener)
  }

  /** As `onEnd`, but only when no further life can follow. */
  onOver(listener: () => void): void {
    this.#over.add(listener)
  }

  /** Nobody will start it any more. */
  over(): void {
    for (const listener of this.#over) listener()
  }

  /** One life. `started` is a promise only when the handler's init is asynchronous. @throws StartError */
  spawn(parent: Actor<never> | undefined): { actor: Actor<never>; started: undefined | Promise<void> } {
    // Its supervisor may hear of the last life's end before we do.
    const last = this.#actor
    if (last?.exitReason !== undefined) this.#lifeEnded(last, last.exitReason)
    this.scope.status = "connecting"
    this.#stopCause = undefined
    const { actor, started } = this.#begin(parent)
    this.#actor = actor
    // Watched, not awaited: callers are settled before any microtask runs.
    actor.watch({ ended: (_actor, reason) => this.#lifeEnded(actor, reason) })
    this.#finished = exited(actor)
    return { actor, started }
  }

  /** A start that fails at once is an end too: callers that did not wait for it are settled. */
  #begin(parent: Actor<never> | undefined): { actor: Actor<never>; started: undefined | Promise<void> } {
    try {
      return this.#tree.spawn(parent)
    } catch (error) {
      this.#end(crash(error))
      throw error
    }
  }

  #finish(cause: DownCause | undefined): void {
    const { system, stopRequest } = this.scope
    this.#stopCause = stopRequest === undefined ? cause : undefined
    const reason: ExitReason = stopRequest === undefined ? { kind: "shutdown", detail: cause } : { kind: "normal" }
    // The life is known only when its start is over, and its first act may be to finish.
    system.post(() => this.#actor?.shutdown(reason))
  }

  /** Once for each life. */
  #lifeEnded(actor: Actor<never>, reason: ExitReason): void {
    if (this.#actor !== actor) return
    this.#actor = undefined
    this.#end(reason)
  }

  #end(reason: ExitReason): void {
    const { scope } = this
    const cause: DownCause = isAbnormal(reason) ? { kind: "closed", error: undefined } : { kind: "user" }
    if (scope.status === "up") scope.events.emit({ kind: "down", cause })
    scope.status = "stopped"
    // A crash does not undo disconnect(): the next life finds the request and ends at once.
    if (!isAbnormal(reason)) scope.stopRequest = undefined
    scope.port = closedPort(scope.system.clock)
    for (const record of [...scope.session.publishes]) {
      if (record.ref !== 0) {
        const maybeDelivered = record.writtenOn !== 0 || record.phase === "released"
        scope.calls.fail(record.ref as Ref, this.stoppedError(reason, maybeDelivered))
        record.ref = 0
        // Nothing of it was sent, and its caller knows that it will not be.
        if (record.packetId === 0) scope.session.remove(record)
        else record.payload = record.payload.slice() // the caller may use the array again
      }
    }
    for (const record of [...scope.session.requests]) {
      record.ref = 0
      scope.session.requests.remove(record)
      if (record.packetId !== 0) scope.session.outbound.release(record.packetId)
    }
    scope.calls.failAll(() => this.stoppedError(reason))
    scope.events.emit({ kind: "stopped", reason: this.#stopCause })
    for (const listener of this.#ended) listener(reason)
  }

  /** What the end of the root means to callers. */
  stoppedError(reason: ExitReason, maybeDelivered: boolean = false): StoppedError {
    const code = isAbnormal(reason) ? "exited" : "stopped"
    const cause = reason.kind === "crash" ? reason.error : undefined
    return new StoppedError(code, `the client ${this.scope.name} ended (${reason.kind})`, { maybeDelivered, cause })
  }

  #report(report: SupervisorReport, log: (report: SupervisorReport) => void): void {
    log(report)
    if (report.kind !== "restarted") return
    for (const child of report.started) this.scope.events.emit({ kind: "restart", child })
  }
}

function handlerInbox(name: Name<HandlerMessage>): HandlerInbox {
  return {
    deliver: (delivery) => name.send({ type: "message", delivery }),
    tell: (news) => name.send(news),
  }
}

/** No handler: what nobody wants is acknowledged, and told of. */
function nobody(events: EventHub): HandlerInbox {
  return {
    deliver(delivery) {
      events.emit({
        kind: "dropped",
        direction: "in",
        topic: delivery.message.topic,
        reason: "nobody subscribed to it",
      })
      delivery.done()
    },
    tell: () => undefined,
  }
}
