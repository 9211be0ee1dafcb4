/**
 * The first program: connect, subscribe, publish, read, leave.
 */
// #region minute
import { connect } from "terrapin"

const server = process.env["MQTT_SERVER"] ?? "mqtt://localhost:1883"
const client = await connect(server, { clientId: "toes" })

// The word after the plus is ours; the broker sees "ocp-tower/+/temperature".
const readings = await client.subscribe("ocp-tower/+floor/temperature", { qos: 1 })
await client.publish("ocp-tower/3/temperature", "21", { qos: 2 }) // resolves on PUBCOMP

for await (const message of readings) {
  console.log(`floor ${message.params.floor}: ${message.text()} °C`) // params is typed { floor: string }
  break
}
await client.disconnect()
// #endregion
