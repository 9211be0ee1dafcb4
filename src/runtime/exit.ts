/**
 * Why an actor ended (Erlang's exit reasons).
 */

export type ExitReason =
  /** `normal`: its work is done. `killed`: it got the signal `kill`. `noproc`: it never was, or is no more. */
  | { readonly kind: "normal" | "killed" | "noproc" }
  /** Stopped on purpose; `detail` tells for what. */
  | { readonly kind: "shutdown"; readonly detail?: unknown }
  /** A signal that cannot be answered; the actor's own reason is then `killed`. */
  | { readonly kind: "kill" }
  /** A callback threw or rejected. */
  | { readonly kind: "crash"; readonly error: unknown }

export const NORMAL: ExitReason = Object.freeze({ kind: "normal" })
export const SHUTDOWN: ExitReason = Object.freeze({ kind: "shutdown" })
export const KILLED: ExitReason = Object.freeze({ kind: "killed" })
export const NOPROC: ExitReason = Object.freeze({ kind: "noproc" })

export function crash(error: unknown): ExitReason {
  return { kind: "crash", error }
}

/** Whether a `transient` child that ended so is restarted (OTP supervisor, "Restart strategy"). */
export function isAbnormal(reason: ExitReason): boolean {
  return reason.kind !== "normal" && reason.kind !== "shutdown"
}

/** One line for logs and error texts. */
export function describeExit(reason: ExitReason): string {
  if (reason.kind !== "crash") return reason.kind
  return reason.error instanceof Error ? `crash (${reason.error.name}: ${reason.error.message})` : "crash"
}
