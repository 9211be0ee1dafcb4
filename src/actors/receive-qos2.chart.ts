/**
 * The server's PUBLISH with QoS 2 (§4.3.3, method A): delivered once, however often it is sent.
 *
 *     delivering ──handled──▶ received (PUBREC) ──pubrel──▶ done (PUBCOMP)
 *
 * `abandoned` ends it from everywhere: its recipients left it, the session is gone, or a PUBREC of 0x80 and more has left and
 * its identifier is free [MQTT-4.3.3-9]. Until that one has left, the message is received, and not delivered again.
 */

import { setup } from "xstate"
import type { ChartMachine } from "../runtime/index.js"
import type { InboundRecord, InflightEvent } from "../session/index.js"
import { effect, fieldsOfTheActor } from "./effect.js"

export const receiveQos2Machine: ChartMachine = setup({
  types: { context: {} as { readonly record: InboundRecord }, events: {} as InflightEvent },
  actions: { deliver: effect, sendPubrec: effect, forget: effect, sendPubcomp: effect },
}).createMachine({
  id: "receive_qos2",
  context: fieldsOfTheActor,
  initial: "delivering",
  on: { abandoned: { target: ".done", actions: "forget" } },
  states: {
    delivering: {
      entry: "deliver",
      on: {
        handled: { target: "received", actions: "sendPubrec" },
      },
    },
    // A repeated PUBLISH is answered again, and never delivered again [MQTT-4.3.3-10].
    received: {
      on: { publish: { actions: "sendPubrec" }, pubrel: { target: "done", actions: ["forget", "sendPubcomp"] } },
    },
    done: { type: "final" },
  },
})
