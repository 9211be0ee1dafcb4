import { it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { clientWorld } from "./client-world.js"

it("x", async () => {
  const at = clientWorld()
  const { app, client, link } = await at.supervised()
  client.publish("t", "1", { qos: 1 })
  await link.receive("publish")
  const done = client.disconnect()
  await at.killActor(app, "client toes")
  await at.clock.advance(10_000)
  console.log(
    1,
    client.status,
    at.broker.links.map((l) => [l.ended, l.received.map((p) => p.type)]),
  )
  await done
  console.log(2)
  await Promise.race([app.restartChild("toes").then(() => console.log("R"), console.log), settle()])
  await settle()
  console.log(
    3,
    client.status,
    at.broker.links.map((l) => [l.ended, l.received.map((p) => p.type)]),
  )
})
