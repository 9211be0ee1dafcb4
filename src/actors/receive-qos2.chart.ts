/**
 * The server's PUBLISH with QoS 2 (§4.3.3, method A): delivered once, however often it is sent.
 *
 *     delivering ──handled──▶ received (PUBREC) ──pubrel──▶ done (PUBCOMP)
 *         │ handled with 0x80 or more: done, the identifier is free [MQTT-4.3.3-9]
 *
 * `abandoned` (left by its recipients, or the session is gone) ends it from everywhere.
 */

import { setup } from "xstate"
import type { ChartMachine } from "../runtime/index.js"
import type { InboundRecord, InflightEvent } from "../session/index.js"
import { effect, fieldsOfTheActor } from "./effect.js"

export const receiveQos2Machine: ChartMachine = setup({
  types: { context: {} as { readonly record: InboundRecord }, events: {} as InflightEvent },
  actions: { deliver: effect, sendPubrec: effect, forget: effect, sendPubcomp: effect },
  guards: { refused: ({ context }) => (context.record.outcome?.reasonCode ?? 0) >= 0x80 },
}).createMachine({
  id: "receive_qos2",
  context: fieldsOfTheActor,
  initial: "delivering",
  on: { abandoned: { target: ".done", actions: "forget" } },
  states: {
    delivering: {
      entry: "deliver",
      on: {
        handled: [
          { guard: "refused", target: "done", actions: ["sendPubrec", "forget"] },
          { target: "received", actions: "sendPubrec" },
        ],
      },
    },
    // A repeated PUBLISH is answered again, and never delivered again [MQTT-4.3.3-10].
    received: {
      on: { publish: { actions: "sendPubrec" }, pubrel: { target: "done", actions: ["forget", "sendPubcomp"] } },
    },
    done: { type: "final" },
  },
})
