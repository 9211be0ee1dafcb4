/**
 * The processes of a benchmark: the sink, the runs, and the programs whose output is the report's.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { Run } from "./contestant.js"
import type { Measured } from "./measure.js"

/** A run that takes longer than this hangs. */
const RUN_TIMEOUT_MS = 120_000

/** Starts the sink; it ends with this process. */
export async function startSink(): Promise<{ readonly port: number; readonly stop: () => void }> {
  const sink = program("sink.js", [], "pipe")
  const [line] = await once(sink.stdout ?? sink, "data")
  return { port: Number(line), stop: () => sink.stdin?.end() }
}

/** @throws (rejects) when it failed or took too long; what it said is on the screen */
export async function measured(run: Run): Promise<Measured> {
  const child = program("measure.js", [JSON.stringify(run)], "ignore")
  const deadline = setTimeout(() => child.kill("SIGKILL"), RUN_TIMEOUT_MS)
  const output = await outputOf(child).finally(() => clearTimeout(deadline))
  return JSON.parse(output) as Measured
}

/** Runs one of our programs to its end, its output shown and returned. */
export async function shown(name: string, given: readonly string[]): Promise<string> {
  const child = program(name, given, "ignore")
  child.stdout?.pipe(process.stdout, { end: false })
  return await outputOf(child)
}

function program(name: string, given: readonly string[], input: "pipe" | "ignore"): ChildProcess {
  const path = fileURLToPath(new URL(name, import.meta.url))
  return spawn(process.execPath, [path, ...given], { stdio: [input, "pipe", "inherit"] })
}

async function outputOf(child: ChildProcess): Promise<string> {
  let output = ""
  child.stdout?.on("data", (text) => {
    output += text
  })
  const [code, signal] = await once(child, "close")
  if (code !== 0) throw new Error(`a run ended with ${code ?? signal}`)
  return output
}
