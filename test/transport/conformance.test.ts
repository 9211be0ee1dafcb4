/** What every transport promises, run over each of them. */
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { AbortedError } from "../../src/errors.js"
import { settle } from "../../src/testing/index.js"
import type { TransportAttempt, TransportLink } from "../../src/transport/index.js"
import { memoryPeers, type Peer, type PeerServer, tcpServer } from "./peers.js"
import { Recorder } from "./recorder.js"

describe.each([
  { name: "tcp", start: tcpServer },
  { name: "memory", start: () => memoryPeers() },
  { name: "memory with a small buffer", start: () => memoryPeers({ highWaterBytes: 100 }) },
])("a link over $name", ({ start }) => {
  let resourcesBefore: string[]
  let server: PeerServer
  let sink: Recorder

  beforeEach(async () => {
    resourcesBefore = resources()
    server = await start()
    sink = new Recorder()
  })
  afterEach(async () => {
    await server.stop()
    while (resources().join() !== resourcesBefore.join()) await settle()
  })

  async function opened(): Promise<{ link: TransportLink; peer: Peer }> {
    const link = await server.transport.open(sink, attempt())
    return { link, peer: await server.accept() }
  }

  it("carries bytes in order, however they are cut into chunks", async () => {
    const { link, peer } = await opened()
    const bytes = pattern(10_000)
    link.write([bytes.subarray(0, 1), bytes.subarray(1, 1), bytes.subarray(1, 777)])
    link.write([bytes.subarray(777, 5_000)])
    link.write([])
    link.write([bytes.subarray(5_000, 5_001), bytes.subarray(5_001)])
    await peer.heard.until((heard) => heard.bytes >= bytes.length)
    expect(same(peer.heard.all(), bytes)).toBe(true)
    void peer.send(bytes.subarray(0, 3))
    void peer.send(bytes.subarray(3))
    await sink.until((heard) => heard.bytes >= bytes.length)
    expect(same(sink.all(), bytes)).toBe(true)
    link.close()
  })

  it("delivers nothing before the one who awaits the link has it", async () => {
    const opening = server.transport.open(sink, attempt())
    const accepted = server.accept().then((peer) => peer.send(pattern(10)))
    const link = await opening.then(async (link) => {
      for (let hop = 0; hop < 20; hop++) await Promise.resolve()
      expect(sink.bytes).toBe(0)
      return link
    })
    await accepted
    await sink.until((heard) => heard.bytes === 10)
    link.close()
  })

  it("lets the arrays be used again at once when write returns true", async () => {
    const { link, peer } = await opened()
    const reused = new Uint8Array(40)
    for (let round = 0; round < 50; round++) {
      reused.fill(round)
      expect(link.write([reused.subarray(0, 30), reused.subarray(30)])).toBe(true)
      reused.fill(0xff)
      await peer.heard.until((heard) => heard.bytes === 40 * (round + 1))
    }
    expect(peer.heard.all().includes(0xff)).toBe(false)
    link.close()
  })

  it("says wait when the peer does not read, says drained once when it does again, and loses nothing", async () => {
    const { link, peer } = await opened()
    peer.stopReading()
    const sent: Uint8Array[] = []
    const fill = () => {
      while (sent.length < 1_000) {
        const chunk = pattern(sent.length % 2 === 0 ? 65_536 : 1_000, sent.length)
        sent.push(chunk)
        if (!link.write([chunk, chunk.subarray(0, 10)])) return
      }
      throw new Error("wait was never said")
    }
    fill()
    link.write([pattern(5)])
    await settle()
    expect(sink.drains).toBe(0)
    peer.startReading()
    await sink.until((heard) => heard.drains > 0)
    expect(link.write([pattern(5)])).toBe(true)
    const total = Buffer.concat([...sent.flatMap((chunk) => [chunk, chunk.subarray(0, 10)]), pattern(5), pattern(5)])
    await peer.heard.until((heard) => heard.bytes >= total.length)
    expect(same(peer.heard.all(), total)).toBe(true)
    expect(sink.drains).toBe(1)
    link.close()
  })

  it("delivers nothing while paused and everything after, when it was paused from inside data", async () => {
    const { link, peer } = await opened()
    const bytes = pattern(3_000_000)
    let pauses = 0
    sink.onData = () => {
      if (pauses >= 5) return
      pauses++
      link.pause()
    }
    const sending = peer.send(bytes)
    for (let round = 1; round <= 5; round++) {
      await sink.until((heard) => heard.chunks.length >= round)
      await settle()
      expect(sink.chunks.length).toBe(round)
      link.resume()
    }
    await sending
    await sink.until((heard) => heard.bytes >= bytes.length)
    expect(same(sink.all(), bytes)).toBe(true)
    link.close()
  })

  it("stays paused when it is resumed and paused in one go, and loses nothing by it", async () => {
    const { link, peer } = await opened()
    link.pause()
    link.resume()
    link.pause()
    void peer.send(pattern(100))
    for (let round = 0; round < 3; round++) {
      await settle()
      link.resume()
      link.pause()
    }
    await settle()
    expect(sink.bytes).toBe(0)
    link.resume()
    await sink.until((heard) => heard.bytes === 100)
    void peer.send(pattern(100))
    await sink.until((heard) => heard.bytes === 200)
    expect(same(sink.all(), Buffer.concat([pattern(100), pattern(100)]))).toBe(true)
    link.close()
  })

  it("tells the peer's end once, after its last byte, and is a no-op from then on", async () => {
    const { link, peer } = await opened()
    const bytes = pattern(500_000)
    const sending = peer.send(bytes)
    peer.end()
    await sink.until((heard) => heard.ends.length > 0)
    expect(same(sink.all(), bytes)).toBe(true)
    await sending
    for (let turn = 0; turn < 5; turn++) await settle()
    expect(link.write([pattern(9)])).toBe(true)
    link.pause()
    link.resume()
    link.close()
    link.close()
    await settle()
    expect(sink.ends).toEqual([undefined])
    expect(sink.drains).toBe(0)
  })

  it("tells a broken link once, with its cause", async () => {
    const { link, peer } = await opened()
    void peer.send(pattern(10))
    await sink.until((heard) => heard.bytes === 10)
    peer.reset()
    await sink.until((heard) => heard.ends.length > 0)
    for (let turn = 0; turn < 5; turn++) await settle()
    expect(sink.ends).toEqual([expect.any(Error)])
    link.close()
  })

  it("tells no drained when the link breaks with bytes unsent", async () => {
    const { link, peer } = await opened()
    peer.stopReading()
    link.pause()
    fillUp(link)
    peer.reset()
    await sink.until((heard) => heard.ends.length > 0)
    await settle()
    expect(sink.drains).toBe(0)
    expect(sink.ends).toEqual([expect.any(Error)])
  })

  it("sends what was written before close, then the end", async () => {
    const { link, peer } = await opened()
    const bytes = pattern(8_000_000)
    peer.stopReading()
    link.write([bytes])
    link.close()
    await settle()
    expect(peer.heard.ends).toEqual([])
    peer.startReading()
    await peer.heard.until((heard) => heard.ends.length > 0)
    expect(peer.heard.ends).toEqual([undefined])
    expect(same(peer.heard.all(), bytes)).toBe(true)
    peer.end()
  })

  it("hears nothing any more after its own close, even with bytes and an end on their way", async () => {
    const { link, peer } = await opened()
    sink.onData = () => link.close()
    void peer.send(pattern(1_000_000))
    await sink.until((heard) => heard.chunks.length === 1)
    link.write([pattern(3)])
    link.resume()
    peer.end()
    await peer.heard.until((heard) => heard.ends.length > 0)
    await settle()
    expect(sink.chunks.length).toBe(1)
    expect(sink.ends).toEqual([])
    expect(peer.heard.ends).toEqual([undefined])
    expect(peer.heard.bytes).toBe(0)
  })

  it("ends in good order although the client had not read all, so that its last packet arrives", async () => {
    const { link, peer } = await opened()
    link.pause()
    const sending = peer.send(pattern(8_000_000))
    await settle()
    peer.stopReading()
    link.write([pattern(14)])
    link.close()
    await settle()
    peer.startReading()
    await peer.heard.until((heard) => heard.ends.length > 0)
    expect(same(peer.heard.all(), pattern(14))).toBe(true)
    await sending
    await settle()
    expect(peer.heard.ends).toEqual([undefined])
    peer.end()
  })

  it("keeps several links of one process apart", async () => {
    const sinks = [new Recorder(), new Recorder(), new Recorder()]
    const ends = await Promise.all(
      sinks.map(async (one) => {
        const link = await server.transport.open(one, attempt())
        return { link, one }
      }),
    )
    const peers = [await server.accept(), await server.accept(), await server.accept()]
    peers.forEach((peer, index) => void peer.send(new Uint8Array(100_000).fill(index + 1)))
    for (const { link, one } of ends) {
      await one.until((heard) => heard.bytes >= 100_000)
      expect(new Set(one.all()).size).toBe(1)
      link.close()
    }
  })

  it("rejects an opening that is aborted, with the reason, and leaves nothing behind", async () => {
    const controller = new AbortController()
    const opening = server.transport.open(sink, attempt(controller.signal))
    const reason = new Error("no more")
    controller.abort(reason)
    await expect(opening).rejects.toThrow(AbortedError)
    await expect(opening).rejects.toHaveProperty("cause", reason)
    await settle()
    expect(sink.ends).toEqual([])
  })

  it("rejects at once when the signal fired before", async () => {
    await expect(server.transport.open(sink, attempt(AbortSignal.abort()))).rejects.toThrow(AbortedError)
  })

  it("does not mind a signal that fires once it is open", async () => {
    const controller = new AbortController()
    const link = await server.transport.open(sink, attempt(controller.signal))
    const peer = await server.accept()
    controller.abort()
    link.write([pattern(4)])
    await peer.heard.until((heard) => heard.bytes === 4)
    link.close()
  })
})

function attempt(signal: AbortSignal = new AbortController().signal): TransportAttempt {
  return { attempt: 1, signal }
}

/** Writes until the link says wait. */
function fillUp(link: TransportLink): void {
  for (let written = 0; written < 1_000; written++) {
    if (!link.write([new Uint8Array(65_536)])) return
  }
  throw new Error("wait was never said")
}

/** Bytes that tell where they are from. */
function pattern(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8) + seed) % 251)
}

/** expect() on millions of bytes is slow. */
function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0
}

/** What a transport could leak; not timers, for the test runner has some of its own. */
function resources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => /TCP|Connect|Write|Shutdown|Addr/.test(name))
    .sort()
}
