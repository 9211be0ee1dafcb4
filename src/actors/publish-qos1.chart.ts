/**
 * Our PUBLISH with QoS 1 (§4.3.2): written, and answered by PUBACK.
 *
 *     published ──puback──▶ done
 *        ⇅ park / resume
 *      parked
 *
 * `abandoned` (the session is gone) ends it from everywhere.
 */

import { setup } from "xstate"
import type { ChartMachine } from "../runtime/index.js"
import type { InflightEvent, PublishRecord } from "../session/index.js"
import { effect, fieldsOfTheActor } from "./effect.js"

export const publishQos1Machine: ChartMachine = setup({
  types: { context: {} as { readonly record: PublishRecord }, events: {} as InflightEvent },
  actions: { sendPublish: effect, finish: effect },
}).createMachine({
  id: "publish_qos1",
  context: fieldsOfTheActor,
  initial: "published",
  on: { abandoned: ".done" },
  states: {
    published: { entry: "sendPublish", on: { puback: { target: "done", actions: "finish" }, park: "parked" } },
    parked: { on: { resume: "published" } },
    done: { type: "final" },
  },
})
