/**
 * A client as a mailbox: for actors that would rather send than call.
 */

import type { Logger } from "../logger.js"
import type { Actor, ActorRef } from "../runtime/index.js"
import type { Client, ClientMessage } from "./client.js"

export class ClientRef implements ActorRef<ClientMessage> {
  readonly #client: Client
  readonly #logger: Logger
  readonly #whereis: () => Actor<never> | undefined

  constructor(client: Client, logger: Logger, whereis: () => Actor<never> | undefined) {
    this.#client = client
    this.#logger = logger
    this.#whereis = whereis
  }

  get pid(): number {
    return this.#whereis()?.pid ?? 0
  }

  /** The client's root: its end is the client's. @internal */
  whereis(): Actor<never> | undefined {
    return this.#whereis()
  }

  send(message: ClientMessage): void {
    switch (message.kind) {
      case "publish": {
        const { topic, payload, options, replyTo } = message
        this.#client
          .publish(topic, payload, options)
          .then(replyTo?.reply, replyTo?.fail ?? (() => undefined))
          .catch((error: unknown) => this.#logger.error({ err: error, topic }, "a replyTo threw"))
        break
      }
      case "disconnect":
        void this.#client.disconnect(message.options).catch(() => undefined)
    }
  }
}
