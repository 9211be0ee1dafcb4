/**
 * `npm run bench [-- arguments]`: brings what is missing, then runs the benchmarks.
 */
import { launch } from "./lib/launch.mjs"

await launch("bench")
