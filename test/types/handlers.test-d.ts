/**
 * What must not compile when one writes handlers. Checked by plain `tsc`, never run.
 */
import {
  type Client,
  type DownCause,
  defineHandler,
  type HandlerDefinition,
  type HandlerNext,
  mqttClient,
  type NextAction,
} from "terrapin"

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function same<A, B>(_equal: Equal<A, B>): void {}

/** As in the guide: the state is inferred from init, everything else from the callbacks' places. */
export const thermostat: HandlerDefinition<{ target: number }> = defineHandler({
  init: (args: { target: number }) => ({ target: args.target, last: Number.NaN }),
  handlePublish([building, floor, sensor], message, state, { client, self, logger, signal }) {
    same<typeof building, string | undefined>(true)
    same<typeof floor, typeof sensor>(true)
    same<typeof state, { target: number; last: number }>(true)
    same<typeof client, Client>(true)
    same<typeof signal, AbortSignal>(true)
    logger.info({ pid: self.pid }, message.topic)
    return { state: { ...state, last: Number(message.text()) }, reply: { reasonCode: 0x10 } }
  },
  connection(status, state, { cause }) {
    same<typeof status, "up" | "down">(true)
    same<typeof cause, DownCause | undefined>(true)
    return { state, actions: [{ type: "publish", topic: "t", payload: status, qos: 1 }] }
  },
  subscription(status, topicFilter, state) {
    if (typeof status === "object" && "warn" in status) same<typeof status.warn.granted, 0 | 1 | 2>(true)
    return topicFilter === "" ? undefined : { state }
  },
  terminate(reason, state) {
    same<typeof reason, unknown>(true)
    same<typeof state.target, number>(true)
  },
})

export const stateless: HandlerDefinition = defineHandler({ handlePublish: () => undefined })

export const slow: HandlerDefinition<number> = defineHandler({
  init: async (start: number) => ({ count: start }),
  async handlePublish(_levels, _message, state) {
    same<typeof state, { count: number }>(true)
    return { state: { count: state.count + 1 } }
  },
})

export const wrongState: unknown = defineHandler({
  init: () => ({ count: 0 }),
  // @ts-expect-error another state than init's
  handlePublish: () => ({ state: { counter: 1 } }),
})

export const replyElsewhere: unknown = defineHandler({
  // @ts-expect-error only a message is replied to
  connection: () => ({ reply: { reasonCode: 0 } }),
})

export const unknownAction: unknown = defineHandler({
  // @ts-expect-error no such action
  connection: () => ({ actions: [{ type: "reboot" }] }),
})

export const ofALaterVersion: unknown = defineHandler({
  // @ts-expect-error not built yet
  handleInfo: () => undefined,
})

export function handlers(): void {
  const server = "mqtt://localhost"
  mqttClient({ server, handler: [thermostat, { target: 21 }] })
  mqttClient({ server, handler: stateless })
  // @ts-expect-error wrong arguments
  mqttClient({ server, handler: [thermostat, { target: "21" }] })
  // @ts-expect-error arguments are missing
  mqttClient({ server, handler: thermostat })
  // @ts-expect-error no definition
  mqttClient({ server, handler: { handlePublish: () => undefined } })
  // @ts-expect-error of a later version
  mqttClient({ server, handler: { definition: thermostat, args: { target: 3 } } })
}

export const next: readonly HandlerNext<number>[] = [
  undefined,
  {},
  { state: 1 },
  { actions: [{ type: "stop" }] },
  // @ts-expect-error a reply needs its type
  { reply: { reasonCode: 0 } },
]

export const actions: readonly NextAction[] = [
  { type: "subscribe", topicFilter: "a", qos: 1 },
  { type: "unsubscribe", topicFilter: "a" },
  { type: "publish", topic: "a" },
  { type: "disconnect", options: { reasonCode: 0x04 } },
  { type: "stop" },
  // @ts-expect-error a topic is needed
  { type: "publish" },
]
