/**
 * The codec beside mqtt-packet, the codec of MQTT.js: nanoseconds a packet, encoding and decoding.
 *
 * Both run in one process, in rounds that alternate; shown are medians of the rounds and the median of their ratios.
 * Run compiled: `node build/bench/codec.js [packets a round]`.
 */
import { performance } from "node:perf_hooks"
import { generate, type Packet as MqttPacket, parser, writeToStream } from "mqtt-packet"
import {
  Decoder,
  encode,
  encodeAckInto,
  encodeInto,
  encodePublishHead,
  NO_PROPERTIES,
  type Publish,
} from "terrapin/codec"

interface Contest {
  readonly what: string
  /** Does its work for that many packets. */
  readonly ours: (packets: number) => void
  readonly theirs: (packets: number) => void
}

const PACKETS = Number(process.argv[2] ?? 60_000)
const ROUNDS = 15
const WARM_UP_ROUNDS = 4
const VERSION = 5

const topic = "building/3/temperature"
const payload = new Uint8Array(64).fill(0x2a)
const bare: Publish = {
  type: "publish",
  topic,
  payload,
  qos: 1,
  retain: false,
  dup: false,
  packetId: 1234,
  properties: NO_PROPERTIES,
}
const rich: Publish = {
  ...bare,
  properties: {
    messageExpiryInterval: 3600,
    contentType: "application/json",
    userProperties: [
      ["trace", "4bf92f3577b34da6"],
      ["source", "gateway-7"],
    ],
  },
}

const theirBare = {
  cmd: "publish",
  topic,
  payload: Buffer.from(payload),
  qos: 1,
  retain: false,
  dup: false,
  messageId: 1234,
}
const theirRich = {
  ...theirBare,
  properties: {
    messageExpiryInterval: 3600,
    contentType: "application/json",
    userProperties: { trace: "4bf92f3577b34da6", source: "gateway-7" },
  },
}
const theirPuback = { cmd: "puback", messageId: 1234, reasonCode: 0 }

const slab = new Uint8Array(65_536)

const contests: readonly Contest[] = [
  { what: "encode PUBLISH 64 B", ours: encodeOurs(bare), theirs: encodeTheirs(theirBare) },
  { what: "encode PUBLISH 64 B, stream", ours: encodeHeads(bare), theirs: streamTheirs(theirBare) },
  { what: "encode PUBLISH with properties", ours: encodeOurs(rich), theirs: encodeTheirs(theirRich) },
  { what: "encode PUBACK", ours: encodeAcks, theirs: encodeTheirs(theirPuback) },
  { what: "decode PUBLISH 64 B", ...decodeBoth(encode(bare, VERSION)) },
  { what: "decode PUBLISH with properties", ...decodeBoth(encode(rich, VERSION)) },
  {
    what: "decode PUBACK",
    ...decodeBoth(encodeOne((target) => encodeAckInto(target, 0, "puback", 1234, 0, NO_PROPERTIES, VERSION))),
  },
]

/** So that no work can be optimised away: what was encoded and decoded is counted and checked. */
let touched = 0

const rows = contests.map(run)
console.table(Object.fromEntries(rows))
console.log(
  `node ${process.version}, ${PACKETS} packets a round, medians of ${ROUNDS} rounds, ${touched} packets in all`,
)

function run(contest: Contest): [string, object] {
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    contest.ours(PACKETS)
    contest.theirs(PACKETS)
  }
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(nanosecondsEach(contest.ours))
    theirs.push(nanosecondsEach(contest.theirs))
  }
  const ratios = ours.map((time, round) => (theirs[round] ?? Number.NaN) / time)
  return [
    contest.what,
    {
      "terrapin ns": Number(median(ours).toFixed(1)),
      "mqtt-packet ns": Number(median(theirs).toFixed(0)),
      "times faster": Number(median(ratios).toFixed(1)),
    },
  ]
}

function nanosecondsEach(work: (packets: number) => void): number {
  const start = performance.now()
  work(PACKETS)
  return ((performance.now() - start) * 1e6) / PACKETS
}

function encodeOurs(publish: Publish): (packets: number) => void {
  return (packets) => {
    let offset = 0
    for (let packet = 0; packet < packets; packet++) {
      let end = encodeInto(publish, VERSION, slab, offset)
      if (end < 0) end = encodeInto(publish, VERSION, slab, 0)
      offset = end
      touched++
    }
  }
}

/** As the connection does it: the head into the slab, the payload after it. */
function encodeHeads(publish: Publish): (packets: number) => void {
  return (packets) => {
    let offset = 0
    for (let packet = 0; packet < packets; packet++) {
      if (offset > slab.length - 1024) offset = 0
      const id = (packet & 0xfff) + 1
      offset = encodePublishHead(slab, offset, publish, publish.payload.length, id, false, VERSION)
      slab.set(publish.payload, offset)
      offset += publish.payload.length
      touched++
    }
  }
}

function encodeAcks(packets: number): void {
  let offset = 0
  for (let packet = 0; packet < packets; packet++) {
    if (offset > slab.length - 8) offset = 0
    offset = encodeAckInto(slab, offset, "puback", (packet & 0xfff) + 1, 0, NO_PROPERTIES, VERSION)
    touched++
  }
}

function encodeTheirs(packet: object): (packets: number) => void {
  return (packets) => {
    for (let index = 0; index < packets; index++) {
      if (generate(packet as MqttPacket, { protocolVersion: VERSION }).length > 0) touched++
    }
  }
}

/** How MQTT.js sends: many small writes to a stream, which joins them; here a stream that only counts. */
function streamTheirs(packet: object): (packets: number) => void {
  const stream = { cork() {}, uncork() {}, destroy() {}, write: (bytes: Uint8Array | string) => bytes.length > 0 }
  return (packets) => {
    for (let index = 0; index < packets; index++) {
      if (writeToStream(packet as MqttPacket, stream as never, { protocolVersion: VERSION })) touched++
    }
  }
}

/** Chunks of 100 packets, as a busy socket gives them. */
function decodeBoth(packet: Uint8Array): Pick<Contest, "ours" | "theirs"> {
  const chunk = Buffer.concat(Array.from({ length: 100 }, () => packet))
  const decoder = new Decoder({ version: VERSION, maximumPacketBytes: 1_000_000, onPacket: () => touched++ })
  const theirs = parser({ protocolVersion: VERSION })
  theirs.on("packet", () => touched++)
  const feed = (push: (bytes: Buffer) => void) => (packets: number) => {
    for (let fed = 0; fed < packets; fed += 100) push(chunk)
  }
  return { ours: feed((bytes) => decoder.push(bytes)), theirs: feed((bytes) => theirs.parse(bytes)) }
}

function encodeOne(write: (target: Uint8Array) => number): Uint8Array {
  const target = new Uint8Array(1024)
  return target.slice(0, write(target))
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
