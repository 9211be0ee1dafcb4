/** What every transport promises about bytes on their way, run over each of them. */
import { expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { overEveryTransport } from "./every-transport.js"
import { attempt, pattern, same } from "./probes.js"
import { Recorder } from "./recorder.js"

overEveryTransport("moving bytes", ({ opened, setting }) => {
  it("carries bytes in order, however they are cut into chunks", async () => {
    const { link, peer, sink } = await opened()
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
    const { server, sink } = setting()
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
    const { link, peer, sink } = await opened()
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
    const { link, peer, sink } = await opened()
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
    const { link, peer, sink } = await opened()
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

  it("keeps several links of one process apart", async () => {
    const { server } = setting()
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
})
