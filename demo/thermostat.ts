/**
 * The two handlers: the thermostat answers each reading with a command for the valves of that floor, at the reading's QoS;
 * the floor's valves take it.
 */

import { defineHandler, type HandlerDefinition } from "terrapin"
import type { Ledger } from "./ledger.js"
import type { Reading } from "./sensor.js"

export interface ThermostatArgs {
  readonly ledger: Ledger
  /** Degrees. */
  readonly target: number
}

export const thermostat: HandlerDefinition<ThermostatArgs> = defineHandler({
  init: (args: ThermostatArgs) => ({ ...args, warmest: Number.NEGATIVE_INFINITY }),

  handlePublish([tower, floor], message, state) {
    const { id, value } = message.json() as Reading
    state.ledger.arrived(id)
    const degrees = value.toFixed(1) // The mistake: a broken sensor sends null.
    const command = { id: state.ledger.sent(message.qos), value: Number(degrees) < state.target ? 1 : 0 }
    return {
      state: { ...state, warmest: Math.max(state.warmest, value) },
      actions: [
        { type: "publish", topic: `${tower}/${floor}/valve`, payload: JSON.stringify(command), qos: message.qos },
      ],
    }
  },
})

export const valves: HandlerDefinition<Ledger> = defineHandler({
  init: (ledger: Ledger) => ledger,

  handlePublish(_levels, message, ledger) {
    ledger.arrived((message.json() as Reading).id)
  },
})
