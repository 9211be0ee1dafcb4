/**
 * Letting go of what an actor held.
 */

import type { Logger } from "../logger.js"

/** Runs every one, even when some throw; a throw is logged. */
export function attemptAll(cleanups: Iterable<() => void>, logger: Logger): void {
  for (const cleanup of cleanups) {
    try {
      cleanup()
    } catch (error) {
      logger.error({ err: error }, "a cleanup threw")
    }
  }
}
