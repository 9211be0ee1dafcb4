/**
 * What happened to links and supervisors, told as it happens and counted for the summary.
 */

import type { Client } from "terrapin"
import type { LogRecord } from "./line.js"
import type { Narrator } from "./narrator.js"

export class Chronicle {
  readonly #restarts = new Map<string, Map<string, number>>()
  #present = 0
  #absent = 0
  #deadLetters = 0

  /** Links after each client's first one, by Session Present. */
  get reconnects(): { readonly present: number; readonly absent: number } {
    return { present: this.#present, absent: this.#absent }
  }

  /** Messages that a handler crashed on. */
  get deadLetters(): number {
    return this.#deadLetters
  }

  /** By supervisor ("thermostat / protocol"), then by child. */
  get restarts(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    return this.#restarts
  }

  /** Supervisors say in the log what they did. */
  hear({ client, supervisor, started }: LogRecord): void {
    if (supervisor === undefined || started === undefined) return
    const name = client === undefined ? supervisor : `${client} / ${supervisor}`
    const children = this.#restarts.get(name) ?? new Map<string, number>()
    this.#restarts.set(name, children)
    for (const child of started) children.set(child, (children.get(child) ?? 0) + 1)
  }

  /** Its first link is to be up already. */
  follow(client: Client, narrator: Narrator): void {
    const { name } = client
    let downAt = 0
    client.on("down", ({ cause }) => {
      downAt = performance.now()
      narrator.tell("▽", cause.kind === "user" ? "link closed, as it was asked to" : `link down (${cause.kind})`, name)
    })
    client.on("up", ({ connack }) => {
      const after = `after ${Math.round(performance.now() - downAt)} ms`
      if (connack.sessionPresent) {
        this.#present++
        narrator.tell("△", `link up again ${after}, session present`, name)
      } else {
        this.#absent++
        narrator.logger.error({ client: name }, `link up again ${after}, but THE BROKER HAS NO SESSION`)
      }
    })
    client.on("dead_letter", ({ message }) => {
      this.#deadLetters++
      narrator.tell(
        "✉",
        `dead letter: ${message.text()} of QoS ${message.qos}; everything behind it is still queued`,
        name,
      )
    })
  }
}
