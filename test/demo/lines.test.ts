/** How the demo speaks: command line, log lines, trees. */
import { describe, expect, it } from "vitest"
import { Chronicle } from "../../demo/chronicle.js"
import { type LogRecord, lineOf } from "../../demo/line.js"
import { Narrator } from "../../demo/narrator.js"
import { parseOptions } from "../../demo/options.js"
import { paintFor } from "../../demo/paint.js"
import { treeLines } from "../../demo/tree.js"

describe("the command line", () => {
  it("asks for nothing, for a server, or for help", () => {
    expect(parseOptions([])).toEqual({ kind: "run", server: undefined })
    expect(parseOptions(["--server", "mqtt://broker:1884"])).toEqual({
      kind: "run",
      server: new URL("mqtt://broker:1884"),
    })
    expect(parseOptions(["--help"])).toEqual({ kind: "help" })
  })

  it.each([[["--server", "broker"]], [["--server", "https://broker"]], [["--server"]], [["--fast"]]])(
    "is refused as %o",
    (words) => {
      expect(parseOptions(words)).toMatchObject({ kind: "refused" })
    },
  )
})

describe("a log line", () => {
  it.each<[string, Partial<LogRecord>, string]>([
    [
      "what a supervisor did and why",
      {
        level: 40,
        client: "floor-1",
        supervisor: "protocol",
        started: ["session"],
        reason: "killed",
        msg: "restarted",
      },
      "  1.500  floor-1         ↻ restarted, for: killed",
    ],
    [
      "an error",
      { level: 50, client: "floor-1", err: { message: "oh" }, msg: "the handler crashed" },
      "  1.500  floor-1         ✗ the handler crashed: oh",
    ],
    [
      "an attempt to connect that failed",
      { client: "floor-1", cause: "closed", retryInMs: 7, msg: "no connection" },
      "  1.500  floor-1         · no connection (closed), again in 7 ms",
    ],
    ["the script", { sign: "✂", msg: "cut" }, "  1.500  demo            ✂ cut"],
  ])("tells of %s", (_, record, line) => {
    expect(lineOf({ level: 30, time: 2_500, ...record }, 1_000, paintFor(false))).toBe(line)
  })

  it("is written for each record of pino, and heard by who counts restarts", () => {
    const chronicle = new Chronicle()
    const written: string[] = []
    const screen = { write: (text: string) => written.push(text) }
    const narrator = new Narrator(screen, (record) => chronicle.hear(record))
    const fields = { client: "floor-1", supervisor: "protocol", started: ["session", "inflight"], reason: "killed" }
    narrator.logger.warn(fields, "protocol restarted session, inflight")
    narrator.logger.warn({ ...fields, started: ["session"] }, "protocol restarted session")
    expect(written[0]).toContain("floor-1         ↻ protocol restarted session, inflight, for: killed\n")
    expect([...(chronicle.restarts.get("floor-1 / protocol") ?? [])]).toEqual([
      ["session", 2],
      ["inflight", 1],
    ])
  })
})

describe("a tree", () => {
  it("is drawn with its charts' states, and folded where it is asked to", () => {
    const leaf = { kind: "actor", state: "idle", mailbox: 0, children: [] }
    const folded = { ...leaf, name: "floor-2", kind: "supervisor", children: [{ ...leaf, name: "hidden" }] }
    const open = {
      ...folded,
      name: "floor-1",
      children: [{ ...leaf, name: "connection", kind: "statechart", state: "up" }],
    }
    const root = { ...folded, name: "building", children: [open, folded, { ...leaf, name: "cellar" }] }
    expect(treeLines(root, ({ name }) => name === "floor-2")).toEqual([
      "building",
      " ├─ floor-1",
      " │   └─ connection  (up)",
      " ├─ floor-2 …",
      " └─ cellar",
    ])
  })
})
