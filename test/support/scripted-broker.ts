/**
 * A fake broker that does exactly what a test says, packet by packet:
 *
 *   const broker = scriptedBroker()
 *   const link = await broker.accept()                 // the client has opened a link
 *   const connect = await link.receive("connect")      // fails with what came instead
 *   link.send({ type: "connack", … })
 *   link.reset()
 *
 * It waits for events only, never for time; what does not come is the test runner's timeout.
 */
import { once } from "node:events"
import { createServer } from "node:net"
import { memoryServer, type Transport, tcp } from "../../src/transport/index.js"
import { ScriptedLink } from "./scripted-link.js"

export interface ScriptedBroker extends AsyncDisposable {
  readonly transport: Transport
  /** The next link that nobody has accepted yet, in the order they were opened. */
  accept(): Promise<ScriptedLink>
  /** All links so far, accepted or not. */
  readonly links: readonly ScriptedLink[]
  stop(): Promise<void>
}

/** A scripted broker that is reached through memory. */
export function scriptedBroker(options: { label?: string } = {}): ScriptedBroker & {
  /** The next `times` openings reject with `error`. */
  refuse(error: Error, times?: number): void
} {
  const server = memoryServer(options)
  const links = new LinkList()
  const refusals: Error[] = []
  server.accept((sink) => {
    const refusal = refusals.shift()
    if (refusal !== undefined) throw refusal
    let reading = true
    const link: ScriptedLink = new ScriptedLink({
      write: (bytes) => sink.data(bytes),
      end() {
        sink.closed()
        link.peerEnded()
      },
      reset() {
        sink.closed(new Error("reset by the scripted broker"))
        link.peerEnded()
      },
      stopReading() {
        reading = false
      },
      startReading() {
        reading = true
        sink.drained()
      },
    })
    links.add(link)
    return {
      write(chunks) {
        for (const chunk of chunks) link.arrived(chunk)
        return reading
      },
      pause: () => undefined,
      resume: () => undefined,
      close: () => link.peerEnded(),
    }
  })
  const stop = async () => links.resetAll()
  return {
    transport: server.transport,
    accept: () => links.next(),
    links: links.all,
    refuse(error, times = 1) {
      for (let count = 0; count < times; count++) refusals.push(error)
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** The same over TCP on a free loopback port. */
export async function scriptedTcpBroker(): Promise<ScriptedBroker & { readonly port: number }> {
  const links = new LinkList()
  const server = createServer({ noDelay: true }, (socket) => {
    const link = new ScriptedLink({
      write: (bytes) => void socket.write(bytes),
      end: () => void socket.end(),
      reset: () => void socket.resetAndDestroy(),
      stopReading: () => void socket.pause(),
      startReading: () => void socket.resume(),
    })
    socket.on("data", (chunk) => link.arrived(chunk))
    socket.on("error", () => undefined) // "close" follows and tells
    socket.on("close", () => link.peerEnded())
    links.add(link)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port")
  const stop = async () => {
    if (!server.listening) return
    const closed = once(server, "close")
    server.close()
    links.resetAll()
    await closed
  }
  return {
    port: address.port,
    transport: tcp({ host: "127.0.0.1", port: address.port }),
    accept: () => links.next(),
    links: links.all,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

class LinkList {
  readonly all: ScriptedLink[] = []
  readonly #takers: ((link: ScriptedLink) => void)[] = []
  #taken = 0

  add(link: ScriptedLink): void {
    this.all.push(link)
    const taker = this.#takers.shift()
    if (taker === undefined) return
    this.#taken++
    taker(link)
  }

  next(): Promise<ScriptedLink> {
    const link = this.all[this.#taken]
    if (link === undefined) return new Promise((resolve) => this.#takers.push(resolve))
    this.#taken++
    return Promise.resolve(link)
  }

  resetAll(): void {
    for (const link of this.all) if (!link.ended) link.reset()
  }
}
