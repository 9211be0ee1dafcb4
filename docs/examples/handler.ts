/**
 * A handler: state, the news of the link and of the subscriptions, and actions to be taken next.
 */
// #region handler
import { connect, defineHandler } from "terrapin"

const counter = defineHandler({
  init: (args: { warnAt: number }) => ({ warnAt: args.warnAt, seen: 0 }),

  connection(status) {
    if (status === "up") console.log("the link is up")
  },

  subscription(status, topicFilter) {
    console.log(`${topicFilter} is ${status}`)
  },

  handlePublish([, floor], _message, state) {
    const seen = state.seen + 1
    if (seen < state.warnAt) return { state: { ...state, seen } }
    return {
      state: { ...state, seen: 0 },
      actions: [{ type: "publish", topic: `ocp-tower/${floor}/alarm`, payload: "door", qos: 1 }],
    }
  },
})
// #endregion

const server = process.env["MQTT_SERVER"] ?? "mqtt://localhost:1883"
const doors = await connect(server, { clientId: "doors", handler: [counter, { warnAt: 2 }] })
await doors.subscribe([{ topicFilter: "ocp-tower/+/door", qos: 1 }])

const porter = await connect(server, { clientId: "porter" })
const alarms = await porter.subscribe("ocp-tower/+floor/alarm", { qos: 1 })
await porter.publish("ocp-tower/3/door", "open", { qos: 1 })
await porter.publish("ocp-tower/4/door", "open", { qos: 1 })
for await (const message of alarms) {
  console.log(`alarm on floor ${message.params.floor}`)
  break
}
await porter.disconnect()
await doors.disconnect()
