/**
 * A client as a mailbox: for actors that would rather send than call.
 */

import type { Actor, ActorRef } from "../runtime/index.js"
import type { Client, ClientMessage } from "./client.js"

export class ClientRef implements ActorRef<ClientMessage> {
  readonly #client: Client
  readonly #whereis: () => Actor<never> | undefined

  constructor(client: Client, whereis: () => Actor<never> | undefined) {
    this.#client = client
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
        this.#client.publish(topic, payload, options).then(replyTo?.reply, replyTo?.fail ?? (() => undefined))
        break
      }
      case "disconnect":
        void this.#client.disconnect(message.options).catch(() => undefined)
    }
  }
}
