/** A client as a child of a supervisor: its id, its handle, its restarts, and the order of its end. */
import {
  actor,
  defineActor,
  defineHandler,
  type ExitReason,
  exited,
  mqttClient,
  StoppedError,
  startSupervisor,
} from "terrapin"
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { ack, clientWorld, outcomeOf, stateOf } from "./client-world.js"

describe("mqttClient()", () => {
  it.each([
    [{ id: "the-id", name: "the-name", clientId: "the-client" }, "the-id"],
    [{ name: "the-name", clientId: "the-client" }, "the-name"],
    [{ clientId: "the-client" }, "the-client"],
  ])("%j has the id %s", (options, id) => {
    const { broker } = clientWorld()
    expect(mqttClient({ server: broker.transport, ...options })).toMatchObject({
      id,
      restart: "transient",
      shutdown: "infinity",
    })
  })

  it("takes another restart type", () => {
    const { broker } = clientWorld()
    expect(mqttClient({ server: broker.transport, restart: "permanent" }).restart).toBe("permanent")
  })

  it("gives a handle that stays good when the supervisor restarts the client", async () => {
    const at = clientWorld()
    const { app, client, events } = await at.supervised()
    await at.killActor(app, "client toes")
    expect(client.status).toBe("connecting")
    const { link } = await at.accept({ sessionPresent: true })
    await settle()
    expect(client.status).toBe("up")
    const published = client.publish("t", "again", { qos: 1 })
    await link.receive("publish")
    link.send(ack("puback", 1))
    await expect(published).resolves.toMatchObject({ qos: 1 })
    expect(app.whichChildren()).toMatchObject([{ id: "toes", status: "running", restarts: 1, type: "supervisor" }])
    expect(events.map(({ kind }) => kind)).toEqual(["up", "down", "stopped", "up"])
    await app.stop()
    await at.expectNothingLeft()
  })

  it("rejects every open call with exited when its root is killed, maybeDelivered by what was written", async () => {
    const at = clientWorld()
    const { app, client, link } = await at.supervised({ inflightWindow: 1 })
    const calls = [
      client.publish("t", "written", { qos: 1 }),
      client.publish("t", "waiting", { qos: 2 }),
      client.subscribe("a"),
      client.unsubscribe("b"),
      client.ping(),
    ]
    await link.receive("publish")
    await settle()
    await at.killActor(app, "client toes")
    const outcomes = await Promise.all(calls.map((call) => outcomeOf<unknown>(call)))
    const errors = outcomes.map((outcome) => (outcome as { error: StoppedError }).error)
    for (const error of errors) expect(error).toBeInstanceOf(StoppedError)
    expect(errors.map(({ code }) => code)).toEqual(["exited", "exited", "exited", "exited", "exited"])
    expect(errors.map(({ maybeDelivered }) => maybeDelivered)).toEqual([true, false, false, false, false])
  })

  it("exits normal after disconnect(): a transient client stays stopped, a permanent one comes back", async () => {
    for (const { restart, links } of [
      { restart: "transient" as const, links: 1 },
      { restart: "permanent" as const, links: 2 },
    ]) {
      const at = clientWorld()
      const spec = mqttClient({ server: at.broker.transport, clientId: "toes", restart })
      const app = await startSupervisor({ children: [spec], system: at.system })
      await at.accept()
      const ends: ExitReason[] = []
      void exited(app.child(spec).ref).then((reason) => ends.push(reason))
      await app.child(spec).disconnect()
      await settle()
      expect(ends).toEqual([{ kind: "normal" }])
      expect(at.broker.links).toHaveLength(links)
      await app.stop()
    }
  })

  it("exits shutdown with the cause when a policy stops it", async () => {
    const at = clientWorld()
    const { client, link } = await at.supervised()
    const ended = exited(client.ref)
    link.send({ type: "disconnect", reasonCode: 0x8e, properties: {} })
    expect(await ended).toMatchObject({ kind: "shutdown", detail: { kind: "server_disconnect", reasonCode: 0x8e } })
  })

  it("can be stopped and restarted in one tick under its name [case 84]", async () => {
    const at = clientWorld()
    const { app, client, link } = await at.supervised()
    const stopped = app.terminateChild("toes")
    const restarted = app.restartChild("toes")
    await stopped
    await restarted
    await link.receive("disconnect")
    await link.clientEnd()
    await at.accept()
    await settle()
    expect(client.status).toBe("up")
    expect(stateOf(app, "connection")).toBe("connected.open.quiet")
    await app.stop()
    await at.expectNothingLeft()
  })

  it("frees its name with its place: deleted, and another of the name may start", async () => {
    const at = clientWorld()
    const { app } = await at.supervised()
    await expect(
      app.startChild(mqttClient({ server: at.broker.transport, name: "toes", id: "other" })),
    ).rejects.toThrow()
    await app.terminateChild("toes")
    await app.deleteChild("toes")
    await app.startChild(mqttClient({ server: at.broker.transport, name: "toes", id: "other" }))
    await at.accept()
    await app.stop()
    await at.expectNothingLeft()
  })

  it("starts after the children before it, and stops before them: services may use the link to the end", async () => {
    const at = clientWorld()
    const told: string[] = []
    const service = (id: string) =>
      actor(
        defineActor({
          init: () => void told.push(`start ${id}`),
          handle: () => undefined,
          terminate: () => void told.push(`stop ${id}`),
        }),
        undefined,
        { id },
      )
    const handler = defineHandler({
      init: () => void told.push("start client"),
      terminate: () => void told.push("stop client"),
    })
    const client = mqttClient({ server: at.broker.transport, clientId: "toes", handler })
    const app = await startSupervisor({ children: [service("before"), client, service("after")], system: at.system })
    const { link } = await at.accept()
    await settle()
    const stopped = app.stop()
    await link.receive("disconnect")
    await stopped
    expect(told).toEqual(["start before", "start client", "start after", "stop after", "stop client", "stop before"])
    await at.expectNothingLeft()
  })

  it("is refused with another system than its supervisor's", async () => {
    const at = clientWorld()
    const other = clientWorld()
    const spec = mqttClient({ server: at.broker.transport, system: other.system })
    await expect(startSupervisor({ children: [spec], system: at.system })).rejects.toThrow()
    await at.expectNothingLeft()
  })
})

describe("a client whose own supervisor gives up", () => {
  it("crashes with RestartIntensityError, is restarted, and goes on with what was recorded", async () => {
    const at = clientWorld()
    const { app, client, link } = await at.supervised()
    client.send("t", "kept", { qos: 1 })
    await link.receive("publish")
    const ended = exited(client.ref)
    for (let count = 0; count < 4; count++) await at.killActor(app, "session")
    expect(await ended).toMatchObject({ kind: "crash", error: { name: "RestartIntensityError" } })
    const fresh = at.broker.links.at(-1)
    await fresh?.handshake({ sessionPresent: true })
    await settle()
    expect(await fresh?.receive("publish")).toMatchObject({ dup: true, packetId: 1 })
    expect(client.status).toBe("up")
  })
})
