/**
 * What the connection learns from attempt to attempt: which version the server speaks, what its CONNACK means, how long to
 * wait after a failure, and when to give up.
 */

import type { Connack, Connect, ProtocolVersion } from "../codec/index.js"
import { backoffDelayMs, type DownCause, retryAfter } from "../session/index.js"
import { announceDown, announceFailure } from "./announce.js"
import { cleansFirst, connectPacket, isVersionRefusal, type Remembered } from "./handshake.js"
import type { ClientScope } from "./scope.js"

export type Verdict = "accepted" | "next_version" | "cleaned" | "refused"

export class Attempts {
  readonly #scope: ClientScope
  connack: Connack | undefined = undefined
  retryInMs = 0
  /** What made the policy stop the client. */
  stopCause: DownCause | undefined = undefined

  constructor(scope: ClientScope) {
    this.#scope = scope
  }

  get version(): ProtocolVersion {
    return this.#scope.settings.versions[this.#scope.refusedVersions] ?? 5
  }

  get connect(): Connect {
    return connectPacket(this.#scope.settings, this.version, this.#remembered)
  }

  /** What the last CONNACK does to the attempt. */
  get verdict(): Verdict {
    const { connack } = this
    if (connack === undefined) return "refused"
    const { settings, refusedVersions } = this.#scope
    if (isVersionRefusal(connack) && refusedVersions + 1 < settings.versions.length) return "next_version"
    // [MQTT-3.2.2-4]: a session that we asked to be discarded is not one to go on with.
    if (connack.reasonCode !== 0 || (connack.sessionPresent && this.connect.cleanStart)) return "refused"
    return cleansFirst(settings, this.version, this.#remembered) ? "cleaned" : "accepted"
  }

  /** Why the last CONNACK ends the attempt. */
  get refusal(): DownCause {
    const { connack } = this
    if (connack === undefined || connack.reasonCode === 0) return { kind: "session_mismatch" }
    return { kind: "refused", connack, reasonCode: connack.reasonCode }
  }

  begin(): void {
    this.#scope.attempts++
    this.#scope.status = "connecting"
  }

  /** The same attempt, in words that the server knows. */
  fallBack(): void {
    this.#scope.refusedVersions++
    this.#scope.attempts--
  }

  /** The old session is gone; the attempt proper follows. */
  endCleaning(): void {
    this.#scope.session.cleaned = true
    this.#scope.attempts--
  }

  /** The link has been up for long enough: the next failure is the first one again. */
  forget(): void {
    this.#scope.attempts = 0
  }

  isFinal(cause: DownCause): boolean {
    return retryAfter(cause).kind === "stop"
  }

  failed(cause: DownCause): void {
    const scope = this.#scope
    const retry = retryAfter(cause)
    const attempt = Math.max(1, scope.attempts)
    if (retry.kind === "stop") this.stopCause = cause
    else this.retryInMs = backoffDelayMs(scope.settings.backoff, attempt, retry.pace, scope.system.random())
    scope.lastCause = cause
    if (scope.status === "up") announceDown(scope, cause)
    else announceFailure(scope, { cause, attempt, retryInMs: retry.kind === "stop" ? undefined : this.retryInMs })
  }

  get #remembered(): Remembered {
    return this.#scope.session
  }
}
