/**
 * A crash of user code: the handler is restarted, the link and everything else live on.
 */
import { connect, defineHandler } from "terrapin"

const server = process.env["MQTT_SERVER"] ?? "mqtt://localhost:1883"
let heard = (): void => undefined
const survived = new Promise<void>((resolve) => {
  heard = resolve
})

// #region crash
const fragile = defineHandler({
  init: () => {
    console.log("the handler starts")
    return undefined
  },
  handlePublish(_levels, message) {
    const { degrees } = JSON.parse(message.text()) as { degrees: number } // throws when it is no JSON
    console.log(`${degrees} °C`)
    heard()
  },
})
const client = await connect(server, { clientId: "fragile", handler: fragile })
client.on("handler_crash", () => console.log("the handler crashed"))

await client.subscribe([{ topicFilter: "ocp-tower/+/temperature", qos: 1 }])
await client.publish("ocp-tower/3/temperature", "not JSON", { qos: 1 })
await client.publish("ocp-tower/3/temperature", '{ "degrees": 21 }', { qos: 1 })
// #endregion

await survived
console.log(`the link is ${client.status}`)
await client.disconnect()
