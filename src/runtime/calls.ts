/**
 * The mailbox of all JavaScript callers: who asked what, and where the answer goes.
 *
 *     open ──▶ slot 5, generation 3 ──▶ ref 3·2^20 + 5 ──▶ travels with the request
 *     reply(ref) / fail(ref) ──▶ the slot's promise settles, its generation is bumped: a late reply finds nobody
 *
 * Deadlines live in the slots, with one timer for all of them. GenServer.call with an alias, in OTP's words.
 *
 * Generations are 32 bits wide, so that a ref is an exact number up to 2^52: with the 11 bits that fit beside the slot in
 * a small integer, a ref came back after 2,047 calls, and a late reply settled another's call. It costs 2 ns.
 */

import type { Clock } from "../clock.js"
import { AbortedError, TerrapinError, TimedOutError } from "../errors.js"
import type { Ref } from "./ref.js"

const SLOTS = 2 ** 20
const SLOT_MASK = SLOTS - 1
const GENERATIONS = 2 ** 32

/** Deadlines this close together are served by one wake-up. */
const COARSE_MS = 4

export interface CallRequest {
  /** For the error's text: "publish", "subscribe". */
  readonly what: string
  /** 0: none. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** Called before the promise rejects by time or abort: the caller left, the request may be withdrawn. */
  readonly left?: ((ref: Ref) => void) | undefined
}

/** More calls are open than refs can tell apart (1,048,576). */
export class TooManyCallsError extends TerrapinError {
  override readonly code = "queue_full" as const
}

interface Slot {
  generation: number
  open: boolean
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
  promise: Promise<unknown> | undefined
  request: CallRequest | undefined
  deadline: number
  onAbort: (() => void) | undefined
}

export class Calls {
  readonly #clock: Clock
  readonly #slots: Slot[] = []
  readonly #free: number[] = []
  #timed = 0
  #wakeAt = Number.POSITIVE_INFINITY
  #cancelWake: (() => void) | undefined = undefined
  #sleepy = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** How many calls wait for their answer. */
  get size(): number {
    return this.#slots.length - this.#free.length
  }

  /** Opens a call; its promise is at `promise(ref)`. @throws TooManyCallsError */
  open(request: CallRequest): Ref {
    const index = this.#free.pop() ?? this.#grow()
    const slot = this.#slots[index] as Slot
    slot.open = true
    slot.request = request
    slot.promise = new Promise(takeSettlers)
    slot.resolve = takenResolve
    slot.reject = takenReject
    const ref = refOf(slot, index)
    if (request.timeoutMs > 0) this.#arm(slot, request.timeoutMs)
    if (request.signal !== undefined) this.#listen(slot, ref, request.signal)
    return ref
  }

  /** The promise of a call just opened. It never raises `unhandledRejection`. */
  promise<T>(ref: Ref): Promise<T> {
    return (this.#slots[ref & SLOT_MASK] as Slot).promise as Promise<T>
  }

  isOpen(ref: Ref): boolean {
    return this.#find(ref) !== undefined
  }

  /** Settles the call; ignored when it is settled already. */
  reply(ref: Ref, value: unknown): void {
    const slot = this.#find(ref)
    if (slot === undefined) return
    this.#close(slot, ref)
    slot.resolve(value)
  }

  /** Rejects the call; ignored when it is settled already. */
  fail(ref: Ref, error: Error): void {
    const slot = this.#find(ref)
    if (slot === undefined) return
    const { promise } = slot
    this.#close(slot, ref)
    promise?.catch(ignore) // a promise that nobody looks at must not end the process
    slot.reject(error)
  }

  /** Rejects every open call; `error` is made for each. */
  failAll(error: (request: CallRequest) => Error): void {
    this.#slots.forEach((slot, index) => {
      if (slot.open && slot.request !== undefined) this.fail(refOf(slot, index), error(slot.request))
    })
  }

  #find(ref: Ref): Slot | undefined {
    const slot = this.#slots[ref & SLOT_MASK]
    return slot?.open === true && slot.generation === Math.floor(ref / SLOTS) ? slot : undefined
  }

  #grow(): number {
    const index = this.#slots.length
    if (index === SLOTS) throw new TooManyCallsError(`more than ${SLOTS} calls are open`)
    this.#slots.push({
      generation: 1, // so that no ref is ever 0, which means: nobody waits
      open: false,
      resolve: ignore,
      reject: ignore,
      promise: undefined,
      request: undefined,
      deadline: 0,
      onAbort: undefined,
    })
    return index
  }

  #close(slot: Slot, ref: Ref): void {
    const { request } = slot
    slot.open = false
    slot.generation = (slot.generation % (GENERATIONS - 1)) + 1
    slot.promise = undefined
    slot.request = undefined
    if (slot.onAbort !== undefined) {
      request?.signal?.removeEventListener("abort", slot.onAbort)
      slot.onAbort = undefined
    }
    if (slot.deadline > 0) {
      slot.deadline = 0
      if (--this.#timed === 0) this.#sleepSoon()
    }
    this.#free.push(ref & SLOT_MASK)
  }

  // ------------------------------------------------------------------------------------------------ leaving

  #leave(ref: Ref, error: (request: CallRequest) => Error): void {
    const request = this.#find(ref)?.request
    if (request === undefined) return
    request.left?.(ref)
    this.fail(ref, error(request))
  }

  #listen(slot: Slot, ref: Ref, signal: AbortSignal): void {
    const abort = () => this.#leave(ref, (request) => new AbortedError(request.what, signal.reason))
    slot.onAbort = abort
    signal.addEventListener("abort", abort, { once: true })
  }

  #arm(slot: Slot, timeoutMs: number): void {
    slot.deadline = this.#clock.now() + timeoutMs
    this.#timed++
    if (slot.deadline < this.#wakeAt) this.#wake(slot.deadline)
  }

  #wake(at: number): void {
    this.#cancelWake?.()
    this.#wakeAt = at
    this.#cancelWake = this.#clock.setTimer(() => this.#expire(), Math.max(0, at - this.#clock.now()))
  }

  /** After a burst of calls that are answered at once: setting and clearing a timer for each would cost 900 ns. */
  #sleepSoon(): void {
    if (this.#sleepy) return
    this.#sleepy = true
    queueMicrotask(() => {
      this.#sleepy = false
      if (this.#timed === 0) this.#sleep()
    })
  }

  #sleep(): void {
    this.#cancelWake?.()
    this.#cancelWake = undefined
    this.#wakeAt = Number.POSITIVE_INFINITY
  }

  #expire(): void {
    const now = this.#clock.now()
    this.#sleep()
    this.#slots.forEach((slot, index) => {
      if (!slot.open || slot.deadline === 0 || slot.deadline > now) return
      const ref = refOf(slot, index)
      this.#leave(ref, (request) => new TimedOutError(request.what, request.timeoutMs))
    })
    let next = Number.POSITIVE_INFINITY
    for (const slot of this.#slots) if (slot.deadline > 0 && slot.deadline < next) next = slot.deadline
    if (next < Number.POSITIVE_INFINITY) this.#wake(Math.max(next, now + COARSE_MS))
  }
}

function refOf(slot: Slot, index: number): Ref {
  return (slot.generation * SLOTS + index) as Ref
}

const ignore = (): void => undefined

// One executor for all promises: a closure less for each call.
let takenResolve: (value: unknown) => void = ignore
let takenReject: (error: unknown) => void = ignore
const takeSettlers = (resolve: (value: unknown) => void, reject: (error: unknown) => void): void => {
  takenResolve = resolve
  takenReject = reject
}
