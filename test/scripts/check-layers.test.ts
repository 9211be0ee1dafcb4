/**
 * The layer check, seen from outside: a small tree of sources with one planted fault goes in, a line naming it comes out.
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, describe, expect, it } from "vitest"

const SCRIPT = fileURLToPath(new URL("../../scripts/check-layers.mjs", import.meta.url))

/** A tree that keeps all the rules and uses every liberty that they give. */
const SOUND: Readonly<Record<string, string>> = {
  "src/errors.ts": "export class Root extends Error {}",
  "src/clock.ts": 'import "./errors.js"\nexport const now = (): number => Date.now() + Math.random()',
  "src/codec/index.ts": 'export * from "./packets/puback.js"',
  "src/codec/packets/puback.ts": 'import { Root } from "../../errors.js"\nexport const puback = Root',
  "src/transport/index.ts": 'import { connect } from "node:net"\nexport const tcp = connect',
  "src/runtime/index.ts": 'export { compile } from "./statechart.js"',
  "src/runtime/statechart.ts": 'import type { AnyStateMachine } from "xstate"\nexport type compile = AnyStateMachine',
  "src/supervisor/index.ts": 'import { compile } from "../runtime/index.js"\nexport type decide = compile',
  "src/session/index.ts": 'import { puback } from "../codec/index.js"\nexport const record = puback',
  "src/actors/index.ts":
    'export * from "./publish.chart.js"\nimport { tcp } from "../transport/index.js"\nexport { tcp }',
  "src/actors/publish.chart.ts": 'import { setup } from "xstate"\nexport const machine = setup',
  "src/client/index.ts": 'import { tcp } from "../actors/index.js"\nexport const connect = tcp',
  "src/runtime.ts": 'export * from "./runtime/index.js"\nexport * from "./supervisor/index.js"',
  "src/index.ts": 'export * from "./client/index.js"\nexport * from "./codec/index.js"',
  "test/long.test.ts": `// Length: one table.\n${"\n".repeat(300)}`,
}

const long = (head: string): string => `${head}\n${"const line = 1\n".repeat(250)}`

describe("a tree that keeps the rules", () => {
  it("passes", () => {
    expect(check({})).toEqual({ code: 0, faults: [] })
  })

  it("may speak of forbidden things in comments, strings and patterns", () => {
    const text = [
      '/* import { x } from "../client/index.js" and Date.now() */',
      "const told = \"it's setTimeout('x')\" // import 'ws'",
      "const pattern = /[\"'`]setTimeout/.test(`Math.random() is $" + "{told}`)",
      "export const after = pattern",
    ].join("\n")
    expect(check({ "src/codec/topic.ts": text })).toEqual({ code: 0, faults: [] })
  })

  it("may have a file that is one line short of too long", () => {
    expect(check({ "src/codec/table.ts": long("// All of it.").replace("const line = 1\n", "") }).code).toBe(0)
  })
})

describe("a planted fault", () => {
  it.each([
    ["an arrow down", "src/codec/bad.ts", 'import { record } from "../session/index.js"', "layer"],
    ["an arrow to a layer beside", "src/supervisor/bad.ts", 'import { tcp } from "../transport/index.js"', "layer"],
    ["a type that goes down", "src/session/bad.ts", 'import type { compile } from "../runtime/index.js"', "layer"],
    ["an import of an entry point", "src/client/bad.ts", 'import * as all from "../index.js"', "layer"],
    ["a deferred import", "src/runtime/bad.ts", 'export const load = () => import("../actors/index.js")', "layer"],
    ["a re-export over many lines", "src/codec/bad.ts", 'export {\n  tcp,\n} from "../transport/index.js"', "layer"],
    ["a layer nobody named", "src/helpers/bad.ts", 'import { Root } from "../errors.js"', "layer"],
    ["a way past index.ts", "src/session/bad.ts", 'import { puback } from "../codec/packets/puback.js"', "door"],
    ["a module of Node in the codec", "src/codec/bad.ts", 'import { Buffer } from "node:buffer"', "node"],
    ["a module of Node by its bare name", "src/session/bad.ts", 'import { readFileSync } from "fs"', "node"],
    ["xstate outside its files", "src/actors/bad.ts", 'import { setup } from "xstate"', "package"],
    ["a package nobody allowed", "src/transport/bad.ts", 'import WebSocket from "ws"', "package"],
    ["a bare side effect", "src/client/bad.ts", 'import "pino"', "package"],
    ["a file outside src", "src/client/bad.ts", 'import { broker } from "../../test/support/broker.js"', "outside"],
    ["a file that imports itself", "src/codec/bad.ts", 'import { x } from "./bad.js"', "circle"],
    ["the time of day", "src/session/bad.ts", "export const at = Date.now()", "clock"],
    ["the time of day in a template", "src/session/bad.ts", "export const at = `$" + "{Date.now()} ms`", "clock"],
    ["chance", "src/session/bad.ts", "export const dice = Math.random", "clock"],
    ["a timer", "src/actors/bad.ts", "setTimeout(() => undefined, 5)", "clock"],
    ["a timer after a quoted pattern", "src/actors/bad.ts", "const q = /'/\nsetInterval(() => q, 5)", "clock"],
  ])("is seen: %s", (_, path, code, rule) => {
    const { code: exitCode, faults } = check({ [path]: `/** Planted. */\n${code}\n` })
    expect(exitCode).toBe(1)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(new RegExp(`^${path}: ${rule}: `))
  })

  it("is seen: a circle of types over three files, told once", () => {
    const faults = check({
      "src/codec/a.ts": '// A.\nimport type { B } from "./b.js"\nexport type A = B',
      "src/codec/b.ts": '// B.\nimport type { C } from "./c.js"\nexport type B = C',
      "src/codec/c.ts": '// C.\nimport type { A } from "./a.js"\nexport type C = A',
    }).faults
    expect(faults).toEqual(["src/codec/a.ts: circle: codec/a.ts → codec/b.ts → codec/c.ts → codec/a.ts"])
  })

  it.each(["src/codec/bad.ts", "test/codec/bad.test.ts", "scripts/bad.mjs", "demo/bad.ts"])(
    "is seen: too many lines without a reason, in %s",
    (path) => {
      const { code, faults } = check({ [path]: long("// All of it.") })
      expect(code).toBe(1)
      expect(faults).toEqual([expect.stringContaining(`${path}: length: 251 lines`)])
    },
  )

  it("is seen: a file that does not say what it is for", () => {
    expect(check({ "src/codec/bad.ts": "export const x = 1" }, "as it is").faults).toEqual([
      expect.stringContaining("src/codec/bad.ts: head: "),
    ])
  })
})

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Runs the check over the sound tree with these files added; a head comment is put on those that have none. */
function check(files: Readonly<Record<string, string>>, heads: "added" | "as it is" = "added") {
  const root = mkdtempSync(join(tmpdir(), "terrapin-layers-"))
  folders.push(root)
  for (const [path, text] of Object.entries(SOUND))
    write(root, path, `/** Sound. */\n${text}\n`.replace(/^.*\n\/\/ L/, "// L"))
  for (const [path, text] of Object.entries(files)) {
    write(root, path, heads === "as it is" || /^\/[/*]/.test(text) ? text : `/** Added. */\n${text}`)
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, root], { encoding: "utf8" })
  expect(stderr).toBe("")
  return { code: status, faults: stdout.split("\n").filter((line) => line !== "") }
}

function write(root: string, path: string, text: string): void {
  const full = join(root, path)
  mkdirSync(dirname(full), { recursive: true })
  writeFileSync(full, text)
}
