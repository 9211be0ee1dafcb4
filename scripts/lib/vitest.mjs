/**
 * Runs vitest on the screen and counts what it ran.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { program, run } from "./run.mjs"

/** Runs all projects with these further arguments; resolves with the exit code and the counts of single tests. */
export async function runVitest(args, env) {
  const folder = mkdtempSync(join(tmpdir(), "terrapin-test-"))
  const report = join(folder, "report.json")
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`]
    const code = await run(program("vitest", "run", ...reporters, ...args), { env })
    return { code, ...countsOf(report) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A file that could not even be loaded has no tests to count: it counts as one failure. */
function countsOf(path) {
  const report = readOrNothing(path)
  if (report === undefined) return { passed: 0, failed: 0, skipped: 0 }
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

function readOrNothing(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"))
  } catch {
    return undefined // Vitest ended before it could report: its exit code tells.
  }
}
