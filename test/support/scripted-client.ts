/** A client that does exactly what a test says: for tests of servers and proxies. */
import type { ProtocolVersion } from "../../src/codec/index.js"
import type { Transport } from "../../src/transport/index.js"
import { ScriptedLink } from "./scripted-link.js"

/** Opens a link and gives the client's end of it, before CONNECT. */
export async function scriptedClient(transport: Transport, version: ProtocolVersion = 5): Promise<ScriptedLink> {
  let client: ScriptedLink | undefined
  const link = await transport.open(
    {
      data: (chunk) => client?.arrived(chunk),
      drained: () => undefined,
      closed: () => client?.peerEnded(),
    },
    { attempt: 1, signal: new AbortController().signal },
  )
  client = new ScriptedLink(
    {
      write: (bytes) => void link.write([bytes]),
      end: () => link.close(),
      reset: () => link.close(),
      stopReading: () => link.pause(),
      startReading: () => link.resume(),
    },
    version,
  )
  return client
}
