/**
 * `npm start [-- --server mqtt://host:port]`: brings what is missing, then runs the demo.
 */
import { launch } from "./lib/launch.mjs"

await launch("demo")
