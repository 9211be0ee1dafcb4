/** The far end of a link, over each transport: the conformance suite speaks to a server through this one face. */
import { once } from "node:events"
import { createServer, type Socket } from "node:net"
import {
  type MemoryServerOptions,
  memoryServer,
  type Transport,
  type TransportLink,
  tcp,
} from "../../src/transport/index.js"
import { Recorder } from "./recorder.js"

/** The server's end of one link. */
export interface Peer {
  /** What came from the client, and its end. */
  readonly heard: Recorder
  /** Resolves when the transport has taken the bytes, which it may not do while the client does not read. */
  send(bytes: Uint8Array): Promise<void>
  stopReading(): void
  startReading(): void
  /** Ends in good order. */
  end(): void
  /** Breaks the link. */
  reset(): void
}

export interface PeerServer {
  readonly transport: Transport
  /** The next link's far end, in the order they were opened. */
  accept(): Promise<Peer>
  /** Ends all that is left of it. */
  stop(): Promise<void>
}

export async function tcpServer(): Promise<PeerServer> {
  const peers = new Waiting<Peer>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    peers.add(tcpPeer(socket))
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    transport: tcp({ host: "127.0.0.1", port: portOf(server.address()) }),
    accept: () => peers.take(),
    async stop() {
      const closed = once(server, "close")
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

export function portOf(address: unknown): number {
  if (typeof address === "object" && address !== null && "port" in address && typeof address.port === "number")
    return address.port
  throw new Error("not listening on a port")
}

function tcpPeer(socket: Socket): Peer {
  const heard = new Recorder()
  let failure: Error | undefined
  socket.on("data", (chunk) => heard.data(chunk))
  socket.on("error", (error) => {
    failure = error
  })
  socket.on("end", () => heard.closed())
  socket.on("close", () => {
    if (failure !== undefined) heard.closed(failure)
  })
  return {
    heard,
    send: (bytes) => new Promise((resolve) => socket.write(bytes, () => resolve())),
    stopReading: () => void socket.pause(),
    startReading: () => void socket.resume(),
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
  }
}

export async function memoryPeers(options?: MemoryServerOptions): Promise<PeerServer> {
  const peers = new Waiting<Peer>()
  const server = memoryServer(options)
  server.accept((sink) => {
    const heard = new Recorder()
    let reading = true
    let resumed: (() => void) | undefined
    const mayWrite = { now: true }
    const link: TransportLink = {
      write(chunks) {
        for (const chunk of chunks) heard.data(chunk)
        return reading
      },
      pause() {
        mayWrite.now = false
      },
      resume() {
        mayWrite.now = true
        resumed?.()
      },
      close: () => heard.closed(),
    }
    peers.add({
      heard,
      send(bytes) {
        sink.data(bytes)
        return mayWrite.now ? Promise.resolve() : new Promise((resolve) => (resumed = resolve))
      },
      stopReading() {
        reading = false
      },
      startReading() {
        reading = true
        sink.drained()
      },
      end: () => sink.closed(),
      reset: () => sink.closed(new Error("reset")),
    })
    return link
  })
  return { transport: server.transport, accept: () => peers.take(), stop: async () => undefined }
}

/** Hands out what has come, or what comes next. */
class Waiting<T> {
  readonly #items: T[] = []
  readonly #takers: ((item: T) => void)[] = []

  add(item: T): void {
    const taker = this.#takers.shift()
    if (taker === undefined) this.#items.push(item)
    else taker(item)
  }

  take(): Promise<T> {
    const item = this.#items.shift()
    if (item !== undefined) return Promise.resolve(item)
    return new Promise((resolve) => this.#takers.push(resolve))
  }
}
