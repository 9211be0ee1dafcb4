/**
 * Runs a program that the build made, in this very process: its signals, its screen and its exit code are ours.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { ensure } from "./ensure.mjs"
import { ROOT, say } from "./run.mjs"

/** Ensures src and `build` ("demo" or "bench"), then runs the compiled `main.js` of it with our own arguments. */
export async function launch(build) {
  const main = join(ROOT, "build", build, "main.js")
  if (!(await ensure(["src", build]))) {
    process.exitCode = 1
    return
  }
  if (!existsSync(main)) {
    say(`${build}/main.ts is missing, so there is nothing to run`)
    process.exitCode = 1
    return
  }
  process.argv[1] = main
  await import(pathToFileURL(main).href)
}
