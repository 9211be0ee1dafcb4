/** An actor ends while the client is being stopped: it is stopped all the same, every call settles, and nothing is left. */
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { outcomeOf } from "../client/client-world.js"
import { endActor, hunter, WAYS } from "./crash-world.js"
import { arrived, linked, VERSIONS } from "./delivery-world.js"
import { works } from "./works.js"

const ACTORS = ["session", "inflight", "connection", "handler", "publish"]
const EVERY = VERSIONS.flatMap(({ version }) =>
  WAYS.flatMap((way) => ACTORS.map((label) => ({ label, version, way, name: `${label}, ${way}, version ${version}` }))),
)

describe.each(EVERY)("[case 90] $name", ({ label, version, way }) => {
  it("ends while the client drains", async () => {
    const { at, client, link, events } = await linked(version, { handler: works().handler })
    const sent = client.publish("t", "a", { qos: 1 })
    await arrived(link)
    const gone = client.disconnect()
    await settle()
    await endActor(client, label, undefined, way)
    await at.clock.advance(5_000)
    expect(await outcomeOf(gone)).toEqual({ value: undefined })
    await expect(sent).rejects.toMatchObject({ code: "stopped", maybeDelivered: true })
    expect(events.at(-1)).toEqual({ kind: "stopped", reason: undefined })
    expect(client.status).toBe("stopped")
    await at.expectNothingLeft()
  })
})

describe.each(EVERY.filter(({ label }) => label !== "publish"))("[case 90] $name", ({ label, version, way }) => {
  it("ends in the instant in which the connection has stopped", async () => {
    const { at, client, link } = await linked(version, { handler: works().handler })
    const prey = hunter(at.system, client)
    prey.hunt({ label: "connection", state: "stopped", spared: 0, victim: label }, way)
    expect(await outcomeOf(client.disconnect())).toEqual({ value: undefined })
    expect(prey.hits).toBe(1)
    expect(await arrived(link)).toEqual(["disconnect"])
    await at.expectNothingLeft()
  })
})
