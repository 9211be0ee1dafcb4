/**
 * A clock that stands still until a test moves it.
 *
 *   advance(100)   0 ───── 40 ──────── 70 ──────────── 100
 *                          │ fire      │ fire          │
 *                       settle      settle          settle      (and once before the first)
 *
 * Settling lets everything run that needs no time: promises, and whatever waits for the end of a turn.
 */
import { atEndOfTurn, type Clock } from "../clock.js"

/** Time by hand. */
export interface ManualClock extends Clock {
  /**
   * Moves time on by `ms` (0 is allowed), firing what falls due in order of time, equal times in the order they were set,
   * timers that are set meanwhile included. Calls that overlap run one after another. Rejects with what a timer throws.
   */
  advance(ms: number): Promise<void>
  /** How many timers are set and have neither fired nor been cancelled. */
  readonly pending: number
}

/** A flow that never comes to rest is not waited for longer than this many turns. */
const MOST_TURNS = 10_000

interface Timer {
  readonly dueMs: number
  readonly fire: () => void
}

/** A clock that shows `startMs` (default 0) and moves only by `advance`. */
export function manualClock(startMs: number = 0): ManualClock {
  let nowMs = startMs
  let moving: Promise<void> = Promise.resolve()
  /** In the order they were set. */
  const timers = new Set<Timer>()

  async function move(ms: number): Promise<void> {
    const targetMs = nowMs + ms
    await settle()
    for (;;) {
      const timer = nextDue(timers, targetMs)
      if (timer === undefined) break
      timers.delete(timer)
      nowMs = Math.max(nowMs, timer.dueMs)
      timer.fire()
      await settle()
    }
    nowMs = targetMs
  }

  return {
    now: () => nowMs,
    setTimer(fire, delayMs) {
      const timer = { dueMs: nowMs + Math.max(0, delayMs), fire }
      timers.add(timer)
      return () => {
        timers.delete(timer)
      }
    },
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError("time does not go back")
      const moved = moving.then(() => move(ms))
      moving = moved.catch(() => undefined) // told to this call's caller; the next one starts afresh
      return moved
    },
    get pending() {
      return timers.size
    },
  }
}

/** Resolves when nothing is left to run but what waits for time, or for the world outside. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    await new Promise<void>(atEndOfTurn)
    if (!process.getActiveResourcesInfo().includes("Immediate")) return
  }
}

/** The earliest timer that is due at `targetMs`; of equals the one set first. */
function nextDue(timers: Iterable<Timer>, targetMs: number): Timer | undefined {
  let next: Timer | undefined
  for (const timer of timers) {
    if (timer.dueMs <= targetMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer
  }
  return next
}
