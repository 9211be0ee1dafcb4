/**
 * Three faults of aedes 1.2, repaired from outside. Each of them delivers a QoS 2 message twice, or not at all, when a link was cut
 * while messages were on their way to its client: no client can prevent that, so no test of exactly once could pass.
 */
import type { Aedes, AedesPublishPacket, Client } from "aedes"

/** What aedes has but does not declare. */
interface Persistence {
  outgoingUpdate(client: unknown, packet: { cmd: string; brokerId?: unknown }): Promise<unknown>
  /** What is stored for the client, in order. */
  outgoingStream(client: { readonly id: string }): AsyncIterable<Numbered & { readonly messageId?: number }>
}

/** How aedes tells one message from another. */
interface Numbered {
  readonly brokerId?: unknown
  readonly brokerCounter?: unknown
}

interface ClientInside {
  readonly clean: boolean
  readonly closed: boolean
  _nextId: number
  deliverQoS(packet: AedesPublishPacket & Numbered, done: () => void): void
  once(event: "connected", listener: () => void): void
}

/**
 * Its store takes two PUBRELs for the same message, for both lack the two fields that it compares: the second one's PUBLISH stays
 * in the store, and goes out again on the next link. A broker id that equals nothing makes it compare packet identifiers.
 */
export function repairReleases(aedes: Aedes): void {
  const persistence = persistenceOf(aedes)
  const update = persistence.outgoingUpdate.bind(persistence)
  persistence.outgoingUpdate = (client, packet) => {
    if (packet.cmd === "pubrel") packet.brokerId ??= Number.NaN
    return update(client, packet)
  }
}

/**
 * It starts the packet identifiers of each link at random, and may hit one that an earlier link's message still has. Going on
 * where the last one was makes that impossible for as long as tests run. To be called before CONNECT is dealt with.
 */
export function continueIds(client: Client, clientId: string, nextIds: Map<string, number>): void {
  Object.defineProperty(client, "_nextId", {
    get: () => nextIds.get(clientId) ?? 1,
    set: (nextId: number) => nextIds.set(clientId, nextId),
  })
}

/**
 * It restores a client's subscriptions before it sends what is stored for it: a message that comes in between is sent at once,
 * and once more out of the store. Here such messages wait until the store has been sent, and go out if they were not in it.
 * To be called before CONNECT is dealt with.
 */
export function sendStoredFirst(aedes: Aedes, client: Client, clientId: string): void {
  const inside = client as unknown as ClientInside
  const deliver = inside.deliverQoS
  let waiting: (AedesPublishPacket & Numbered)[] | undefined = []
  inside.deliverQoS = (packet, done) => {
    const isStored = packet.qos > 0 && !packet.retain && !inside.clean
    if (isStored && inside.closed) setImmediate(done)
    else if (isStored && waiting !== undefined) {
      waiting.push(packet)
      setImmediate(done)
    } else deliver(packet, done)
  }
  inside.once("connected", async () => {
    for (let packet = waiting?.shift(); packet !== undefined; packet = waiting?.shift())
      if (await isUnsent(persistenceOf(aedes), clientId, packet)) deliver(packet, () => undefined)
    waiting = undefined
  })
}

/** Whether it is still in the store, and has not got a packet identifier. */
async function isUnsent(persistence: Persistence, id: string, packet: Numbered): Promise<boolean> {
  for await (const entry of persistence.outgoingStream({ id }))
    if (isSame(entry, packet)) return entry.messageId === undefined
  return false
}

function isSame(a: Numbered, b: Numbered): boolean {
  return a.brokerId === b.brokerId && a.brokerCounter === b.brokerCounter
}

function persistenceOf(aedes: Aedes): Persistence {
  return (aedes as unknown as { readonly persistence: Persistence }).persistence
}
