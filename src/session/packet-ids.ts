/**
 * Packet identifiers 1, 2, 3 … in call order, skipping those in use, wrapping at 65,535; 0 is never one [MQTT-2.2.1-3].
 * The table from identifier to record grows with what is in use: a client with a small window never pays for 65,536 entries.
 */

export const MAXIMUM_PACKET_ID = 65_535

export class PacketIds<R> {
  readonly #holders: (R | undefined)[] = []
  #last = 0
  #used = 0

  get used(): number {
    return this.#used
  }

  get(packetId: number): R | undefined {
    return this.#holders[packetId]
  }

  /** The next free identifier, now held; 0 when all are in use. */
  allocate(holder: R): number {
    if (this.#used === MAXIMUM_PACKET_ID) return 0
    let id = this.#last
    do id = id === MAXIMUM_PACKET_ID ? 1 : id + 1
    while (this.#holders[id] !== undefined)
    this.hold(id, holder)
    this.#last = id
    return id
  }

  /** Holds an identifier that the peer chose. */
  hold(packetId: number, holder: R): void {
    // Filled from the front, so that the array never turns into a dictionary.
    while (this.#holders.length <= packetId) this.#holders.push(undefined)
    if (this.#holders[packetId] === undefined) this.#used++
    this.#holders[packetId] = holder
  }

  release(packetId: number): void {
    if (this.#holders[packetId] === undefined) return
    this.#holders[packetId] = undefined
    this.#used--
  }

  *holders(): IterableIterator<R> {
    for (const holder of this.#holders) if (holder !== undefined) yield holder
  }
}
