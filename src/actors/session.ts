/**
 * The session actor: what leaves when. Does as little as possible; everything it knows is in the record store, so that a new
 * one goes on where the last one stopped.
 *
 *     publishes   head ─▶ in flight ─▶ in flight ─▶ cursor: waits for quota, or for a link ─▶ tail
 *     link up     PUBRELs in the order of their PUBRECs, unmetered; then from the head on, each taking quota: DUP where it was
 *                 written on an earlier link; new ones after the last of them [MQTT-4.4.0-1, 4.6.0-1]
 */

import type { Program } from "../runtime/index.js"
import type { NotSentError, OutgoingRecord, PublishRecord, RequestRecord } from "../session/index.js"
import { finishSubscribe, finishUnsubscribe, refuseRequest, requestsToRestore } from "./declared.js"
import { forbidden, forbiddenRequest, unsendable } from "./fitting.js"
import { loseSession } from "./losing.js"
import type { ClientScope } from "./scope.js"
import type { SessionMessage } from "./session-messages.js"
import { settlePublish } from "./settling.js"

const RESUME = { type: "resume" } as const
const PARK = { type: "park" } as const
const ABANDONED = { type: "abandoned" } as const

export class Session implements Program<SessionMessage> {
  readonly kind = "actor"
  readonly #scope: ClientScope
  /** How many publications may be unanswered on this link, and how many are. */
  #quota = 0
  #used = 0
  #drains: (() => void)[] = []

  constructor(scope: ClientScope) {
    this.#scope = scope
  }

  /** What a predecessor had done and not settled is settled now. */
  init(): undefined {
    const { session } = this.#scope
    for (const record of session.publishes) this.#conclude(record)
    for (const record of session.requests) if (record.answer !== undefined) this.#answered(record)
  }

  handle(message: SessionMessage): undefined {
    switch (message.type) {
      case "publish":
        if (this.#holds(message)) this.#conclude(message)
        this.#ask() // a request that waits for an identifier goes first: no quota holds it up
        this.#pump()
        break
      case "subscribe":
      case "unsubscribe":
        if (message.answer !== undefined && this.#holds(message)) this.#answered(message)
        this.#ask()
        this.#pump()
        break
      case "link_up":
        this.#linkUp()
        break
      case "link_down":
        this.#linkDown()
        break
      case "withdraw":
        this.#withdraw(message.record)
        break
      case "drain":
        this.#drains.push(message.drained)
    }
    if (this.#drains.length > 0) this.#tellDrained()
  }

  snapshot(): unknown {
    const { publishes, requests } = this.#scope.session
    return { quota: this.#quota, used: this.#used, publishes: publishes.length, requests: requests.length }
  }

  #linkUp(): void {
    const { session, settings, facts } = this.#scope
    this.#quota = Math.min(settings.inflightWindow, facts.limits.receiveMaximum)
    this.#used = 0
    for (const record of session.publishes) record.metered = false
    session.publishes.rewind()
    session.requests.rewind()
    if (!facts.sessionPresent) loseSession(this.#scope)
    for (const record of requestsToRestore(this.#scope)) session.requests.append(record)
    this.#ask()
    this.#resendPubrels()
    this.#pump()
  }

  #linkDown(): void {
    const { session } = this.#scope
    this.#quota = 0
    for (const record of session.outbound.holders()) record.inflight?.send(PARK)
  }

  /** [MQTT-3.3.4-8]: no quota holds a PUBREL up; but the server counts it until its PUBCOMP. */
  #resendPubrels(): void {
    const released = [...this.#scope.session.publishes].filter(({ phase }) => phase === "released")
    released.sort((left, right) => left.releaseOrder - right.releaseOrder)
    for (const record of released) {
      this.#meter(record)
      record.inflight?.send(RESUME)
    }
  }

  /** Lets leave what may. */
  #pump(): void {
    const scope = this.#scope
    const { publishes } = scope.session
    while (scope.port.open) {
      const record = publishes.cursor
      if (record === undefined) return
      if (record.phase === "released" || record.phase === "done") publishes.advance()
      else {
        const failure = forbidden(record, scope.facts)
        if (failure !== undefined) this.#refuse(record, failure)
        else if (record.qos === 0) this.#sendQos0(record)
        else {
          if (this.#used >= this.#quota || !this.#send(record)) return
          publishes.advance()
        }
      }
    }
  }

  #sendQos0(record: PublishRecord): void {
    try {
      this.#scope.port.publish(record, 0, false)
    } catch (error) {
      record.failure = unsendable(error)
    }
    record.phase = "done"
    this.#finished(record)
  }

  /** False: all 65,535 identifiers are in use. */
  #send(record: PublishRecord): boolean {
    const scope = this.#scope
    if (record.packetId === 0) {
      if (!scope.session.take(record)) return false
      this.#meter(record)
      scope.startOutbound(record)
    } else {
      this.#meter(record)
      record.inflight?.send(RESUME)
    }
    return true
  }

  #meter(record: PublishRecord): void {
    record.metered = true
    this.#used++
  }

  /** Settles it when its flow is over, or was given up. */
  #conclude(record: PublishRecord): void {
    if (record.phase === "done") this.#finished(record)
    else if (record.failure !== undefined) this.#refuse(record, record.failure)
  }

  #finished(record: PublishRecord): void {
    if (record.metered) this.#used--
    record.metered = false
    settlePublish(this.#scope, record) // first: a record that is forgotten settles nobody
    this.#scope.session.remove(record)
  }

  /** A record's actor that crashed may say twice that it is done. */
  #holds(record: OutgoingRecord): boolean {
    return this.#scope.session.outbound.get(record.packetId) === record
  }

  /** It cannot be sent on this link: it rejects. An identifier that the server knows stays taken until the session ends. */
  #refuse(record: PublishRecord, failure: Error): void {
    const { session } = this.#scope
    record.failure = failure
    const { packetId, inflight } = record
    this.#finished(record)
    if (packetId === 0) return
    session.outbound.hold(packetId, record)
    inflight?.send(ABANDONED)
  }

  /** SUBSCRIBE and UNSUBSCRIBE: every one that waits, without quota. */
  #ask(): void {
    const scope = this.#scope
    const { requests, outbound } = scope.session
    for (let record = requests.cursor; scope.port.open && record !== undefined; record = requests.cursor) {
      const failure = forbiddenRequest(record, scope.facts)
      if (failure !== undefined) {
        this.#refuseRequest(record, failure)
        continue
      }
      if (record.packetId === 0) {
        record.packetId = outbound.allocate(record)
        if (record.packetId === 0) return
        scope.startOutbound(record)
      } else record.inflight?.send(RESUME)
      requests.advance()
    }
  }

  /** Of a request nothing belongs to the session: its identifier is free. */
  #refuseRequest(record: RequestRecord, failure: NotSentError): void {
    const { session } = this.#scope
    session.requests.remove(record)
    session.outbound.release(record.packetId)
    record.inflight?.send(ABANDONED)
    refuseRequest(this.#scope, record, failure)
  }

  #answered(record: RequestRecord): void {
    const { session } = this.#scope
    session.requests.remove(record)
    session.outbound.release(record.packetId)
    if (record.type === "subscribe") finishSubscribe(this.#scope, record)
    else finishUnsubscribe(this.#scope, record)
  }

  #withdraw(record: OutgoingRecord): void {
    const { session } = this.#scope
    if (record.ref === 0) return // it has settled meanwhile
    record.ref = 0
    if (record.packetId !== 0) return
    if (record.type === "publish") session.remove(record)
    else if (record.type === "subscribe") session.requests.remove(record)
    // UNSUBSCRIBE leaves all the same: the filter is wanted no more, whoever waits for the answer.
  }

  #tellDrained(): void {
    const { publishes, requests } = this.#scope.session
    if (publishes.length + requests.length > 0) return
    const drains = this.#drains
    this.#drains = []
    for (const drained of drains) drained()
  }
}
