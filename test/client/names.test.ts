/** What clients are called by: siblings without names, the name of a stopped client, and messages to `client.ref`. */
import { lookup, mqttClient, startSupervisor } from "terrapin"
import { describe, expect, it } from "vitest"
import { memoryBroker, settle } from "../../src/testing/index.js"
import { clientWorld } from "./client-world.js"

describe("mqttClient() with neither name nor clientId", () => {
  it("has the id, and the name, of its generated clientId, so that two may be siblings", async () => {
    const { broker, system } = clientWorld()
    const specs = [mqttClient({ server: broker.transport }), mqttClient({ server: broker.transport })]
    const app = await startSupervisor({ children: specs, system })
    const clients = specs.map((spec) => app.child(spec))
    expect(clients.map(({ name }) => name)).toEqual(specs.map(({ id }) => id))
    expect(clients.map(({ clientId }) => clientId)).toEqual(specs.map(({ id }) => id))
    await app.stop()
  })

  it("keeps its clientId over restarts", async () => {
    const at = clientWorld()
    const { app, connect } = await at.supervised({ clientId: undefined })
    await at.killActor(app, `client ${connect.clientId}`)
    const again = await at.accept()
    expect(again.connect.clientId).toBe(connect.clientId)
    await app.stop()
  })
})

describe("lookup()", () => {
  it("does not find a supervised client that is stopped, and finds it when it lives again", async () => {
    await using broker = await memoryBroker()
    const spec = mqttClient({ server: broker.transport, clientId: "found" })
    await using app = await startSupervisor({ children: [spec] })
    const client = app.child(spec)
    expect(lookup("found")).toBe(client)
    await client.disconnect()
    expect(lookup("found")).toBeUndefined()
    await app.restartChild("found")
    expect(lookup("found")).toBe(client)
  })
})

describe("a publish by a message to client.ref", () => {
  it("whose replyTo throws is logged, and harms nobody", async () => {
    const at = clientWorld()
    const { client } = await at.up()
    const unhandled: unknown[] = []
    const hear = (error: unknown) => unhandled.push(error)
    process.on("unhandledRejection", hear)
    const throws = () => {
      throw new Error("planted")
    }
    client.ref.send({ kind: "publish", topic: "t", replyTo: { reply: throws, fail: () => undefined } })
    client.ref.send({ kind: "publish", topic: "#", replyTo: { reply: () => undefined, fail: throws } })
    await settle()
    process.off("unhandledRejection", hear)
    expect(unhandled).toEqual([])
    expect(at.logged.filter((line) => line.startsWith("error"))).toHaveLength(2)
  })
})
