/**
 * `npm test`: brings what is missing (dependencies, build, mosquitto), then everything that can fail:
 * layers, types, lint, format, the build, all tests, and the packed package as a consumer sees it.
 * `npm test -- filters` brings the same and then runs vitest alone with these arguments.
 *
 * The last line is always `N passed, N failed, N skipped`, counting single tests; the exit code tells of all the rest too.
 */
import { runChecks } from "./lib/checks.mjs"
import { ensure } from "./lib/ensure.mjs"
import { installDependencies } from "./lib/install.mjs"
import { ensureMosquitto } from "./lib/mosquitto.mjs"
import { run, say } from "./lib/run.mjs"
import { runVitest } from "./lib/vitest.mjs"

const NO_COUNTS = { passed: 0, failed: 0, skipped: 0 }

async function main(filters) {
  if (!(await installDependencies())) return finish(["dependencies"], NO_COUNTS)
  const mosquitto = await ensureMosquitto()
  const failed = []
  if (!(await ensure())) failed.push("build")
  if (filters.length === 0) failed.push(...(await runChecks()))
  const { code, ...counts } = await runVitest(filters, testEnvironment(mosquitto))
  if (code !== 0) failed.push("tests")
  if (filters.length === 0 && (await run([process.execPath, "scripts/check-pack.mjs"])) !== 0) failed.push("pack")
  if (mosquitto === undefined) {
    say("!!! mosquitto is not installed and cannot be installed from here: its whole suite was SKIPPED !!!")
    if (process.env.CI === "true") failed.push("mosquitto (CI=true wants its suite to run)")
  }
  return finish(failed, counts)
}

/** Under NODE_ENV=production test tools may behave otherwise, so that is not passed on. */
function testEnvironment(mosquitto) {
  const { TERRAPIN_MOSQUITTO: _, ...env } = { ...process.env, NODE_ENV: "test" }
  return mosquitto === undefined ? env : { ...env, TERRAPIN_MOSQUITTO: mosquitto }
}

function finish(failed, { passed, failed: failedTests, skipped }) {
  if (failed.length > 0) say(`FAILED: ${failed.join(", ")}`)
  console.log(`${passed} passed, ${failedTests} failed, ${skipped} skipped`)
  return failed.length === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
