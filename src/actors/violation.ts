/**
 * The server did what the protocol forbids, in packets that are well formed.
 */

import { TerrapinError } from "../errors.js"

export class ProtocolViolationError extends TerrapinError {
  override readonly code = "protocol_violation" as const
  /** What our DISCONNECT says. */
  readonly reasonCode: number

  constructor(reasonCode: number, message: string) {
    super(message)
    this.reasonCode = reasonCode
  }
}
