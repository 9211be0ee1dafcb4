/**
 * aedes, a broker of version 3.1.1, in this process on a free loopback port, with those faults repaired that no client can make
 * up for (aedes-repairs.ts).
 */
import { once } from "node:events"
import { createServer, type Socket } from "node:net"
import { Aedes, type Client } from "aedes"
import { continueIds, repairReleases, sendStoredFirst } from "./aedes-repairs.js"

export interface AedesBroker extends AsyncDisposable {
  readonly port: number
  /** The ids of the clients that are connected now, in the order they were. */
  readonly clients: readonly string[]
  /** Breaks all sockets with RST; sessions stay. */
  cutSockets(): void
  /** How often it ended a link because it could not take what came for MQTT. */
  readonly faults: number
  /** Ends all links and takes no new ones, as if it had been stopped; its sessions stay. */
  goDown(): Promise<void>
  /** Is there again after goDown(), on the same port. */
  comeUp(): Promise<void>
  stop(): Promise<void>
}

/** Starts aedes with its stored sessions in memory. */
export async function startAedes(): Promise<AedesBroker> {
  // By default it drops a client with more than 1,000 QoS 2 messages on their way; a 3.1.1 client cannot know that limit.
  const nextIds = new Map<string, number>()
  const aedes = await Aedes.createBroker({
    maxInflightInbound: 0,
    preConnect(client, { clientId }, done) {
      continueIds(client, clientId, nextIds)
      sendStoredFirst(aedes, client, clientId)
      done(null, true)
    },
  })
  repairReleases(aedes)
  const clients = new Set<Client>()
  const sockets = new Set<Socket>()
  aedes.on("client", (client) => clients.add(client))
  aedes.on("clientDisconnect", (client) => clients.delete(client))
  let faults = 0
  const count = (client: Client, error: Error) => {
    // What has a code is a socket's: reset, or closed before everything was written. A closed client only drops what waits.
    if (!client.closed && !("code" in error)) faults++
  }
  aedes.on("clientError", count)
  aedes.on("connectionError", count)
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
  const { port } = address
  const goDown = async () => {
    const closed = once(server, "close")
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const stop = async () => {
    if (!server.listening) return
    const closed = once(server, "close")
    server.close()
    await new Promise<void>((resolve) => aedes.close(() => resolve()))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  return {
    port,
    get faults() {
      return faults
    },
    goDown,
    async comeUp() {
      server.listen(port, "127.0.0.1")
      await once(server, "listening")
    },
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
