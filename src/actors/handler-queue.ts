/**
 * The handler's mailbox: kept over restarts, in order of arrival, and bounded.
 *
 * QoS 1 and 2 are bounded by the window that we grant the server; of QoS 0, which has no acknowledgement to withhold, the
 * oldest is dropped when there is no more room.
 */

import type { Delivery } from "./delivery.js"
import { DroppingQueue } from "./dropping-queue.js"
import type { HandlerMessage } from "./handler-messages.js"

/** Messages that may wait for the handler, and their payloads' bytes. */
const MAXIMUM_QUEUED = 1_000
const MAXIMUM_QUEUED_BYTES = 8 * 1_048_576

export function handlerQueue(onDrop: (delivery: Delivery) => void): DroppingQueue<unknown> {
  return new DroppingQueue<unknown>({
    maxItems: MAXIMUM_QUEUED,
    maxBytes: MAXIMUM_QUEUED_BYTES,
    bytesOf: (item) => deliveryOf(item)?.message.payload.length ?? 0,
    isDroppable: (item) => deliveryOf(item)?.message.qos === 0,
    dropped(item) {
      const delivery = deliveryOf(item)
      if (delivery !== undefined) onDrop(delivery)
    },
  })
}

/** The kernel's signals wait here too. */
function deliveryOf(item: unknown): Delivery | undefined {
  const message = item as HandlerMessage | { readonly type?: undefined }
  return message.type === "message" ? message.delivery : undefined
}
