/**
 * `npm start [-- --server mqtt://host:port]`: a building of supervised sensors that is broken on purpose while it works, and
 * loses no message. Ends by itself; exit code 1 when it did not keep its promises, 2 for a wrong command line.
 */

import { parseOptions, USAGE } from "./options.js"
import { runDemo } from "./run.js"

const options = parseOptions(process.argv.slice(2))
switch (options.kind) {
  case "help":
    console.log(USAGE)
    break
  case "refused":
    console.error(`${options.why}\n\n${USAGE}`)
    process.exitCode = 2
    break
  case "run":
    process.exitCode = await runDemo(options.server, process.stdout)
}
