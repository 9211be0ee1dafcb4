/**
 * Debian's mosquitto as a child process on a free loopback port. It ends when it is told to, and also when this process does,
 * by whatever means: a guard beside it reads from a pipe whose other end is ours.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, Socket } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"

export interface Mosquitto extends AsyncDisposable {
  readonly port: number
  readonly pid: number
  /** What it has logged so far, line by line: among others which clients broke the protocol, in its eyes. */
  readonly log: readonly string[]
  /** Ends it and waits for its end. Its sessions are gone: it keeps nothing. */
  stop(): Promise<void>
}

/** Where a daemon is installed although PATH need not have it. */
const DAEMON_FOLDERS = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"]

/** How often another process may snatch the port away. */
const TRIES = 5

/** The path of mosquitto: what TERRAPIN_MOSQUITTO says, else where it is installed; undefined where there is none. */
export function findMosquitto(): string | undefined {
  const given = process.env["TERRAPIN_MOSQUITTO"]
  if (given !== undefined && isExecutable(given)) return given
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...DAEMON_FOLDERS]
  return folders.map((folder) => join(folder, "mosquitto")).find(isExecutable)
}

/**
 * Starts mosquitto; resolves when it accepts connections.
 * @param extra further lines for its configuration.
 * @param samePort of an earlier one that has ended; else a free one is taken.
 * @throws (rejects) when it is not installed or ends at once; the message has what it said.
 */
export async function startMosquitto(extra: readonly string[] = [], samePort?: number): Promise<Mosquitto> {
  const path = findMosquitto()
  if (path === undefined) throw new Error("mosquitto is not installed")
  const folder = mkdtempSync(join(tmpdir(), "mosquitto-"))
  try {
    for (let tries = 1; ; tries++) {
      const port = samePort ?? (await freePort())
      const file = join(folder, "mosquitto.conf")
      writeFileSync(file, [...configuration(port), ...extra, ""].join("\n"))
      const child = spawnGuarded(path, ["-c", file])
      const log: string[] = []
      if (await running(child, log)) return handle(child, port, log)
      const said = log.join("\n")
      if (tries === TRIES || !said.includes("already in use")) throw new Error(`mosquitto did not start: ${said}`)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function configuration(port: number): string[] {
  return [
    `listener ${port} 127.0.0.1`,
    "allow_anonymous true",
    "persistence false",
    "max_inflight_messages 0",
    "max_queued_messages 0",
    "set_tcp_nodelay true",
    "sys_interval 0",
    "log_dest stderr",
    "connection_messages true", // says who broke the protocol
  ]
}

/** The guard kills unless it reads a line; `exec` gives the shell's process id to the program. */
const GUARD = '(read line <&3 || kill $$) 2>/dev/null & exec "$0" "$@" 3<&-'

function spawnGuarded(path: string, parameters: readonly string[]): ChildProcess {
  const child = spawn("/bin/sh", ["-c", GUARD, path, ...parameters], { stdio: ["ignore", "ignore", "pipe", "pipe"] })
  const guard = child.stdio[3]
  if (!(guard instanceof Socket)) throw new Error("a pipe of a child process is a socket")
  guard.unref()
  guard.on("error", () => undefined) // the guard has gone with its program
  child.once("exit", () => {
    guard.ref() // who waits for "close" waits for this pipe too
    guard.end("over\n")
  })
  return child
}

/** Fills the log; resolves with whether it runs. */
function running(child: ChildProcess, log: string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let rest = ""
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n")
      rest = lines.pop() ?? ""
      log.push(...lines)
      if (lines.some((line) => line.endsWith(" running"))) resolve(true)
    })
    child.once("error", reject)
    child.once("close", () => {
      log.push(rest)
      resolve(false)
    })
  })
}

function handle(child: ChildProcess, port: number, log: readonly string[]): Mosquitto {
  const { pid } = child
  if (pid === undefined) throw new Error("a running process has an id")
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const closed = once(child, "close")
    child.kill("SIGTERM")
    await closed
  }
  return { port, pid, log, stop, [Symbol.asyncDispose]: stop }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  const closed = once(server, "close")
  server.close()
  await closed
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port")
  return address.port
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // not there, or not ours to run: the next folder
  }
}
