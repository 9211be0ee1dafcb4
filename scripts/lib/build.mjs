/**
 * Compiles what has changed.
 *
 *     src/    tsconfig.build.json  ->  dist/          what is published
 *     demo/   tsconfig.demo.json   ->  build/demo/    what `npm start` runs, against dist
 *     bench/  tsconfig.bench.json  ->  build/bench/   what `npm run bench` runs, against dist
 *
 * A stamp in build/stamps holds the digest of everything that a build was made from; the same digest again means no build.
 */
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { program, ROOT, run, say } from "./run.mjs"

/** In build order: the later ones import the first. `inputs` are files and folders of the root. */
const BUILDS = [
  { name: "src", output: "dist", inputs: ["src"], config: "tsconfig.build.json" },
  { name: "demo", output: "build/demo", inputs: ["src", "demo", "test/support"], config: "tsconfig.demo.json" },
  { name: "bench", output: "build/bench", inputs: ["src", "bench"], config: "tsconfig.bench.json" },
]
const SHARED_INPUTS = ["tsconfig.json", "package.json", "package-lock.json"]
const STAMPS = join(ROOT, "build/stamps")

/** Builds what is out of date, all of it or only `names`; resolves with true when nothing failed. */
export async function buildAll(names = BUILDS.map((build) => build.name)) {
  for (const build of BUILDS) {
    if (names.includes(build.name) && !(await buildOne(build))) return false
  }
  return true
}

async function buildOne({ name, output, inputs, config }) {
  if (typescriptFiles(join(ROOT, name)).length === 0) {
    rmSync(join(ROOT, output), { recursive: true, force: true })
    return true
  }
  const digest = digestOf([...inputs, ...SHARED_INPUTS, config])
  const stamp = join(STAMPS, name)
  if (existsSync(join(ROOT, output)) && readOrNothing(stamp) === digest) return true
  say(`building ${output} from ${name}`)
  rmSync(stamp, { force: true })
  rmSync(join(ROOT, output), { recursive: true, force: true }) // A file whose source is gone must not stay.
  const code = await run(program("tsc", "-p", config))
  if (code !== 0) {
    say(`the build of ${output} failed`)
    return false
  }
  mkdirSync(STAMPS, { recursive: true })
  writeFileSync(stamp, digest)
  return true
}

/** One digest of the paths and bytes of all these files and of every TypeScript file below these folders. */
function digestOf(inputs) {
  const hash = createHash("sha256")
  for (const input of inputs) {
    const path = join(ROOT, input)
    const files = input.includes(".json") ? [path] : typescriptFiles(path)
    for (const file of files)
      hash
        .update(`${relative(ROOT, file)}\0`)
        .update(readFileSync(file))
        .update("\0")
  }
  return hash.digest("hex")
}

function typescriptFiles(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}

function readOrNothing(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : ""
}
