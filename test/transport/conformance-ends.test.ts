/** What every transport promises about how links begin and end, run over each of them. */
import { expect, it } from "vitest"
import { AbortedError } from "../../src/errors.js"
import { settle } from "../../src/testing/index.js"
import { overEveryTransport } from "./every-transport.js"
import { attempt, fillUp, pattern, same } from "./probes.js"

overEveryTransport("beginning and ending", ({ opened, setting }) => {
  it("tells the peer's end once, after its last byte, and is a no-op from then on", async () => {
    const { link, peer, sink } = await opened()
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
    const { link, peer, sink } = await opened()
    void peer.send(pattern(10))
    await sink.until((heard) => heard.bytes === 10)
    peer.reset()
    await sink.until((heard) => heard.ends.length > 0)
    for (let turn = 0; turn < 5; turn++) await settle()
    expect(sink.ends).toEqual([expect.any(Error)])
    link.close()
  })

  it("tells no drained when the link breaks with bytes unsent", async () => {
    const { link, peer, sink } = await opened()
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
    const { link, peer, sink } = await opened()
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

  it("rejects an opening that is aborted, with the reason, and leaves nothing behind", async () => {
    const { server, sink } = setting()
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
    const { server, sink } = setting()
    await expect(server.transport.open(sink, attempt(AbortSignal.abort()))).rejects.toThrow(AbortedError)
  })

  it("does not mind a signal that fires once it is open", async () => {
    const { server, sink } = setting()
    const controller = new AbortController()
    const link = await server.transport.open(sink, attempt(controller.signal))
    const peer = await server.accept()
    controller.abort()
    link.write([pattern(4)])
    await peer.heard.until((heard) => heard.bytes === 4)
    link.close()
  })
})
