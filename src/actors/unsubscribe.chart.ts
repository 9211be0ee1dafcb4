/**
 * UNSUBSCRIBE (§3.10): asked, and answered by UNSUBACK. A lost link does not end it: it is asked again on the next one.
 */

import { setup } from "xstate"
import type { ChartMachine } from "../runtime/index.js"
import type { InflightEvent, UnsubscribeRecord } from "../session/index.js"
import { effect, fieldsOfTheActor } from "./effect.js"

export const unsubscribeMachine: ChartMachine = setup({
  types: { context: {} as { readonly record: UnsubscribeRecord }, events: {} as InflightEvent },
  actions: { sendUnsubscribe: effect, finish: effect },
}).createMachine({
  id: "unsubscribe",
  context: fieldsOfTheActor,
  initial: "asked",
  on: { abandoned: ".done" },
  states: {
    asked: { entry: "sendUnsubscribe", on: { unsuback: { target: "done", actions: "finish" }, park: "parked" } },
    parked: { on: { resume: "asked" } },
    done: { type: "final" },
  },
})
