/**
 * Publishing: what each quality of service resolves with, what `send` says, and how a refusal looks.
 */
import { connect, isTerrapinError, lookup } from "terrapin"

const server = process.env["MQTT_SERVER"] ?? "mqtt://localhost:1883"
const client = await connect(server, { clientId: "floor-3" })

// #region outcomes
await client.publish("ocp-tower/3/temperature", "21") // QoS 0: taken by the connection
const once = await client.publish("ocp-tower/3/door", "open", { qos: 1 }) // on PUBACK
const exactly = await client.publish("ocp-tower/3/meter", "4711", { qos: 2 }) // on PUBCOMP

if (once.qos === 1) console.log(`PUBACK 0x${once.puback.reasonCode.toString(16)}`)
if (exactly.qos === 2) console.log(`PUBCOMP 0x${exactly.pubcomp.reasonCode.toString(16)}`)
// #endregion

// #region send
const taken = client.send("ocp-tower/3/temperature", "22") // no promise, so nothing to await
console.log(taken ? "taken" : "dropped")
// #endregion

// #region failure
try {
  await client.publish("ocp-tower/+/temperature", "21") // a wildcard is no topic
} catch (error) {
  if (!isTerrapinError(error)) throw error
  console.log(error.code) // a literal of a closed union: "invalid_topic", "rejected", "stopped" …
}
// #endregion

// #region lookup
await lookup("floor-3")?.publish("ocp-tower/3/door", "shut", { qos: 1 })
// #endregion

await client.disconnect()
