/**
 * What was asked for on the command line: `npm start -- --server mqtt://host:port`.
 */

import { parseArgs } from "node:util"

export type DemoOptions =
  /** `server` undefined: the demo starts a broker of its own. */
  | { readonly kind: "run"; readonly server: URL | undefined }
  | { readonly kind: "help" }
  | { readonly kind: "refused"; readonly why: string }

const PROTOCOLS = ["mqtt:", "tcp:"]

export const USAGE = `npm start                                  with aedes, a broker in this very process
npm start -- --server mqtt://host:port     with yours; the port is 1883 unless given
`

export function parseOptions(words: readonly string[]): DemoOptions {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: { server: { type: "string" }, help: { type: "boolean", short: "h" } },
    })
    if (values.help === true) return { kind: "help" }
    if (values.server === undefined) return { kind: "run", server: undefined }
    const server = URL.canParse(values.server) ? new URL(values.server) : undefined
    if (server !== undefined && PROTOCOLS.includes(server.protocol) && server.hostname !== "")
      return { kind: "run", server }
    return { kind: "refused", why: `--server wants mqtt://host:port, and got ${values.server}` }
  } catch (error) {
    return { kind: "refused", why: error instanceof Error ? error.message : String(error) }
  }
}
