/**
 * The checks that need no test runner, by name: each is one command that fails with an exit code.
 */
import { capture, program, say } from "./run.mjs"

const CHECKS = {
  layers: [[process.execPath, "scripts/check-layers.mjs"]],
  types: [
    program("tsc", "-p", "tsconfig.json"),
    program("tsc", "-p", "tsconfig.build.json", "--noEmit"), // src alone, with isolatedDeclarations
  ],
  lint: [program("biome", "check", "--formatter-enabled=false", "--error-on-warnings", ".")],
  format: [program("biome", "format", ".")],
}

/** Runs all checks side by side, prints what the failing ones said, and resolves with their names. */
export async function runChecks() {
  const outcomes = await Promise.all(Object.entries(CHECKS).map(([name, commands]) => runCheck(name, commands)))
  for (const { name, failed, output, ms } of outcomes) {
    if (failed) process.stdout.write(output)
    say(`${name}: ${failed ? "FAILED" : "ok"} (${(ms / 1000).toFixed(1)} s)`)
  }
  return outcomes.filter((outcome) => outcome.failed).map((outcome) => outcome.name)
}

async function runCheck(name, commands) {
  let ms = 0
  for (const command of commands) {
    const outcome = await capture(command)
    ms += outcome.ms
    if (outcome.code !== 0) return { name, failed: true, output: outcome.output, ms }
  }
  return { name, failed: false, output: "", ms }
}
