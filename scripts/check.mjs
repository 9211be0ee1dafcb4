/**
 * `npm run check`: layers, types, lint and format side by side, then the unit tests. To be run before every commit; under 30 s.
 */
import { runChecks } from "./lib/checks.mjs"
import { installDependencies } from "./lib/install.mjs"
import { program, run, say } from "./lib/run.mjs"

async function main() {
  if (!(await installDependencies())) return 1
  const failed = await runChecks()
  const code = await run(program("vitest", "run", "--project", "unit"))
  if (code !== 0) failed.push("unit tests")
  say(failed.length === 0 ? "all checks passed" : `FAILED: ${failed.join(", ")}`)
  return failed.length === 0 ? 0 : 1
}

process.exitCode = await main()
