/**
 * `node scripts/ensure.mjs`: dependencies and build, as far as they are missing or out of date.
 */
import { ensure } from "./lib/ensure.mjs"

process.exitCode = (await ensure()) ? 0 : 1
