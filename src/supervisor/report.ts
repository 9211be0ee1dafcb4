/**
 * What supervisors say of what they do.
 */

import type { Logger } from "../logger.js"
import { describeExit, type ExitReason } from "../runtime/index.js"

export type SupervisorReport =
  | {
      readonly kind: "restarted"
      readonly supervisor: string
      readonly child: string
      readonly reason: ExitReason
      readonly started: readonly string[]
    }
  | { readonly kind: "not_restarted"; readonly supervisor: string; readonly child: string; readonly reason: ExitReason }
  | { readonly kind: "gave_up"; readonly supervisor: string; readonly child: string; readonly reason: ExitReason }

export type Reporter = (report: SupervisorReport) => void

/** The reporter behind a wall: what it throws is logged and stops no supervisor (case 85). */
export function guardedReporter(report: Reporter, logger: Logger): Reporter {
  return (event) => {
    try {
      report(event)
    } catch (error) {
      logger.error({ err: error, supervisor: event.supervisor }, "the supervisor's reporter threw")
    }
  }
}

/** Normal ends are nothing to tell of. */
export function logReports(logger: Logger): Reporter {
  return (report) => {
    const { supervisor, child, reason } = report
    const fields = {
      supervisor,
      child,
      reason: describeExit(reason),
      ...(reason.kind === "crash" ? { err: reason.error } : {}),
    }
    switch (report.kind) {
      case "restarted":
        logger.warn({ ...fields, started: report.started }, `${supervisor} restarted ${report.started.join(", ")}`)
        break
      case "not_restarted":
        logger.debug(fields, `${supervisor} does not restart ${child}`)
        break
      case "gave_up":
        logger.error(fields, `${supervisor} gave up: too many restarts of ${child}`)
    }
  }
}
