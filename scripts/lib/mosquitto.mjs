/**
 * Finds Debian's mosquitto for the integration tests; installs it where we may (root, apt-get), without leaving a service running.
 *
 * The tests hear of it through TERRAPIN_MOSQUITTO: the path of the server, unset when there is none.
 */
import { accessSync, constants, existsSync, rmSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { run, say } from "./run.mjs"

/** Asked by Debian's package scripts before they start a service: 101 forbids it. */
const POLICY = "/usr/sbin/policy-rc.d"

/** The path of the mosquitto server, installed first when it is missing and that is possible; undefined when it cannot be had. */
export async function ensureMosquitto() {
  const given = process.env.TERRAPIN_MOSQUITTO
  if (given) {
    if (isExecutable(given)) return given
    say(`TERRAPIN_MOSQUITTO names ${given}, which cannot be run`)
    return undefined
  }
  return find("mosquitto") ?? (await installWithApt())
}

async function installWithApt() {
  if (process.getuid?.() !== 0 || find("apt-get") === undefined) return undefined
  say("installing mosquitto with apt-get")
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  const allow = forbidServices()
  try {
    // An update that fails (one stale mirror of many) need not spoil the installation.
    await run(["apt-get", "-q", "update"], { env })
    await run(["apt-get", "-q", "install", "-y", "--no-install-recommends", "mosquitto"], { env })
  } finally {
    allow()
  }
  return find("mosquitto")
}

/** Keeps package scripts from starting services until the returned function is called. Somebody's own policy is left alone. */
function forbidServices() {
  if (existsSync(POLICY)) return () => undefined
  const allow = () => rmSync(POLICY, { force: true })
  const interrupted = (signal) => {
    allow()
    process.exit(signal === "SIGINT" ? 130 : 143)
  }
  process.once("SIGINT", interrupted)
  process.once("SIGTERM", interrupted)
  writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 })
  return () => {
    process.off("SIGINT", interrupted)
    process.off("SIGTERM", interrupted)
    allow()
  }
}

/** The path of a program: on the PATH, or where Debian keeps servers, which is not on every user's PATH. */
function find(name) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"]
  return folders
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
