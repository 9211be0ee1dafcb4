/**
 * What has to be there before anything else can run: a Node that is new enough, the dependencies, the build.
 */
import { buildAll } from "./build.mjs"
import { installDependencies } from "./install.mjs"
import { say } from "./run.mjs"

const OLDEST_NODE = 20

/** Brings what is missing and says a line for each thing done; resolves with true when all is there. `builds`: as in `buildAll`. */
export async function ensure(builds) {
  const major = Number(process.versions.node.split(".")[0])
  if (major < OLDEST_NODE) {
    say(`this needs Node ${OLDEST_NODE} or later; here is ${process.version}`)
    return false
  }
  return (await installDependencies()) && (await buildAll(builds))
}
