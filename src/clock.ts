/**
 * Time and chance are injected: every layer asks a Clock, and only this file touches the platform's timers and dice.
 */

/** Monotonic time and one-shot timers. */
export interface Clock {
  /** Milliseconds since an arbitrary origin; never goes back. */
  now(): number
  /** Calls `fire` once after `delayMs` and returns what cancels it; cancelling late or twice is harmless. */
  setTimer(fire: () => void, delayMs: number): () => void
}

/** The longest delay that the platform's setTimeout takes; more would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1

/**
 * The machine's monotonic clock. A pending timer keeps the process alive. A timer that is due lets what has already arrived
 * at the sockets go first: after a blocked turn the answer that a deadline waits for may lie there.
 */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer(fire, delayMs) {
    let left = delayMs
    let handle: NodeJS.Timeout
    let due: NodeJS.Immediate | undefined
    const arm = () => {
      const step = Math.min(left, LONGEST_DELAY_MS)
      left -= step
      handle = setTimeout(left > 0 ? arm : expire, step)
    }
    const expire = () => {
      due = setImmediate(fire)
    }
    arm()
    return () => {
      clearTimeout(handle)
      clearImmediate(due)
    }
  },
}

/** Runs `work` when the current turn of the event loop has read and handled what had arrived. Not a delay: it has no length. */
export function atEndOfTurn(work: () => void): void {
  setImmediate(work)
}

/** The machine's randomness, in [0, 1). */
export const systemRandom: () => number = Math.random
