/**
 * Brings the dependencies: `npm ci` when node_modules is not what package-lock.json asks for, otherwise nothing.
 */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { npm, ROOT, run, say } from "./run.mjs"

/** Installs what is missing. Resolves with true when node_modules then is as the lock file says. */
export async function installDependencies() {
  const reason = whyInstall()
  if (reason === undefined) return true
  say(`installing the dependencies (${reason})`)
  // Named outright: NODE_ENV=production or omit=dev would leave the compiler and the test runner out.
  const code = await run(npm("ci", "--include=dev", "--no-audit", "--no-fund"))
  if (code !== 0) {
    say(`npm ci failed with exit code ${code}`)
    return false
  }
  const left = whyInstall()
  if (left !== undefined) say(`npm ci ended well, but ${left}`)
  return left === undefined
}

/** What speaks for an installation in this folder, in words; undefined when everything is there. */
export function whyInstall(root = ROOT) {
  const wanted = packagesOf(join(root, "package-lock.json"))
  const present = packagesOf(join(root, "node_modules/.package-lock.json"))
  if (wanted === undefined) return "package-lock.json cannot be read"
  if (present === undefined) return "node_modules is absent"
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "") continue
    const found = present[path]
    if (found === undefined) {
      if (entry.optional) continue // Left out by npm: made for another platform.
      return `${path} is missing`
    }
    if (found.version !== entry.version || found.integrity !== entry.integrity) return `${path} is of another version`
    if (!existsSync(join(root, path))) return `${path} is missing`
  }
  for (const path of Object.keys(present)) {
    if (wanted[path] === undefined) return `${path} is not wanted any more`
  }
  return undefined
}

/** The `packages` of a lock file by path; undefined when there is no such file or it is cut short. */
function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages
  } catch {
    return undefined
  }
}
