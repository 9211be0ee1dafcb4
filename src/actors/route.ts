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
  if (owners.size > 0) {
    const delivery = new Delivery(withoutIdentifiers(message), owners.size, finish)
    for (const owner of owners) owner.deliver(delivery)
    return
  }
  const delivery = new Delivery(withoutIdentifiers(message), 1, finish)
  if (scope.handler !== undefined) scope.handler.deliver(delivery)
  else {
    scope.counters.dropped++
    scope.events.emit({ kind: "dropped", direction: "in", topic: message.topic, reason: "nobody subscribed to it" })
    delivery.done()
  }
}

/** The subscription identifiers are ours, not the user's. */
function withoutIdentifiers(message: Publish): Publish {
  if (message.properties.subscriptionIdentifiers === undefined) return message
  const { subscriptionIdentifiers: _ours, ...properties } = message.properties
  return { ...message, properties }
}
