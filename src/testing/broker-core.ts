/** What the in-memory broker's links and the broker itself know of each other. */
import type { Clock } from "../clock.js"
import type { Connect, Properties } from "../codec/index.js"
import type { BrokerMessage } from "./broker-message.js"
import type { BrokerSession } from "./broker-session.js"

/** A link as the broker sees it. */
export interface LiveLink {
  /** Ends it, in version 5 with a DISCONNECT. */
  end(reasonCode: number): void
  /** Breaks it. */
  cut(): void
}

/** What a link asks of the broker. */
export interface BrokerCore {
  readonly clock: Clock
  /** What every CONNACK of version 5 offers. */
  readonly offered: Properties<"connack">
  /** The reason code to refuse the next CONNECT with. */
  takeRefusal(): number | undefined
  /** Finds or makes the session, and ends the link that had it. */
  openSession(connect: Connect, link: LiveLink): { readonly session: BrokerSession; readonly present: boolean }
  /** The link is over. @param will what is to be published, if anything. */
  closeSession(link: LiveLink, session: BrokerSession, will: Connect["will"], expirySeconds: number): void
  /** @returns whether any client subscribes to it. */
  route(message: BrokerMessage): boolean
  retainedFor(topicFilter: string): readonly BrokerMessage[]
}
