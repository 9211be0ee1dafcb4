/**
 * The in-process broker that the examples of the documentation talk to: aedes on a free loopback port.
 */
import { once } from "node:events"
import { createServer, type Socket } from "node:net"
import { Aedes } from "aedes"

export interface Broker {
  /** mqtt://127.0.0.1:port */
  readonly url: string
  /** Ends every link and frees the port. */
  close(): Promise<void>
}

/** Starts a broker of its own for one test: no session and no retained message is shared. */
export async function startBroker(): Promise<Broker> {
  const aedes = await Aedes.createBroker()
  const server = createServer(aedes.handle)
  const sockets = new Set<Socket>()
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("the broker listens on no port")
  return {
    url: `mqtt://127.0.0.1:${address.port}`,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => aedes.close(resolve))
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
