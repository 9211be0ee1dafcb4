/**
 * `node scripts/check-layers.mjs [root]`: who imports whom, circles, packages, hidden clocks, file lengths, head comments.
 * Prints a line `file: rule: what` for each fault and ends with 1 when there is any. The rules are in lib/layers.mjs.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { isBuiltin } from "node:module"
import { basename, dirname, join, posix, relative, sep } from "node:path"
import {
  BANNED,
  CLOCK_FILE,
  ENTRY_POINTS,
  LONGEST_FILE,
  MAY_IMPORT,
  MAY_USE_NODE,
  MAY_USE_PACKAGE,
} from "./lib/layers.mjs"
import { ROOT } from "./lib/run.mjs"
import { headComment, importsOf, lineCount, onlyCode } from "./lib/source-text.mjs"

/** Folders of the repository whose files must not grow too long; the other rules are for src alone. */
const FOLDERS = ["src", "test", "demo", "bench", "scripts", "docs/examples"]
const SOURCE = /\.(ts|mts|mjs|js)$/

const root = process.argv[2] ?? ROOT
const files = FOLDERS.flatMap((folder) => sourcesBelow(join(root, folder)))
const ours = files.filter((file) => file.path.startsWith("src/")).map(inSource)
const faults = [...files.flatMap(lengthFaults), ...ours.flatMap(sourceFaults), ...circleFaults(ours)]
for (const fault of faults) console.log(fault)
process.exitCode = faults.length === 0 ? 0 : 1

/** Every source file below this folder as `{ path, text }`, the path relative to the root with forward slashes. */
function sourcesBelow(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && SOURCE.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
    .map((path) => ({ path: relative(root, path).split(sep).join("/"), text: readFileSync(path, "utf8") }))
}

/** The same file as the rules see it: `name` relative to src, its layer, and what it imports. */
function inSource({ path, text }) {
  const name = path.slice("src/".length)
  return { path, text, name, layer: layerOf(name), imports: importsOf(text).map((target) => resolve(name, target)) }
}

/** "codec/packets/puback.ts" → "codec"; "errors.ts" → "errors"; the entry point "runtime.ts" → "entry:runtime". */
function layerOf(name) {
  const [first = ""] = name.split("/")
  if (first !== name) return first
  const file = basename(first, ".ts")
  return ENTRY_POINTS.includes(file) ? `entry:${file}` : file
}

/** What an import names: a file of src (its `name`), a path outside src, a module of Node, or a package. */
function resolve(importer, target) {
  if (target.startsWith(".")) {
    const name = posix.join(dirname(importer), target).replace(/\.js$/, ".ts")
    return name.startsWith("..") ? { kind: "outside", target } : { kind: "file", target, name }
  }
  if (isBuiltin(target)) return { kind: "node", target }
  const parts = target.split("/")
  return { kind: "package", target, name: parts.slice(0, target.startsWith("@") ? 2 : 1).join("/") }
}

function lengthFaults({ path, text }) {
  const lines = lineCount(text)
  if (lines <= LONGEST_FILE || headComment(text).includes("Length:")) return []
  return [`${path}: length: ${lines} lines, more than ${LONGEST_FILE}, and no "Length:" reason in its head comment`]
}

function sourceFaults(file) {
  return [...headFaults(file), ...clockFaults(file), ...file.imports.flatMap((target) => importFaults(file, target))]
}

function headFaults({ path, text }) {
  return headComment(text) === "" ? [`${path}: head: does not begin with a comment that says what it is for`] : []
}

function clockFaults({ path, name, text }) {
  if (name === CLOCK_FILE) return []
  return [...onlyCode(text).matchAll(BANNED)].map((match) => {
    const line = text.slice(0, match.index).split("\n").length
    return `${path}: clock: ${match[1]} in line ${line}; take it from the injected clock or generator`
  })
}

function importFaults({ path, name, layer }, target) {
  switch (target.kind) {
    case "outside":
      return [`${path}: outside: imports ${target.target}, which is no part of src`]
    case "node":
      return MAY_USE_NODE.includes(layer) ? [] : [`${path}: node: ${layer} must not import ${target.target}`]
    case "package":
      if (MAY_USE_PACKAGE[target.name]?.test(name)) return []
      return [`${path}: package: must not import ${target.target}`]
    default:
      return [...layerFaults(path, layer, target), ...doorFaults(path, layer, target)]
  }
}

function layerFaults(path, layer, target) {
  const other = layerOf(target.name)
  if (layer === other || (layer.startsWith("entry:") && !other.startsWith("entry:"))) return []
  if (MAY_IMPORT[layer] === undefined) return [`${path}: layer: ${layer} is not in the list of layers`]
  return MAY_IMPORT[layer].includes(other)
    ? []
    : [`${path}: layer: ${layer} must not import ${other} (${target.target})`]
}

/** From outside, a folder has one door: its index.ts. */
function doorFaults(path, layer, target) {
  const parts = target.name.split("/")
  if (parts.length === 1 || parts[0] === layer) return []
  const door = `${parts[0]}/index.ts`
  return target.name === door ? [] : [`${path}: door: imports ${target.target} past ${door}`]
}

/** One fault for each circle found on a walk in depth, told from its first file in the alphabet. */
function circleFaults(all) {
  const byName = new Map(all.map((file) => [file.name, file]))
  const done = new Set()
  const found = new Set()
  const walk = (name, trail) => {
    const at = trail.indexOf(name)
    if (at >= 0) found.add(rotated(trail.slice(at)).join(" → "))
    if (at >= 0 || done.has(name) || !byName.has(name)) return
    for (const target of byName.get(name).imports) {
      if (target.kind === "file") walk(target.name, [...trail, name])
    }
    done.add(name)
  }
  for (const name of byName.keys()) walk(name, [])
  return [...found].map((circle) => `src/${circle.split(" ")[0]}: circle: ${circle}`)
}

function rotated(circle) {
  const first = circle.indexOf([...circle].sort()[0])
  return [...circle.slice(first), ...circle.slice(0, first), circle[first]]
}
