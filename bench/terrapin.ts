/**
 * Terrapin as a contestant: publish() and its promise; received messages in a handler, or in an async iterator.
 */
import { connect, defineHandler, type Message } from "terrapin"
import { type Connect, payloadOf, TOPIC } from "./contestant.js"

export const connectTerrapin: Connect = async (run, { received, failed }) => {
  const { qos, version, server } = run
  const iterates = run.contestant === "terrapin iterator"
  const handler = defineHandler({ handlePublish: (_levels, message) => received(message.payload) })
  const client = await connect(`mqtt://127.0.0.1:${server.port}`, {
    protocolVersion: version,
    ...(iterates ? {} : { handler }),
  })
  const payload = payloadOf(run)
  const options = { qos }
  const read = async (messages: AsyncIterable<Message>) => {
    for await (const message of messages) received(message.payload)
  }
  return {
    publish(done) {
      client.publish(TOPIC, payload, options).then(done, failed)
    },
    async subscribe(topicFilter) {
      if (!iterates) {
        await client.subscribe([{ topicFilter, qos }])
        return () => client.unsubscribe(topicFilter)
      }
      const subscription = await client.subscribe(topicFilter, { qos })
      read(subscription).catch(failed)
      return () => subscription.unsubscribe()
    },
    async settle() {
      await client.publish("bench/settled", null, { qos: 1 })
    },
    close: () => client.disconnect(),
  }
}
