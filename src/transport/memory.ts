/**
 * Links without a network, for tests and for a server in the same process. Bytes take a microtask instead of a wire.
 *
 *   client ── TransportLink ──▶ pipe ──▶ the link that the server's listener returned
 *   client ◀── TransportSink ── pipe ◀── the sink that the server's listener was given
 *
 * The server writes by calling `sink.data`, ends by `sink.closed()`, and breaks the link by `sink.closed(error)`. Its link is
 * told what the client does: `write` brings bytes (false: no more until `sink.drained()`), `pause` and `resume` say whether
 * the client keeps up, `close` is the client's end. As on the client's side nobody is called from inside a call,
 * but for `pause`, which comes from inside the `data` that was too much.
 */
import { atEndOfTurn } from "../clock.js"
import { NoListenerError } from "./errors.js"
import { throwIfAborted, untilAborted } from "./open.js"
import { Pipe } from "./pipe.js"
import type { Transport, TransportLink, TransportSink } from "./types.js"

/** The server's end of in-memory links. */
export interface MemoryServer {
  /** Opens links to this server. */
  readonly transport: Transport
  /**
   * Sets who takes new links; the last one set counts. What the listener throws is what the client's `open` rejects
   * with; without a listener it rejects with NoListenerError.
   */
  accept(listener: (sink: TransportSink) => TransportLink): void
}

export interface MemoryServerOptions {
  /** The transport's label, default `memory://server`. */
  readonly label?: string | undefined
  /** How many bytes may wait in one direction before its writer is told to wait, default 65,536. */
  readonly highWaterBytes?: number | undefined
}

/** The transport that reaches `server`. */
export function memory(server: MemoryServer): Transport {
  return server.transport
}

/** A server that is reached through memory only. It holds nothing but its listener. */
export function memoryServer(options: MemoryServerOptions = {}): MemoryServer {
  const { label = "memory://server", highWaterBytes = 65_536 } = options
  let listener: ((sink: TransportSink) => TransportLink) | undefined
  return {
    accept(newListener) {
      listener = newListener
    },
    transport: {
      label,
      async open(sink, { signal }) {
        throwIfAborted(signal, label)
        // As with a socket, opening takes a turn of the event loop, and can be given up meanwhile.
        await untilAborted<void>(signal, label, (resolve) => atEndOfTurn(resolve))
        if (listener === undefined) throw new NoListenerError(label)
        return joinMemory(sink, listener, highWaterBytes)
      },
    },
  }
}

/** Joins a client's sink and what the listener makes by two pipes. @returns the client's link */
function joinMemory(
  clientSink: TransportSink,
  listener: (sink: TransportSink) => TransportLink,
  highWaterBytes: number,
): TransportLink {
  /** Set before the first byte moves: nothing moves within this call. */
  let server: TransportLink | undefined
  let open = true
  let serverOpen = true

  const down: Pipe = new Pipe(
    {
      data: (chunk) => clientSink.data(chunk),
      closed(cause) {
        open = false
        up.abandon()
        clientSink.closed(cause)
      },
    },
    highWaterBytes,
    () => server?.resume(),
  )
  const up: Pipe = new Pipe(
    {
      data(chunk) {
        if (server?.write([chunk]) === false) up.pause()
      },
      closed: () => server?.close(),
    },
    highWaterBytes,
    () => {
      if (open && serverOpen) clientSink.drained()
    },
  )

  server = listener({
    data(chunk) {
      if (!down.write([chunk])) server?.pause()
    },
    drained: () => up.resume(),
    closed(cause) {
      serverOpen = false
      up.abandon()
      if (cause === undefined) down.end()
      else down.cut(cause)
    },
  })
  up.start()
  // The one who awaits the link shall have it before the first byte.
  atEndOfTurn(() => down.start())

  return {
    write: (chunks) => !open || up.write(chunks),
    pause() {
      if (open) down.pause()
    },
    resume() {
      if (open) down.resume()
    },
    close() {
      if (!open) return
      open = false
      down.abandon()
      up.end()
    },
  }
}
