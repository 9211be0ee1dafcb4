/**
 * MQTT.js as a contestant: publish() with a callback, or publishAsync(); received messages in its "message" event.
 */
import { connectAsync } from "mqtt"
import { type Connect, payloadOf, TOPIC } from "./contestant.js"

export const connectMqttjs: Connect = async (run, { received, failed }) => {
  const { qos, version, server, contestant } = run
  const client = await connectAsync(`mqtt://127.0.0.1:${server.port}`, { protocolVersion: version, reconnectPeriod: 0 })
  client.on("message", (_topic, message) => received(message))
  client.on("error", failed)
  const payload = payloadOf(run)
  const options = { qos }
  return {
    publish:
      contestant === "mqtt.js promise"
        ? (done) => {
            client.publishAsync(TOPIC, payload, options).then(done, failed)
          }
        : (done) => {
            client.publish(TOPIC, payload, options, (error) => (error ? failed(error) : done()))
          },
    async subscribe(topicFilter) {
      await client.subscribeAsync(topicFilter, { qos })
      return () => client.unsubscribeAsync(topicFilter)
    },
    async settle() {
      await client.publishAsync("bench/settled", "", { qos: 1 })
    },
    close: () => client.endAsync(),
  }
}
