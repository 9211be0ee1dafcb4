/**
 * A name outlives the actors that bear it: a ref that stays good over restarts, and the place where a mailbox is kept.
 *
 *     holders ──▶ Name ──▶ actor 7  (crashed)
 *                   └────▶ actor 9  (restarted: same name, and the kept mailbox with it)
 */

import { InvalidOptionError } from "../errors.js"
import { type Actor, DEAD, type Identity } from "./actor.js"
import { NOPROC } from "./exit.js"
import { type Mailbox, MessageQueue } from "./message-queue.js"
import type { ActorRef } from "./ref.js"
import type { ActorSystem } from "./system.js"

export interface NameOptions {
  /** What happens to waiting messages when the actor ends: `lost` as in OTP (default), `kept` for the next one, or kept in a mailbox of one's own. */
  readonly mailbox?: "lost" | "kept" | Mailbox<unknown> | undefined
  /** Whether `whereis` finds it. */
  readonly register?: "registered" | "private" | undefined
}

export class Name<in Message> implements ActorRef<Message>, Identity<Message> {
  readonly label: string
  readonly mailbox: Mailbox<unknown> | undefined
  readonly #system: ActorSystem
  readonly #registered: boolean
  #current: Actor<Message> | undefined = undefined
  #released = false

  /** @throws InvalidOptionError when a registered name is taken by a living actor */
  constructor(system: ActorSystem, label: string, options: NameOptions = {}) {
    this.#system = system
    this.label = label
    this.mailbox = mailboxOf(options.mailbox)
    this.#registered = options.register === "registered"
    if (this.#registered) {
      if (system.names.has(label)) throw new InvalidOptionError("name", `"${label}" is taken`)
      system.names.set(label, this)
    }
  }

  get pid(): number {
    return this.#current?.pid ?? 0
  }

  /** The actor that bears the name now; undefined between two lives. */
  whereis(): Actor<Message> | undefined {
    return this.#current
  }

  send(message: Message): void {
    if (this.#current !== undefined) this.#current.send(message)
    else if (this.#system.current?.status === DEAD) this.#system.revokedActions++
    else if (this.mailbox !== undefined && !this.#released) this.mailbox.push(message)
    else this.#system.deadLetter(this.label, message, NOPROC)
  }

  began(actor: Actor<Message>): void {
    this.#current = actor
  }

  ended(actor: Actor<Message>): void {
    if (this.#current === actor) this.#current = undefined
  }

  /** Gives the name back for good: no further life is to come. Messages, kept ones too, become dead letters. */
  release(): void {
    this.#released = true
    if (this.#registered && this.#system.names.get(this.label) === this) this.#system.names.delete(this.label)
    while (this.mailbox !== undefined && this.mailbox.length > 0)
      this.#system.deadLetter(this.label, this.mailbox.take(), NOPROC)
  }
}

function mailboxOf(kind: NameOptions["mailbox"]): Mailbox<unknown> | undefined {
  if (kind === undefined || kind === "lost") return undefined
  return kind === "kept" ? new MessageQueue() : kind
}
