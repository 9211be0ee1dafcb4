/** A process that was busy for longer than a deadline: what had arrived meanwhile counts as in time. */
import { createServer, type Socket } from "node:net"
import { connect } from "terrapin"
import { expect, it } from "vitest"

const CONNACK = Uint8Array.of(0x20, 0x03, 0x00, 0x00, 0x00)
const PINGRESP = Uint8Array.of(0xd0, 0x00)

it("[case 18] a PINGRESP, or a CONNACK, that arrived while the event loop was blocked is in time", async () => {
  await using server = await answering()
  const options = { protocolVersion: 5, pingTimeoutMs: 50, attemptTimeoutMs: 50, backoff: { minMs: 10_000 } } as const
  await using client = await connect(`mqtt://127.0.0.1:${server.port}`, options)
  expect(client.info.attempts).toBe(1)
  const downs: unknown[] = []
  client.on("down", ({ cause }) => downs.push(cause))
  for (let round = 0; round < 5; round++) await client.ping()
  expect(downs).toEqual([])
})

/** A server that answers in time, and then lets the process, which is the client's too, do nothing for 100 ms. */
async function answering(): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on("error", () => undefined)
    socket.on("data", (bytes) => {
      if (bytes[0] === 0x10) socket.write(CONNACK, () => block(100))
      if (bytes[0] === 0xc0) socket.write(PINGRESP, () => block(100))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function block(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}
