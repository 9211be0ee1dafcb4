/** Runs a suite over each transport, and checks after each test that nothing was left behind. */
import { afterEach, beforeEach, describe } from "vitest"
import { settle } from "../../src/testing/index.js"
import type { TransportLink } from "../../src/transport/index.js"
import { memoryPeers, type Peer, type PeerServer, tcpServer } from "./peers.js"
import { attempt } from "./probes.js"
import { Recorder } from "./recorder.js"

/** A server that runs, and a client's sink that has heard nothing yet. */
interface Setting {
  readonly server: PeerServer
  readonly sink: Recorder
}

export interface Bench {
  /** Of the test that runs. */
  setting(): Setting
  /** The same with a link open between the two. */
  opened(): Promise<Setting & { readonly link: TransportLink; readonly peer: Peer }>
}

const TRANSPORTS = [
  { name: "tcp", start: tcpServer },
  { name: "memory", start: () => memoryPeers() },
  { name: "memory with a small buffer", start: () => memoryPeers({ highWaterBytes: 100 }) },
] as const

export function overEveryTransport(title: string, tests: (bench: Bench) => void): void {
  describe.each(TRANSPORTS)(`${title} over $name`, ({ start }) => {
    let resourcesBefore: string[]
    let current: Setting | undefined
    const setting = () => {
      if (current === undefined) throw new Error("no test runs")
      return current
    }

    beforeEach(async () => {
      resourcesBefore = resources()
      current = { server: await start(), sink: new Recorder() }
    })
    afterEach(async () => {
      await setting().server.stop()
      while (resources().join() !== resourcesBefore.join()) await settle()
    })

    tests({
      setting,
      async opened() {
        const { server, sink } = setting()
        const link = await server.transport.open(sink, attempt())
        return { server, sink, link, peer: await server.accept() }
      },
    })
  })
}

/** What a transport could leak; not timers, for the test runner has some of its own. */
function resources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => /TCP|Connect|Write|Shutdown|Addr/.test(name))
    .sort()
}
