/**
 * What a handler's callback returned: checked as data, then performed.
 */

import type { CallbackResult, ClientScope, DeliveryReply } from "../actors/index.js"
import { NO_PROPERTIES } from "../codec/index.js"
import { InvalidOptionError } from "../errors.js"
import { checkNames } from "./check-names.js"
import { checkPacket } from "./check-packet.js"
import type { Client } from "./client.js"
import type { HandlerReply, NextAction } from "./handler-definition.js"
import { parseDisconnect } from "./parse-disconnect.js"
import { parseFilter, parseSubscription } from "./parse-options.js"
import { ownProperties, parsePublication } from "./parse-publish.js"

/** Undefined: nothing was returned. @throws InvalidOptionError for what is no result: then the callback has failed */
export function readResult(returned: unknown, client: () => Client, scope: ClientScope): CallbackResult | undefined {
  if (returned === undefined || returned === null) return undefined
  if (typeof returned !== "object") throw new InvalidOptionError("result", "a callback returns nothing or an object")
  checkNames(returned, ["state", "actions", "reply"], "result.")
  const { state, actions, reply } = returned as {
    readonly state?: unknown
    readonly actions?: readonly NextAction[]
    readonly reply?: HandlerReply
  }
  for (const action of actions ?? []) checkAction(action, scope)
  return {
    ...(state === undefined ? {} : { state }),
    ...(reply === undefined ? {} : { reply: readReply(reply) }),
    perform() {
      for (const action of actions ?? [])
        perform(action, client()).catch((error: unknown) =>
          scope.logger.warn({ err: error, action: action.type }, "a next action of the handler failed"),
        )
    },
  }
}

function readReply(reply: HandlerReply): DeliveryReply {
  checkNames(reply, ["reasonCode", "properties"], "reply.")
  const { reasonCode = 0, properties: given } = reply
  const properties = given === undefined ? NO_PROPERTIES : ownProperties(given)
  if (!REPLY_CODES.has(reasonCode)) throw new InvalidOptionError("reply.reasonCode", "is none of PUBACK and PUBREC")
  if (properties !== NO_PROPERTIES)
    checkPacket({ type: "puback", packetId: 1, reasonCode, properties }, 5, (field) => `reply.${field}`)
  return { reasonCode, properties }
}

/** Of PUBACK and PUBREC (MQTT 5 §3.4.2.1, §3.5.2.1). */
const REPLY_CODES: ReadonlySet<number> = new Set([0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99])

/** @throws InvalidOptionError, NotSentError */
function checkAction(action: NextAction, scope: ClientScope): void {
  if (typeof action !== "object" || action === null) throw new InvalidOptionError("actions", "an action is an object")
  switch (action.type) {
    case "publish": {
      const { type: _type, topic, payload, ...options } = action
      parsePublication(topic, payload, options)
      return
    }
    case "subscribe": {
      const { type: _type, ...request } = action
      parseSubscription(request, "action.")
      return
    }
    case "unsubscribe":
      parseFilter(action.topicFilter)
      return
    case "disconnect":
      parseDisconnect(action.options ?? {}, scope)
      return
    case "stop":
      return
    default: // users of plain JavaScript have no compiler that tells them
      throw new InvalidOptionError("actions", "an action's type is subscribe, unsubscribe, publish, disconnect or stop")
  }
}

async function perform(action: NextAction, client: Client): Promise<unknown> {
  switch (action.type) {
    case "publish": {
      const { type: _type, topic, payload, ...options } = action
      return client.publish(topic, payload, options)
    }
    case "subscribe": {
      const { type: _type, ...request } = action
      return client.subscribe([request])
    }
    case "unsubscribe":
      return client.unsubscribe(action.topicFilter)
    case "disconnect":
      return client.disconnect(action.options)
    case "stop":
      return client.disconnect({ drainMs: 0 })
  }
}
