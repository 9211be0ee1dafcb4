/** aedes, a broker of version 3.1.1, in this process on a free loopback port. */
import { once } from "node:events"
import { createServer, type Socket } from "node:net"
import { Aedes, type Client } from "aedes"

export interface AedesBroker extends AsyncDisposable {
  readonly port: number
  /** The ids of the clients that are connected now, in the order they were. */
  readonly clients: readonly string[]
  /** Breaks all sockets with RST; sessions stay. */
  cutSockets(): void
  stop(): Promise<void>
}

/** Starts aedes with its stored sessions in memory. */
export async function startAedes(): Promise<AedesBroker> {
  // By default it drops a client with more than 1,000 QoS 2 messages on their way; a 3.1.1 client cannot know that limit.
  const aedes = await Aedes.createBroker({ maxInflightInbound: 0 })
  const clients = new Set<Client>()
  const sockets = new Set<Socket>()
  aedes.on("client", (client) => void clients.add(client))
  aedes.on("clientDisconnect", (client) => void clients.delete(client))
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
    socket.on("error", () => undefined) // "close" follows
    aedes.handle(socket)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port")
  const stop = async () => {
    if (!server.listening) return
    const closed = once(server, "close")
    server.close()
    await new Promise<void>((resolve) => aedes.close(() => resolve()))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  return {
    port: address.port,
    get clients() {
      return Array.from(clients, ({ id }) => id)
    },
    cutSockets() {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
