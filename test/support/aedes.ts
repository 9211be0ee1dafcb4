/**
 * aedes, a broker of version 3.1.1, in this process on a free loopback port, with two faults of aedes 1.2 repaired. As it is it
 * delivers QoS 2 messages twice when a link was cut with several of them on their way to a client: no client can prevent that.
 */
import { once } from "node:events"
import { createServer, type Socket } from "node:net"
import { Aedes, type Client } from "aedes"

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
  const aedes = await Aedes.createBroker({ maxInflightInbound: 0 })
  repairReleases(aedes)
  const nextIds = new Map<string, number>()
  const clients = new Set<Client>()
  const sockets = new Set<Socket>()
  aedes.on("client", (client) => {
    clients.add(client)
    continueIds(client, nextIds)
  })
  aedes.on("clientDisconnect", (client) => {
    clients.delete(client)
    keepIds(client, nextIds)
  })
  let faults = 0
  const count = (_client: unknown, error: Error) => {
    if (!("code" in error)) faults++ // else it is a socket's: reset, or closed before everything was written
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

/**
 * Its store takes two PUBRELs for the same message, for both lack the two fields that it compares: the second one's PUBLISH stays
 * in the store, and goes out again on the next link. A broker id that equals nothing makes it compare packet identifiers.
 */
function repairReleases(aedes: object): void {
  const { persistence } = aedes as { persistence: Persistence }
  const update = persistence.outgoingUpdate.bind(persistence)
  persistence.outgoingUpdate = (client, packet) => {
    if (packet.cmd === "pubrel") packet.brokerId ??= Number.NaN
    return update(client, packet)
  }
}

interface Persistence {
  outgoingUpdate(client: unknown, packet: { cmd: string; brokerId?: unknown }): Promise<unknown>
}

/**
 * It starts the packet identifiers of each link at random, and may hit one that an earlier link's message still has. Going on
 * where the last link ended makes that impossible for as long as tests run.
 */
function continueIds(client: Client, nextIds: ReadonlyMap<string, number>): void {
  const withIds = client as Client & { _nextId: number }
  withIds._nextId = nextIds.get(client.id) ?? 1
}

function keepIds(client: Client, nextIds: Map<string, number>): void {
  nextIds.set(client.id, (client as Client & { _nextId: number })._nextId)
}
