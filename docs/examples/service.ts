/**
 * A service that stays: a client with a handler of its own, as a child of a supervisor.
 */
// #region service
import { defineHandler, mqttClient, startSupervisor } from "terrapin"

const thermostat = defineHandler({
  init: (args: { target: number }) => ({ target: args.target, last: Number.NaN }),
  handlePublish([building, floor], message, state) {
    const degrees = Number(message.text())
    console.log(`${building}, floor ${floor}: ${degrees < state.target ? "heat" : "rest"}`)
    return { state: { ...state, last: degrees } }
  },
})

const toes = mqttClient({
  server: process.env["MQTT_SERVER"] ?? "mqtt://localhost:1883",
  clientId: "toes",
  handler: [thermostat, { target: 21 }],
  subscriptions: [{ topicFilter: "ocp-tower/+/temperature", qos: 1 }],
})
const service = await startSupervisor({
  strategy: "one_for_one",
  intensity: { restarts: 3, periodMs: 5_000 },
  children: [toes],
})
await service.child(toes).connected({ timeoutMs: 10_000 })
// #endregion

await service.child(toes).publish("ocp-tower/3/temperature", "19", { qos: 1, retain: true })
export const stop = (): Promise<void> => service.stop()
