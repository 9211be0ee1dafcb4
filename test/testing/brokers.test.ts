/** The real brokers of the integration tests start, answer, and leave nothing behind. */
import { once } from "node:events"
import { connect as connectSocket } from "node:net"
import { describe, expect, it } from "vitest"
import { encode } from "../../src/codec/index.js"
import { startAedes } from "../support/aedes.js"
import { toHex } from "../support/hex.js"
import { findMosquitto, startMosquitto } from "../support/mosquitto.js"

describe("aedes", () => {
  it("answers a CONNECT, lists its clients, and cuts their sockets", async () => {
    await using broker = await startAedes()
    const socket = await connected(broker.port, 4)
    expect(broker.clients).toEqual(["probe"])
    const broken = once(socket, "error")
    broker.cutSockets()
    expect(await broken).toEqual([expect.objectContaining({ code: "ECONNRESET" })])
  })
})

describe.skipIf(findMosquitto() === undefined)("mosquitto", () => {
  it.each([4, 5] as const)("answers a CONNECT of version %d, and is gone when it was stopped", async (version) => {
    const broker = await startMosquitto()
    const socket = await connected(broker.port, version)
    const closed = once(socket, "close")
    await broker.stop()
    await closed
    expect(() => process.kill(broker.pid, 0)).toThrow()
    await broker.stop()
  })

  it("says why it does not start", async () => {
    await expect(startMosquitto(["no_such_option yes"])).rejects.toThrow("no_such_option")
  })
})

/** A socket that has its CONNACK. */
async function connected(port: number, version: 4 | 5) {
  const socket = connectSocket({ host: "127.0.0.1", port })
  const identity = { clientId: "probe", cleanStart: true, keepAliveSeconds: 0 }
  socket.write(encode({ type: "connect", version, ...identity, properties: {} }, version))
  const [answer] = (await once(socket, "data")) as [Buffer]
  expect(toHex(answer)).toMatch(/^20 .. 00 00/)
  return socket
}
