/**
 * What every transport is: something that opens links, and a link that moves bytes both ways. No packet is known here.
 *
 *   owner ── link.write / pause / resume / close ──▶ ┌──────┐
 *                                                    │ link │ ⇄ network
 *   owner ◀── sink.data / drained / closed ───────── └──────┘
 *
 * The sink is never called from inside a call of the link, nor from inside another call of the sink.
 */

/** One try to open a link: which one it is, and what gives it up. */
export interface TransportAttempt {
  /** 1 for the first try; counts up until a link was stable. */
  readonly attempt: number
  /** Aborted: `open` rejects with AbortedError and nothing stays behind. Without effect once `open` has resolved. */
  readonly signal: AbortSignal
}

/** What a link tells its owner. Nothing is told any more after `closed`, or after the owner's own `close()`. */
export interface TransportSink {
  /** Bytes have arrived, in order. The chunk is only valid during the call: what is kept must be copied. */
  data(chunk: Uint8Array): void
  /** Follows a `write` that returned false: all that was written so far has left the caller's arrays. */
  drained(): void
  /** The peer has ended the link (no cause), or it broke (with its cause). Called once; a half close counts. */
  closed(cause?: Error): void
}

/** One open link. After its end every method does nothing, and `write` returns true. */
export interface TransportLink {
  /**
   * Sends the chunks in order, in one system call where the platform can.
   * @returns true: the bytes are taken, and the arrays may be reused at once; false: they are still needed, and the
   * caller should wait for `drained()`. Writing on before that is allowed, costs memory, and keeps the order.
   */
  write(chunks: readonly Uint8Array[]): boolean
  /** Stops `data` from the next chunk on; nothing is lost. While paused, the peer's end may go unnoticed. */
  pause(): void
  resume(): void
  /** Ends the link in good order: what was written is sent, then the end. Final: the sink hears nothing any more. */
  close(): void
}

/** A way to reach one server. */
export interface Transport {
  /** For people and logs, for instance `mqtt://host:1883`; never holds credentials. */
  readonly label: string
  /**
   * Opens a new link; `data` comes no earlier than the code that awaits the promise has run.
   * @throws (rejects) the platform's error when the server is not reached; AbortedError when the signal fires before.
   */
  open(sink: TransportSink, attempt: TransportAttempt): Promise<TransportLink>
}

/** Options as they are, or a function that makes them anew for each attempt. */
export type PerAttempt<T> = T | ((attempt: TransportAttempt) => T | Promise<T>)
