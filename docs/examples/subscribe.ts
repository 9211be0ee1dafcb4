/**
 * Subscribing: one filter to read from, or several whose messages go to the handler.
 */
import { connect } from "terrapin"

const server = process.env["MQTT_SERVER"] ?? "mqtt://localhost:1883"
const client = await connect(server, { clientId: "lobby" })

// #region single
const doors = await client.subscribe("ocp-tower/+floor/door/#rest", { qos: 1 })
await client.publish("ocp-tower/3/door/north/lock", "open", { qos: 1 })

for await (const message of doors) {
  console.log(message.params.floor, message.params.rest, message.text())
  break // asking for the next message, or leaving the loop, acknowledges this one
}
await doors.unsubscribe()
// #endregion

// #region array
const outcomes = await client.subscribe([
  { topicFilter: "ocp-tower/+/temperature", qos: 1 },
  { topicFilter: "ocp-tower/+/meter", qos: 2 },
])
for (const { topicFilter, grantedQos } of outcomes) console.log(topicFilter, grantedQos ?? "refused")

await client.unsubscribe("ocp-tower/+/meter")
// #endregion

await client.disconnect()
