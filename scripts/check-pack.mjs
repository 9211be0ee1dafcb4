/**
 * `node scripts/check-pack.mjs`: packs the package and looks at it as its consumers do.
 *
 *     npm pack ─► terrapin.tgz ─► consumer/node_modules/terrapin      the only thing that is not our own tree
 *                                 consumer/node_modules/{xstate,pino,@types/node} ─► links to ours, so no network
 *                                 consumer/*.ts                       programs that must typecheck unchanged, strictly
 *
 * Prints what is wrong and ends with 1 when anything is.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { ensure } from "./lib/ensure.mjs"
import { capture, npm, program, ROOT, say } from "./lib/run.mjs"

const PROGRAMS = join(ROOT, "test/types/consumer")
const MUST_HOLD = ["package.json", "LICENSE", "README.md", "CHANGELOG.md", "dist/index.js", "dist/index.d.ts"]
const MUST_NOT_HOLD = /(^|\/)(test|src|bench|demo|scripts|build|node_modules)\/|\.test\.|\.test-d\.|(^|\/)\./
const LINKED = ["xstate", "pino", "@types/node"]

/** What must not resolve: files that are in the package but behind no entry point. */
const DEEP_IMPORTS = [
  "terrapin/dist/index.js",
  "terrapin/dist/codec/index.js",
  "terrapin/actors",
  "terrapin/package.json",
]

const work = mkdtempSync(join(tmpdir(), "terrapin-pack-"))
const faults = []
try {
  await main()
} finally {
  rmSync(work, { recursive: true, force: true })
}
for (const fault of faults) say(`pack: ${fault}`)
say(faults.length === 0 ? "pack: ok, and the consumer's programs typecheck" : "pack: FAILED")
process.exitCode = faults.length === 0 ? 0 : 1

async function main() {
  if (!(await ensure(["src"]))) return void faults.push("there is no build to pack")
  const tarball = await pack()
  if (tarball === undefined) return
  const consumer = await unpack(tarball)
  if (consumer === undefined) return
  checkDeclarations(join(consumer, "node_modules/terrapin/dist"))
  await typecheck(consumer)
  await importAtRunTime(consumer)
}

/** Packs and checks the list of contents; the tarball's path, undefined when npm failed. */
async function pack() {
  const { code, output } = await capture(npm("pack", "--json", "--ignore-scripts", "--pack-destination", work))
  const json = output.slice(output.search(/^[[{]/m), output.search(/^[\]}]/m) + 1) // npm may warn around it
  if (code !== 0) return void faults.push(`npm pack failed\n${output}`)
  const [{ filename, files }] = [JSON.parse(json)].flat()
  const paths = files.map((file) => file.path)
  for (const path of MUST_HOLD) if (!paths.includes(path)) faults.push(`the package lacks ${path}`)
  for (const path of paths) if (MUST_NOT_HOLD.test(path)) faults.push(`the package must not hold ${path}`)
  return join(work, filename)
}

async function unpack(tarball) {
  const consumer = join(work, "consumer")
  const modules = join(consumer, "node_modules")
  mkdirSync(join(modules, "terrapin"), { recursive: true })
  const { code, output } = await capture([
    "tar",
    "-xzf",
    tarball,
    "-C",
    join(modules, "terrapin"),
    "--strip-components=1",
  ])
  if (code !== 0) return void faults.push(`the tarball cannot be unpacked\n${output}`)
  for (const name of LINKED) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name), "junction")
  }
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }))
  cpSync(PROGRAMS, consumer, { recursive: true })
  return consumer
}

/** xstate's own declarations do not compile under every strict flag, so ours must not lead a consumer to them. */
function checkDeclarations(dist) {
  for (const path of readdirSync(dist, { recursive: true })) {
    if (!path.endsWith(".d.ts")) continue
    const text = readFileSync(join(dist, path), "utf8")
    if (/(from|import)\s*\(?\s*["'](xstate|pino)["'/]/.test(text))
      faults.push(`dist/${path} leaks the types of a dependency`)
  }
}

/** Every strict flag of our own, and skipLibCheck off; a deep import must be an error. */
async function typecheck(consumer) {
  const { compilerOptions: own } = JSON.parse(readFileSync(join(ROOT, "tsconfig.json"), "utf8"))
  const { paths: _, ...compilerOptions } = { ...own, skipLibCheck: false, noEmit: true }
  const deep = DEEP_IMPORTS.map((name) => `// @ts-expect-error not an entry point\nimport "${name}"\n`).join("")
  writeFileSync(join(consumer, "deep.ts"), `${deep.replaceAll('import "', 'export * from "')}`)
  writeFileSync(join(consumer, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }))
  const { code, output } = await capture(program("tsc", "-p", join(consumer, "tsconfig.json")), { cwd: consumer })
  if (code !== 0) faults.push(`the consumer's programs do not typecheck\n${output}`)
}

/** Node itself must find every entry point, find names behind it, and find nothing else. */
async function importAtRunTime(consumer) {
  const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"))
  const entries = Object.keys(exports).map((path) => `terrapin${path.slice(1)}`)
  writeFileSync(
    join(consumer, "imports.mjs"),
    `const tried = async (name) => import(name).then((all) => Object.keys(all).length, (error) => error.code ?? String(error))
     for (const name of ${JSON.stringify(entries)}) {
       const found = await tried(name)
       if (typeof found !== "number" || found === 0) console.log(name + " cannot be imported: " + found)
     }
     for (const name of ${JSON.stringify(DEEP_IMPORTS)}) {
       const found = await tried(name)
       if (found !== "ERR_PACKAGE_PATH_NOT_EXPORTED") console.log(name + " must not resolve: " + found)
     }`,
  )
  const { code, output } = await capture([process.execPath, "imports.mjs"], { cwd: consumer })
  if (code !== 0 || output !== "") faults.push(`the entry points are not as they should be\n${output}`)
}
