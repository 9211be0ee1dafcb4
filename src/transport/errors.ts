/** The transport layer's own error. What the platform says (refused, reset, unknown host) is passed on as it is. */
import { TerrapinError } from "../errors.js"

/** Nobody listens at the in-memory server that was to be reached. */
export class NoListenerError extends TerrapinError {
  override readonly code = "no_listener" as const
  readonly label: string

  constructor(label: string) {
    super(`Nobody accepts links at ${label}`)
    this.label = label
  }
}
