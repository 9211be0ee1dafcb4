/**
 * Publishes to a real server at full rate, so that a subscriber can be measured: a raw socket in a process of its own.
 * The parent sends `{ messages }` for each batch.
 *
 *   node build/bench/feeder.js <port> <version> <topic> <qos> <payload bytes> <window>
 */
import { connect } from "node:net"
import { encode, NO_PROPERTIES, type ProtocolVersion, type QoS } from "terrapin/codec"
import { Flood } from "./flood.js"
import { Frames } from "./frames.js"

const [port, protocol, topic = "", quality, payloadBytes, window] = process.argv.slice(2)
const version: ProtocolVersion = protocol === "5" ? 5 : 4
const socket = connect({ host: "127.0.0.1", port: Number(port), noDelay: true })
const frames = new Frames()
let flood: Flood | undefined

socket.write(
  encode(
    {
      type: "connect",
      version,
      cleanStart: true,
      keepAliveSeconds: 0,
      clientId: `feeder${process.pid}`,
      username: undefined,
      password: undefined,
      will: undefined,
      properties: NO_PROPERTIES,
    },
    version,
  ),
)
socket.on("data", (chunk) => {
  const releases: number[] = []
  frames.push(chunk, (first, bytes, start) => {
    if (first >> 4 === 2) process.send?.("connected")
    else if (first >> 4 === 5) releases.push(0x62, 2, bytes[start] as number, bytes[start + 1] as number)
    else if (first >> 4 === 4 || first >> 4 === 7) flood?.answered(1)
  })
  if (releases.length > 0) socket.write(Buffer.from(releases))
  flood?.pour()
})
socket.on("drain", () => flood?.pour())
process.on("message", ({ messages }: { readonly messages: number }) => {
  const qos = Number(quality) as QoS
  flood = new Flood(socket, {
    version,
    topic,
    qos,
    payloadBytes: Number(payloadBytes),
    messages,
    window: Number(window),
  })
  flood.pour()
})
process.on("disconnect", () => process.exit(0))
