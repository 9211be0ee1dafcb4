/**
 * How a request of the user's can fail, seen from the session.
 */

import type { Pubrec, UserProperties } from "../codec/index.js"
import { TerrapinError } from "../errors.js"

/** The server answered with a reason code of 0x80 or more. */
export class RejectedError extends TerrapinError {
  override readonly code = "rejected" as const
  /** The packet that said so. */
  readonly packet: "connack" | "puback" | "pubrec" | "pubcomp" | "suback" | "unsuback"
  readonly reasonCode: number
  readonly reasonString: string | undefined
  readonly userProperties: UserProperties

  constructor(answer: {
    readonly type: RejectedError["packet"]
    readonly reasonCode: number
    readonly properties: {
      readonly reasonString?: string | undefined
      readonly userProperties?: UserProperties | undefined
    }
  }) {
    const { reasonString, userProperties } = answer.properties
    const text = reasonString === undefined ? "" : `: ${reasonString}`
    super(
      `the server answered ${answer.type.toUpperCase()} 0x${answer.reasonCode.toString(16).padStart(2, "0")}${text}`,
    )
    this.packet = answer.type
    this.reasonCode = answer.reasonCode
    this.reasonString = reasonString
    this.userProperties = userProperties ?? []
  }
}

export type NotSentCode =
  | "queue_full"
  | "dropped"
  | "expired"
  | "not_supported"
  | "packet_too_large"
  | "invalid_topic"
  | "not_connected"

/** Nothing of it was written; `code` says why. */
export class NotSentError extends TerrapinError {
  override readonly code: NotSentCode

  constructor(code: NotSentCode, message: string) {
    super(message)
    this.code = code
  }
}

/** The server lost the session while the message was in flight, and it is not sent again (session.onLost). */
export class SessionLostError extends TerrapinError {
  override readonly code = "session_lost" as const
  /** It was written at least once. */
  readonly maybeDelivered: boolean
  /** The server had received it (QoS 2): it must not be sent again. */
  readonly pubrec: Pubrec | undefined

  constructor(maybeDelivered: boolean, pubrec?: Pubrec) {
    super("the server lost the session before the handshake was complete")
    this.maybeDelivered = maybeDelivered
    this.pubrec = pubrec
  }
}
