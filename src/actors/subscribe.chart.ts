/**
 * SUBSCRIBE (§3.8): asked, and answered by SUBACK. A lost link does not end it: it is asked again on the next one.
 */

import { setup } from "xstate"
import type { ChartMachine } from "../runtime/index.js"
import type { InflightEvent, SubscribeRecord } from "../session/index.js"
import { effect, fieldsOfTheActor } from "./effect.js"

export const subscribeMachine: ChartMachine = setup({
  types: { context: {} as { readonly record: SubscribeRecord }, events: {} as InflightEvent },
  actions: { sendSubscribe: effect, finish: effect },
}).createMachine({
  id: "subscribe",
  context: fieldsOfTheActor,
  initial: "asked",
  on: { abandoned: ".done" },
  states: {
    asked: { entry: "sendSubscribe", on: { suback: { target: "done", actions: "finish" }, park: "parked" } },
    parked: { on: { resume: "asked" } },
    done: { type: "final" },
  },
})
