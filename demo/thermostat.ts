/**
 * The two handlers: the thermostat answers each reading with a command for the valves of that floor, at the reading's QoS;
 * the floor's valves take it.
 */

import { defineHandler, type HandlerDefinition } from "terrapin"
import type { Ledger } from "./ledger.js"
import type { Reading } from "./sensor.js"

export interface HandlerArgs {
  readonly ledger: Ledger
  /** Called when the server has granted a subscription: what is published from then on arrives. */
  readonly subscribed: (topicFilter: string) => void
}

export interface ThermostatArgs extends HandlerArgs {
  /** Degrees. */
  readonly target: number
}

export const thermostat: HandlerDefinition<ThermostatArgs> = defineHandler({
  init: (args: ThermostatArgs) => ({ ...args, warmest: Number.NEGATIVE_INFINITY }),

  subscription(status, topicFilter, { subscribed }) {
    if (status === "up") subscribed(topicFilter)
  },

  handlePublish([tower, floor], message, state) {
    const { id, value } = message.json() as Reading
    state.ledger.arrived(id)
    const degrees = value.toFixed(1) // The mistake: a broken sensor sends null.
    const command: Reading = { id: state.ledger.sent(message.qos), value: Number(degrees) < state.target ? 1 : 0 }
    return {
      state: { ...state, warmest: Math.max(state.warmest, value) },
      actions: [
        { type: "publish", topic: `${tower}/${floor}/valve`, payload: JSON.stringify(command), qos: message.qos },
      ],
    }
  },
})

export const valves: HandlerDefinition<HandlerArgs> = defineHandler({
  init: (args: HandlerArgs) => args,

  subscription(status, topicFilter, { subscribed }) {
    if (status === "up") subscribed(topicFilter)
  },

  handlePublish(_levels, message, { ledger }) {
    ledger.arrived((message.json() as Reading).id)
  },
})
