/** The scripted broker is a tool of other tests; here it shows that it tells the truth. */
import { describe, expect, it } from "vitest"
import { type Connect, encode, type Packet } from "../../src/codec/index.js"
import { hex, toHex } from "../support/hex.js"
import { scriptedBroker, scriptedTcpBroker } from "../support/scripted-broker.js"
import { Recorder } from "../transport/recorder.js"

const attempt = { attempt: 1, signal: new AbortController().signal }
const connect: Connect = {
  type: "connect",
  version: 4,
  clientId: "c",
  cleanStart: true,
  keepAliveSeconds: 0,
  properties: {},
}
const pingreq: Packet = { type: "pingreq" }

describe.each([
  { name: "memory", start: async () => scriptedBroker() },
  { name: "tcp", start: scriptedTcpBroker },
])("a scripted broker over $name", ({ start }) => {
  it("plays a script: receive, send, raw bytes, end", async () => {
    await using broker = await start()
    const sink = new Recorder()
    const client = await broker.transport.open(sink, attempt)
    const link = await broker.accept()
    client.write([encode(connect, 4)])
    expect(await link.handshake({ sessionPresent: true })).toEqual(connect)
    link.sendBytes(hex`d0 00 # PINGRESP`)
    link.end()
    await sink.until((heard) => heard.ends.length > 0)
    expect(toHex(sink.all())).toBe("20 02 01 00 d0 00")
    client.close()
  })

  it("fails with what came instead", async () => {
    await using broker = await start()
    const client = await broker.transport.open(new Recorder(), attempt)
    const link = await broker.accept()
    client.write([encode(pingreq, 5)])
    await expect(link.receive("connect")).rejects.toThrow('expected connect, but the client sent {"type":"pingreq"}')
    client.write([hex`00 00`])
    await expect(link.receive("connect")).rejects.toThrow("no MQTT: 00 00")
    client.close()
  })

  it("fails when the client ends instead, and says so when it was to end but sent more", async () => {
    await using broker = await start()
    const client = await broker.transport.open(new Recorder(), attempt)
    const link = await broker.accept()
    client.write([encode(pingreq, 5)])
    client.close()
    await expect(link.clientEnd()).rejects.toThrow("pingreq")
    expect(link.receiveRest()).toEqual([pingreq])
    await link.clientEnd()
    await expect(link.receive("connect")).rejects.toThrow("ended the link")
  })

  it("hands out links in order, and breaks them", async () => {
    await using broker = await start()
    const sinks = [new Recorder(), new Recorder()]
    for (const sink of sinks) await broker.transport.open(sink, attempt)
    await broker.accept()
    const second = await broker.accept()
    expect(broker.links.indexOf(second)).toBe(1)
    second.reset()
    await sinks[1]?.until((heard) => heard.ends.length > 0)
    expect(sinks[1]?.ends).toEqual([expect.any(Error)])
    expect(sinks[0]?.ends).toEqual([])
  })
})

describe("a scripted broker over memory", () => {
  it("keeps what it received when the bytes it came in are gone", async () => {
    const broker = scriptedBroker()
    const client = await broker.transport.open(new Recorder(), attempt)
    const link = await broker.accept()
    const publish = (text: string): Packet => ({
      type: "publish",
      topic: "t",
      payload: Buffer.from(text),
      qos: 0,
      retain: false,
      dup: false,
      packetId: 0,
      properties: {},
    })
    client.write([encode(publish("one"), 5)])
    const first = await link.receive("publish")
    client.write([encode(publish("two"), 5)])
    await link.receive("publish")
    expect(Buffer.from(first.payload).toString()).toBe("one")
    await link.idle()
    expect(link.received).toHaveLength(2)
  })

  it("refuses as often as it was told", async () => {
    const broker = scriptedBroker()
    const refused = new Error("refused")
    broker.refuse(refused, 2)
    for (let count = 0; count < 2; count++) {
      await expect(broker.transport.open(new Recorder(), attempt)).rejects.toBe(refused)
    }
    await broker.transport.open(new Recorder(), attempt)
    expect(broker.links).toHaveLength(1)
  })
})
