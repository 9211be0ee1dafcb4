/**
 * What the actors of one client share. Owned by the client's root and held outside of the actors that crash:
 * names instead of actors, records instead of states.
 */

import type { Connack, ProtocolVersion } from "../codec/index.js"
import type { Logger } from "../logger.js"
import type { ActorSystem, Calls, Name, Ref } from "../runtime/index.js"
import type { DownCause, InboundRecord, Limits, OutgoingRecord, SessionState } from "../session/index.js"
import type { ConnectionMessage, DisconnectRequest } from "./connection-messages.js"
import type { Recipient } from "./delivery.js"
import type { EventHub } from "./events.js"
import type { HandlerMessage } from "./handler-messages.js"
import type { Port } from "./port.js"
import type { SessionMessage } from "./session-messages.js"
import type { ClientSettings } from "./settings.js"

/** What is known of the present link, or of the last one. */
export interface LinkFacts {
  readonly version: ProtocolVersion | undefined
  readonly connack: Connack | undefined
  readonly limits: Limits
  readonly sessionPresent: boolean
}

/** The handler's mailbox, seen from those who fill it. */
export interface HandlerInbox extends Recipient {
  tell(news: HandlerMessage): void
}

export interface ClientScope {
  readonly name: string
  readonly system: ActorSystem
  readonly logger: Logger
  readonly settings: ClientSettings
  readonly session: SessionState<Recipient>
  /** The mailbox of all JavaScript callers. */
  readonly calls: Calls
  readonly events: EventHub
  readonly names: {
    readonly session: Name<SessionMessage>
    readonly inflight: Name<never>
    readonly connection: Name<ConnectionMessage>
    readonly handler: Name<HandlerMessage>
  }
  /** Gets what no subscription matches, and the news; without a handler, somebody who drops both. */
  readonly handler: HandlerInbox
  /** Starts the inflight actor of a record; does nothing while the inflight supervisor is between two lives. */
  readonly startOutbound: (record: OutgoingRecord) => void
  readonly startInbound: (record: InboundRecord) => void
  /** Ends the root: undefined after disconnect(), else what made a policy stop the client. */
  readonly finish: (cause: DownCause | undefined) => void
  readonly counters: ClientCounters
  /** Of the present link or attempt; counts up, also over restarts of the connection actor. */
  epoch: number
  /** The live link's write side; a closed one when there is no link. */
  port: Port
  facts: LinkFacts
  status: "connecting" | "up" | "down" | "stopped"
  attempts: number
  /** How many of `settings.versions` the server has refused: they are not tried again in the client's life. */
  refusedVersions: number
  lastCause: DownCause | undefined
  /** Callers of ping(). One PINGREQ answers them all; when its link is lost, or its connection actor, the next one's does. */
  pings: Ref[]
  /** Set by disconnect(): a connection actor that starts anew finds it here, also after a crash of the root. */
  stopRequest: DisconnectRequest | undefined
}

export interface ClientCounters {
  /** Acknowledgements of identifiers that nothing waits for. */
  unknownAcks: number
  /** Socket events of links that were gone already. */
  staleEvents: number
  /** Messages dropped because their recipient had no room. */
  dropped: number
}

/** Whether the server keeps the session when this link ends. */
export function sessionSurvives(scope: ClientScope): boolean {
  const { version, connack } = scope.facts
  if (version === undefined) return scope.session.exists
  const { expirySeconds } = scope.settings
  if (version < 5) return (expirySeconds ?? 0) > 0
  return (connack?.properties.sessionExpiryInterval ?? expirySeconds ?? 300) > 0
}
