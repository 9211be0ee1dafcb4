/** What the in-memory transport promises beyond the conformance suite. */
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { memory, memoryServer, NoListenerError } from "../../src/transport/index.js"
import { memoryPeers } from "./peers.js"
import { Recorder } from "./recorder.js"

const attempt = { attempt: 1, signal: new AbortController().signal }

describe("memory", () => {
  it("rejects when nobody accepts", async () => {
    const server = memoryServer({ label: "memory://nobody" })
    const opening = memory(server).open(new Recorder(), attempt)
    await expect(opening).rejects.toThrow(NoListenerError)
    await expect(opening).rejects.toHaveProperty("label", "memory://nobody")
  })

  it("rejects with what the listener throws", async () => {
    const server = memoryServer()
    const refused = new Error("refused")
    server.accept(() => {
      throw refused
    })
    await expect(memory(server).open(new Recorder(), attempt)).rejects.toBe(refused)
  })

  it("calls nobody from inside a call", async () => {
    const { transport, accept } = await memoryPeers()
    const sink = new Recorder()
    const link = await transport.open(sink, attempt)
    const peer = await accept()
    let writing = false
    peer.heard.onData = () => {
      expect(writing).toBe(false)
      void peer.send(Uint8Array.of(1))
    }
    sink.onData = () => {
      if (sink.bytes > 3) return
      writing = true
      link.write([Uint8Array.of(2)])
      writing = false
    }
    link.write([Uint8Array.of(0)])
    await sink.until((heard) => heard.bytes === 4)
    expect(peer.heard.text()).toBe("\u0000\u0002\u0002\u0002")
  })

  it("gives chunks that are only valid during the call, as a socket does", async () => {
    const { transport, accept } = await memoryPeers()
    const sink = new Recorder()
    await transport.open(sink, attempt)
    const peer = await accept()
    const kept: Uint8Array[] = []
    sink.onData = (chunk) => kept.push(chunk)
    void peer.send(Uint8Array.of(1, 1))
    await settle()
    void peer.send(Uint8Array.of(2, 2))
    await settle()
    expect(kept[0]).toEqual(Uint8Array.of(2, 2))
  })

  it("drops what is on its way when the link breaks, even while paused", async () => {
    const { transport, accept } = await memoryPeers()
    const sink = new Recorder()
    const link = await transport.open(sink, attempt)
    const peer = await accept()
    await settle()
    link.pause()
    void peer.send(Uint8Array.of(1))
    peer.reset()
    await settle()
    expect(sink.bytes).toBe(0)
    expect(sink.ends).toEqual([expect.any(Error)])
  })

  it("tells the end after what was written last, from inside drained", async () => {
    const { transport, accept } = await memoryPeers({ highWaterBytes: 1 })
    const sink = new Recorder()
    const link = await transport.open(sink, attempt)
    const peer = await accept()
    sink.onDrained = () => {
      link.write([Uint8Array.of(3)])
      link.close()
    }
    expect(link.write([Uint8Array.of(1, 2)])).toBe(false)
    await peer.heard.until((heard) => heard.ends.length > 0)
    expect(peer.heard.text()).toBe("\u0001\u0002\u0003")
  })

  it("does not tell the peer's end while paused", async () => {
    const { transport, accept } = await memoryPeers()
    const sink = new Recorder()
    const link = await transport.open(sink, attempt)
    const peer = await accept()
    link.pause()
    peer.end()
    await settle()
    expect(sink.ends).toEqual([])
    link.resume()
    await settle()
    expect(sink.ends).toEqual([undefined])
  })
})
