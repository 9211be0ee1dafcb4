/**
 * Our PUBLISH with QoS 2 (§4.3.3): written, received (PUBREC), released (PUBREL), complete (PUBCOMP).
 *
 *     published ──pubrec──▶ released ──pubcomp──▶ done         pubrec >= 0x80: done at once [MQTT-4.3.3-4]
 *        ⇅ park / resume       ⇅
 *      parked             parkedReleased
 *
 * `abandoned` (the session is gone) ends it from everywhere.
 */

import { setup } from "xstate"
import type { ChartMachine } from "../runtime/index.js"
import type { InflightEvent, PublishRecord } from "../session/index.js"
import { effect, fieldsOfTheActor } from "./effect.js"

export const publishQos2Machine: ChartMachine = setup({
  types: { context: {} as { readonly record: PublishRecord }, events: {} as InflightEvent },
  actions: { sendPublish: effect, keepPubrec: effect, sendPubrel: effect, finish: effect },
  guards: { refused: ({ event }) => event.type === "pubrec" && event.reasonCode >= 0x80 },
}).createMachine({
  id: "publish_qos2",
  context: fieldsOfTheActor,
  initial: "published",
  on: { abandoned: ".done" },
  states: {
    published: {
      entry: "sendPublish",
      on: {
        pubrec: [
          { guard: "refused", target: "done", actions: "finish" },
          { target: "released", actions: "keepPubrec" },
        ],
        park: "parked",
      },
    },
    parked: { on: { resume: "published" } },
    released: {
      entry: "sendPubrel",
      on: {
        pubcomp: { target: "done", actions: "finish" },
        pubrec: { actions: "sendPubrel" },
        park: "parkedReleased",
      },
    },
    parkedReleased: { on: { resume: "released" } },
    done: { type: "final" },
  },
})
