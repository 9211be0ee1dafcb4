/**
 * Runs other programs for the scripts of this folder: live on the screen, or silently with their output kept.
 */
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** The repository's root folder, absolute. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** A program of node_modules/.bin as [command, first arguments]: started by this very Node, so that no shell is needed. */
const PROGRAMS = {
  tsc: "node_modules/typescript/bin/tsc",
  biome: "node_modules/@biomejs/biome/bin/biome",
  vitest: "node_modules/vitest/vitest.mjs",
}

/** The command line of `name` (a development dependency), to be given to `run` or `capture`. */
export function program(name, ...args) {
  return [process.execPath, join(ROOT, PROGRAMS[name]), ...args]
}

/** The command line of npm: the one that started us, else the one on the PATH. */
export function npm(...args) {
  const own = process.env.npm_execpath
  if (own?.endsWith("npm-cli.js") && existsSync(own)) return [process.execPath, own, ...args]
  return [process.platform === "win32" ? "npm.cmd" : "npm", ...args]
}

/** Runs a command with our own screen; resolves with its exit code (128 when it could not start or a signal ended it). */
export function run([command, ...args], { env = process.env, cwd = ROOT } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: "inherit" })
    child.on("error", (error) => {
      say(`cannot start ${command}: ${error.message}`)
      resolve(128)
    })
    child.on("close", (code) => resolve(code ?? 128))
  })
}

/** Runs a command and keeps what it prints; resolves with `{ code, output, ms }`, never rejects. */
export function capture([command, ...args], { env = process.env, cwd = ROOT } = {}) {
  const begun = performance.now()
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] })
    const chunks = []
    child.stdout.on("data", (chunk) => chunks.push(chunk))
    child.stderr.on("data", (chunk) => chunks.push(chunk))
    const finish = (code, extra = "") => {
      const output = Buffer.concat(chunks).toString("utf8") + extra
      resolve({ code, output, ms: Math.round(performance.now() - begun) })
    }
    child.on("error", (error) => finish(128, `cannot start ${command}: ${error.message}\n`))
    child.on("close", (code) => finish(code ?? 128))
  })
}

/** One line of our own on the screen. */
export function say(line) {
  console.log(`terrapin: ${line}`)
}
