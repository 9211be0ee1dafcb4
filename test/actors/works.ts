/** A handler whose every message waits until the test says what comes of it. */
import { defineHandler, type HandlerDefinition } from "terrapin"
import { settle } from "../../src/testing/index.js"
import { type Deferred, deferred } from "../runtime/world.js"

export interface Works {
  readonly handler: HandlerDefinition
  /** Payloads in the order in which they were handed over. */
  readonly begun: readonly string[]
  /** How often the handler was initialized. */
  inits: number
  /** The message in hand is done, and everything that follows has happened. */
  finish(reply?: { readonly reasonCode: number }): Promise<void>
  /** The handler crashes on the message in hand. */
  crash(error: Error): Promise<void>
}

/** `init` is awaited by every life of the handler but the first. */
export function works(init: () => Promise<void> | undefined = () => undefined): Works {
  const begun: string[] = []
  let inHand: Deferred<{ reply?: { readonly reasonCode: number } } | undefined> | undefined
  const take = () => {
    const work = inHand
    if (work === undefined) throw new Error("the handler has nothing in hand")
    inHand = undefined
    return work
  }
  const handler = defineHandler({
    init: () => (++self.inits === 1 ? undefined : init()),
    handlePublish(_levels, message) {
      begun.push(message.text())
      inHand = deferred()
      return inHand.promise
    },
  })
  const self: Works = {
    handler,
    begun,
    inits: 0,
    async finish(reply) {
      take().resolve(reply === undefined ? undefined : { reply })
      await settle()
    },
    async crash(error) {
      take().reject(error)
      await settle()
    },
  }
  return self
}
