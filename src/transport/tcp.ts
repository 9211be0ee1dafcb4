/**
 * TCP. One link is one socket:
 *
 *   opening ──connect──▶ open ──peer ended, error──▶ gone        the sink hears closed(cause?)
 *      │ abort, error      │ close()
 *      ▼                   ▼
 *     gone              closing: flush, FIN, read and drop until the peer's FIN ──or CLOSE_WITHIN_MS──▶ gone
 *
 * The peer's FIN is waited for because a socket that is destroyed with bytes unread sends RST, and on some platforms RST
 * makes the peer drop what it has not read yet: our DISCONNECT would be lost, and the will sent.
 */
import { connect, type Socket, type TcpNetConnectOpts } from "node:net"
import { type Clock, systemClock } from "../clock.js"
import { InvalidOptionError } from "../errors.js"
import { optionsFor, untilAborted } from "./open.js"
import type { PerAttempt, Transport, TransportLink, TransportSink } from "./types.js"

/** `host` and `port` (default 1883, 1…65 535), and whatever node:net takes. `noDelay` is on unless it is set. */
export type TcpOptions = { host: string; port?: number | undefined } & Partial<Omit<TcpNetConnectOpts, "host" | "port">>

export const DEFAULT_TCP_PORT = 1883

/** How long a closed link may take to send its last bytes and see the peer's end; then the socket is destroyed. */
export const CLOSE_WITHIN_MS = 2_000

const READ_BUFFER_BYTES = 65_536

/**
 * The one read buffer of the process. All sockets share it: bytes are read into it and handed to the sink within one
 * callback. (Where libuv must post a buffer in advance, on Windows, it posts an empty one and asks for this only to read.)
 */
let readBuffer: Uint8Array | undefined

/**
 * A transport over plain TCP.
 * @param clock measures CLOSE_WITHIN_MS.
 * @throws InvalidOptionError for an empty host or a port out of range; from a function: `open` rejects with it.
 */
export function tcp(options: PerAttempt<TcpOptions>, clock: Clock = systemClock): Transport {
  const label = typeof options === "function" ? "mqtt://(chosen per attempt)" : tcpLabel(checked(options))
  return {
    label,
    async open(sink, attempt) {
      const resolved = checked(await optionsFor(options, attempt, label))
      return await openLink(resolved, sink, attempt.signal, clock)
    },
  }
}

function checked(options: TcpOptions): TcpOptions {
  const { host, port } = options
  if (typeof host !== "string" || host === "") throw new InvalidOptionError("host", "a host name or address is needed")
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535))
    throw new InvalidOptionError("port", `a port is an integer from 1 to 65535, not ${port}`)
  return options
}

function tcpLabel({ host, port }: TcpOptions): string {
  return `mqtt://${host.includes(":") ? `[${host}]` : host}:${port ?? DEFAULT_TCP_PORT}`
}

function openLink(options: TcpOptions, sink: TransportSink, signal: AbortSignal, clock: Clock): Promise<TransportLink> {
  readBuffer ??= new Uint8Array(READ_BUFFER_BYTES)
  const buffer = readBuffer
  let link: SocketLink | undefined
  const socket = connect({
    noDelay: true,
    ...options,
    port: options.port ?? DEFAULT_TCP_PORT,
    allowHalfOpen: false,
    onread: {
      buffer,
      // Always true: a reader is stopped by pause().
      callback(length) {
        link?.read(buffer.subarray(0, length))
        return true
      },
    },
  })
  return untilAborted<TransportLink>(
    signal,
    tcpLabel(options),
    (resolve, reject) => {
      socket.once("error", reject)
      socket.once("connect", () => {
        socket.off("error", reject)
        link = new SocketLink(socket, sink, clock)
        resolve(link)
      })
    },
    () => socket.destroy(),
  )
}

class SocketLink implements TransportLink {
  readonly #socket: Socket
  readonly #clock: Clock
  /** undefined: closed, from either side. */
  #sink: TransportSink | undefined
  #owesDrained = false
  #cancelDeadline: (() => void) | undefined

  constructor(socket: Socket, sink: TransportSink, clock: Clock) {
    this.#socket = socket
    this.#sink = sink
    this.#clock = clock
    socket.on("end", () => this.#lost())
    socket.on("error", (error) => this.#lost(error))
    socket.on("close", () => {
      this.#cancelDeadline?.()
      this.#lost()
    })
  }

  /** The socket's reader. After our own close() it drops what still comes. */
  read(chunk: Uint8Array): void {
    this.#sink?.data(chunk)
  }

  write(chunks: readonly Uint8Array[]): boolean {
    if (this.#sink === undefined || chunks.length === 0) return true
    const last = chunks.length - 1
    if (last > 0) this.#socket.cork()
    chunks.forEach((chunk, index) => {
      if (index < last) this.#socket.write(chunk)
      else this.#socket.write(chunk, this.#written)
    })
    if (last > 0) this.#socket.uncork()
    // The kernel takes what it has room for within the call; only what it refused is still counted here.
    if (this.#socket.writableLength === 0) return true
    this.#owesDrained = true
    return false
  }

  pause(): void {
    if (this.#sink !== undefined) this.#socket.pause()
  }

  resume(): void {
    if (this.#sink !== undefined) this.#socket.resume()
  }

  close(): void {
    if (this.#sink === undefined) return
    this.#sink = undefined
    this.#cancelDeadline = this.#clock.setTimer(() => this.#socket.destroy(), CLOSE_WITHIN_MS)
    this.#socket.resume()
    this.#socket.end()
  }

  readonly #written = (error?: Error | null) => {
    if (error) return
    if (!this.#owesDrained || this.#socket.writableLength > 0) return
    this.#owesDrained = false
    this.#sink?.drained()
  }

  /**
   * Runs for end, error and close, whichever come; the first one tells. After our own close() there is nobody to tell:
   * node destroys the socket once both directions have ended.
   */
  #lost(cause?: Error): void {
    const sink = this.#sink
    if (sink === undefined) return
    this.#sink = undefined
    this.#socket.destroy()
    sink.closed(cause)
  }
}
