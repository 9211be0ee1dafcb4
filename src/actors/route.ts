/**
 * Who gets a received message: every owner of a matching subscription once; when nobody matches, the handler.
 */

import type { Publish } from "../codec/index.js"
import { Delivery, type DeliveryReply } from "./delivery.js"
import type { ClientScope } from "./scope.js"

/** `finish` is called once, when all recipients are done; QoS 0 needs none. */
export function route(
  scope: ClientScope,
  message: Publish,
  finish: ((outcome: DeliveryReply | "left") => void) | undefined,
): void {
  const identifiers = message.properties.subscriptionIdentifiers
  const owners = scope.session.subscriptions.ownersOf(message.topic, identifiers)
  const delivery = new Delivery(withoutIdentifiers(message), Math.max(1, owners.length), finish)
  if (owners.length === 0) scope.handler.deliver(delivery)
  else for (const owner of owners) owner.deliver(delivery)
}

/** The subscription identifiers are ours, not the user's. */
function withoutIdentifiers(message: Publish): Publish {
  if (message.properties.subscriptionIdentifiers === undefined) return message
  const { subscriptionIdentifiers: _ours, ...properties } = message.properties
  return { ...message, properties }
}
