/**
 * The demo's voice: pino, the logger that users of the client have, with its records written as lines for people.
 */

import { type Logger, pino } from "pino"
import { type LogRecord, lineOf } from "./line.js"
import { type Paint, paintFor } from "./paint.js"

/** Where it speaks: standard output. */
export interface Screen {
  readonly isTTY?: boolean | undefined
  write(text: string): unknown
}

const WIDTH = 100
/** pino's number for it. */
const INFO = 30

export class Narrator {
  readonly paint: Paint
  /** For the clients and supervisors as for the script itself. */
  readonly logger: Logger
  readonly #screen: Screen
  #acts = 0

  /** @param hear gets every record, too: what supervisors do is counted from there. */
  constructor(screen: Screen, hear: (record: LogRecord) => void) {
    this.#screen = screen
    this.paint = paintFor(screen.isTTY === true && process.env["NO_COLOR"] === undefined)
    const startedMs = Date.now()
    const write = (json: string): void => {
      const record = JSON.parse(json) as LogRecord
      hear(record)
      // What the clients log at this level the script tells from their events, in more words.
      if (record.level > INFO || record.sign !== undefined) this.say(lineOf(record, startedMs, this.paint))
    }
    this.logger = pino({ base: null }, { write })
  }

  /** The heading of the next act, and what is about to be shown. */
  act(title: string, explanation: string): void {
    this.heading(`${++this.#acts}  ${title}`, explanation)
  }

  heading(title: string, explanation: string): void {
    this.say("", this.paint.bold(`── ${title} `.padEnd(WIDTH, "─")), this.paint.dim(`   ${explanation}`))
  }

  say(...lines: readonly string[]): void {
    for (const line of lines) this.#screen.write(`${line}\n`)
  }

  /** A line of the script's own; `sign` is the mark before it. */
  tell(sign: string, text: string, client?: string): void {
    this.logger.info({ sign, ...(client === undefined ? {} : { client }) }, text)
  }
}
