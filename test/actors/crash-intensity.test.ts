/** An actor of the client ends faster than its supervisor's intensity allows: the client's root ends in good order. */
import type { TerrapinError } from "terrapin"
import { RestartIntensityError } from "terrapin/runtime"
import { describe, expect, it } from "vitest"
import type { Connect } from "../../src/codec/index.js"
import { exited } from "../../src/runtime/index.js"
import { settle } from "../../src/testing/index.js"
import { ack, type ClientWorld, clientWorld, eventsOf, grant, outcomeOf } from "../client/client-world.js"
import type { ScriptedLink } from "../support/scripted-link.js"
import { actorIn, actorsOf, end, scopeOf, type Way } from "./crash-world.js"
import { arrived, linked, VERSIONS } from "./delivery-world.js"
import { works } from "./works.js"

interface Fault {
  readonly label: string
  readonly way: Way
  /** So many ends within no time are one too many. */
  readonly times: number
  /** The child of the root that gave up. */
  readonly child: "handlers" | "protocol"
}

const FAULTS: readonly Fault[] = [
  { label: "connection", way: "kill", times: 4, child: "protocol" },
  { label: "connection", way: "crash", times: 4, child: "protocol" },
  { label: "session", way: "crash", times: 4, child: "protocol" },
  { label: "inflight", way: "kill", times: 4, child: "protocol" },
  { label: "publish", way: "crash", times: 4 * 11, child: "protocol" },
  { label: "handler", way: "crash", times: 11, child: "handlers" },
  { label: "protocol", way: "kill", times: 1, child: "protocol" },
  { label: "handlers", way: "kill", times: 1, child: "handlers" },
]

const EVERY = VERSIONS.flatMap(({ version }) =>
  FAULTS.map((fault) => ({
    ...fault,
    version,
    name: `${fault.label} ${fault.way} x ${fault.times}, version ${version}`,
  })),
)

describe.each(EVERY)("[case 80] $name", ({ label, way, times, child, version }) => {
  it("ends the root: every open call settles exited, listeners hear stopped once, and nothing is left", async () => {
    const { at, client, link, events } = await linked(version, { handler: works().handler })
    const ended = exited(client.ref)
    const subscribing = client.subscribe("reader", { qos: 1 })
    await grant(link)
    const reading = readAll(await subscribing)
    const calls = {
      qos1: client.publish("t", "a", { qos: 1 }),
      qos2: client.publish("t", "b", { qos: 2 }),
      subscribe: client.subscribe([{ topicFilter: "f" }]),
      unsubscribe: client.unsubscribe("g"),
    }
    const scope = scopeOf(client)
    await arrived(link)
    link.send(ack("pubrec", 3))
    await settle()
    await endOften(client, label, way, times - 1)
    expect(client.status).not.toBe("stopped")
    const late = [client.publish("t", "c", { qos: 1 }), client.publish("t", "d")]
    await endOften(client, label, way, 1)

    expect(await ended).toMatchObject({ kind: "crash", error: { code: "restart_intensity", child } })
    const error = ((await ended) as { readonly error: unknown }).error
    expect(error).toBeInstanceOf(RestartIntensityError)
    for (const call of [...Object.values(calls), late[0]]) {
      const outcome = (await outcomeOf(call as Promise<unknown>)) as { readonly error: TerrapinError }
      expect(outcome.error).toMatchObject({ code: "exited", cause: error })
    }
    await expect(calls.qos1).rejects.toMatchObject({ maybeDelivered: true })
    await expect(calls.qos2).rejects.toMatchObject({ maybeDelivered: true })
    expect(await outcomeOf(late[1] as Promise<unknown>)).not.toBe("pending")
    expect(eventsOf(events, "stopped")).toEqual([{ kind: "stopped", reason: undefined }])
    expect(client.status).toBe("stopped")
    await expect(client.publish("t", "e", { qos: 1 })).rejects.toMatchObject({ code: "stopped" })
    await expect(client.connected()).rejects.toMatchObject({ code: "stopped" })
    expect(await outcomeOf(client.disconnect())).toEqual({ value: undefined })
    await expect((await subscribing).unsubscribe()).rejects.toMatchObject({ code: "stopped" })
    expect(await outcomeOf(reading)).toEqual({ value: [] })
    expect(scope.calls.size).toBe(0)
    expect(scope.session.requests.length).toBe(0)
    await at.expectNothingLeft()
  })

  it("lets the client's supervisor start it anew: it goes on with its records, and the same object works again", async () => {
    const at = clientWorld(0)
    const { app, client, link, events } = await at.supervised({
      protocolVersion: version,
      session: { expirySeconds: 300 },
      subscriptions: [{ topicFilter: "f", qos: 1 }],
      handler: works().handler,
    })
    await grant(link)
    const before = [client.publish("t", "a", { qos: 1 }), client.publish("t", "b", { qos: 2 })]
    await arrived(link)
    link.send(ack("pubrec", 3))
    await settle()
    await endOften(client, label, way, times)
    for (const call of before) await expect(call).rejects.toMatchObject({ code: "exited", maybeDelivered: true })
    expect(eventsOf(events, "stopped")).toHaveLength(1)

    const { link: next, connect } = await acceptLast(at)
    expect(connect).toMatchObject({ clientId: "toes", cleanStart: false })
    expect(await arrived(next)).toEqual(["pubrel 3", 'publish 2 "a" DUP'])
    const after = client.publish("t", "c", { qos: 1 })
    expect(await arrived(next)).toEqual(['publish 4 "c"'])
    next.send(ack("puback", 2), ack("pubcomp", 3), ack("puback", 4))
    expect(await after).toMatchObject({ packetId: 4 })
    expect(client.status).toBe("up")
    expect(actorsOf(client).map((actor) => actor.label)).toEqual([
      "client toes",
      "handlers",
      "handler",
      "protocol",
      "session",
      "inflight",
      "connection",
    ])
    await app.stop()
    expect(eventsOf(events, "stopped")).toHaveLength(2)
    await at.expectNothingLeft()
  })
})

describe.each(VERSIONS)("the link of a root that crashed, version $version", ({ version }) => {
  it("is closed without DISCONNECT, so that the will is sent", async () => {
    const { at, client, link } = await linked(version)
    end(actorIn(client, "handlers"), "kill")
    await settle()
    expect(link.ended).toBe(true)
    expect(link.receiveRest()).toEqual([])
    await at.expectNothingLeft()
  })
})

/** Links that were opened by lives of the connection that ended are passed over. */
async function acceptLast(at: ClientWorld): Promise<{ readonly link: ScriptedLink; readonly connect: Connect }> {
  await at.clock.advance(0)
  for (let link = await at.broker.accept(); ; link = await at.broker.accept())
    if (!link.ended) return { link, connect: await link.handshake({ sessionPresent: true }) }
}

async function readAll(messages: AsyncIterable<{ text(): string }>): Promise<string[]> {
  const texts: string[] = []
  for await (const message of messages) texts.push(message.text())
  return texts
}

/** Without any time in between. */
async function endOften(client: Parameters<typeof actorIn>[0], label: string, way: Way, times: number): Promise<void> {
  for (let count = 0; count < times; count++) {
    end(actorIn(client, label), way)
    await settle()
  }
}
