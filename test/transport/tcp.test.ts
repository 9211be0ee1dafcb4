/** What TCP promises beyond the conformance suite. */
import { once } from "node:events"
import { createServer } from "node:net"
import { describe, expect, it } from "vitest"
import { AbortedError, InvalidOptionError } from "../../src/errors.js"
import { manualClock, settle } from "../../src/testing/index.js"
import { type TcpOptions, tcp } from "../../src/transport/index.js"
import { portOf, tcpServer } from "./peers.js"
import { Recorder } from "./recorder.js"

const attempt = { attempt: 1, signal: new AbortController().signal }

describe("tcp", () => {
  it.each<{ options: TcpOptions; label: string }>([
    { options: { host: "broker.example" }, label: "mqtt://broker.example:1883" },
    { options: { host: "broker.example", port: 1884 }, label: "mqtt://broker.example:1884" },
    { options: { host: "::1", port: undefined }, label: "mqtt://[::1]:1883" },
  ])("is labelled $label", ({ options, label }) => {
    expect(tcp(options).label).toBe(label)
  })

  it.each([
    { options: { host: "" }, option: "host" },
    { options: { host: "h", port: 0 }, option: "port" },
    { options: { host: "h", port: 65_536 }, option: "port" },
    { options: { host: "h", port: 1.5 }, option: "port" },
  ])("refuses $options at once", ({ options, option }) => {
    expect(() => tcp(options)).toThrow(expect.objectContaining({ code: "invalid_option", option }))
  })

  it("asks a function for its options anew at each attempt", async () => {
    const server = await tcpServer()
    const asked: number[] = []
    const transport = tcp(async ({ attempt: number }) => {
      asked.push(number)
      return { host: "127.0.0.1", port: Number(new URL(server.transport.label).port) }
    })
    for (const number of [1, 2]) {
      const link = await transport.open(new Recorder(), { ...attempt, attempt: number })
      link.close()
    }
    expect(asked).toEqual([1, 2])
    await server.stop()
  })

  it("rejects with what the function throws, or InvalidOptionError for what it returns", async () => {
    const broken = new Error("broken")
    const throwing = tcp(() => {
      throw broken
    })
    await expect(throwing.open(new Recorder(), attempt)).rejects.toBe(broken)
    await expect(tcp(() => ({ host: "" })).open(new Recorder(), attempt)).rejects.toThrow(InvalidOptionError)
  })

  it("gives up a function that does not answer when the signal fires", async () => {
    const controller = new AbortController()
    const opening = tcp(() => new Promise(() => undefined)).open(new Recorder(), {
      attempt: 1,
      signal: controller.signal,
    })
    controller.abort()
    await expect(opening).rejects.toThrow(AbortedError)
  })

  it("rejects with the platform's error when nobody listens, and holds no socket then", async () => {
    const server = createServer().listen(0, "127.0.0.1")
    await once(server, "listening")
    const port = portOf(server.address())
    server.close()
    await once(server, "close")
    const sink = new Recorder()
    const opening = tcp({ host: "127.0.0.1", port }).open(sink, attempt)
    await expect(opening).rejects.toHaveProperty("code", "ECONNREFUSED")
    expect(sink.ends).toEqual([])
  })

  it("reaches a host by name whichever address family answers", async () => {
    const server = createServer((socket) => socket.end("hello")).listen(0, "127.0.0.1")
    await once(server, "listening")
    const sink = new Recorder()
    await tcp({ host: "localhost", port: portOf(server.address()) }).open(sink, attempt)
    await sink.until((heard) => heard.ends.length > 0)
    expect(sink.text()).toBe("hello")
    server.close()
  })

  it("destroys a closed link's socket after a bounded time when the peer neither reads nor ends", async () => {
    while (sockets() > 0) await settle()
    const server = await tcpServer()
    const clock = manualClock()
    const port = Number(new URL(server.transport.label).port)
    const link = await tcp({ host: "127.0.0.1", port }, clock).open(new Recorder(), attempt)
    const peer = await server.accept()
    peer.stopReading()
    while (link.write([new Uint8Array(65_536)]));
    link.close()
    await settle()
    const socketsBefore = sockets()
    await clock.advance(1_999)
    expect(sockets()).toBe(socketsBefore)
    await clock.advance(1)
    while (sockets() >= socketsBefore) await settle()
    expect(clock.pending).toBe(0)
    await server.stop()
  })

  it("leaves no timer once the peer has answered the end", async () => {
    const server = await tcpServer()
    const clock = manualClock()
    const port = Number(new URL(server.transport.label).port)
    const link = await tcp({ host: "127.0.0.1", port }, clock).open(new Recorder(), attempt)
    const peer = await server.accept()
    link.close()
    expect(clock.pending).toBe(1)
    await peer.heard.until((heard) => heard.ends.length > 0)
    while (clock.pending > 0) await settle()
    await server.stop()
  })
})

function sockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length
}
