/** What a call was given is what leaves, also when the caller changes it afterwards; what cannot leave fails its own call only. */
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { ack, clientWorld, outcomeOf } from "../client/client-world.js"
import { arrived, linked, VERSIONS } from "./delivery-world.js"

type Pairs = [string, string][]

/** What plain JavaScript lets through. */
function spoil(pairs: Pairs): void {
  pairs[0]?.splice(0, 2, 7 as never, {} as never)
  pairs.push("no pair" as never)
}

describe("a payload whose caller has left", () => {
  it("is sent again as it was, whatever the caller does to its array", async () => {
    const { client, link, relink } = await linked(5)
    const abort = new AbortController()
    const payload = new Uint8Array([1, 2])
    const left = client.publish("t", payload, { qos: 1, signal: abort.signal })
    await link.receive("publish")
    abort.abort()
    await expect(left).rejects.toMatchObject({ code: "aborted" })
    payload.fill(9)
    link.reset()
    await settle()
    const again = await (await relink({ sessionPresent: true })).receive("publish")
    expect(again).toMatchObject({ dup: true, payload: Uint8Array.of(1, 2) })
  })

  it("by a crash of the client is sent again as it was in its next life", async () => {
    const at = clientWorld()
    const { app, client, link } = await at.supervised()
    const payload = new Uint8Array([1, 2])
    const left = client.publish("t", payload, { qos: 1 })
    await link.receive("publish")
    void at.killActor(app, "client toes")
    await expect(left).rejects.toMatchObject({ code: "exited", maybeDelivered: true })
    payload.fill(9)
    const next = await at.accept({ sessionPresent: true })
    expect(await next.link.receive("publish")).toMatchObject({ dup: true, payload: Uint8Array.of(1, 2) })
  })
})

describe("properties changed by their owner after the call leave as they were:", () => {
  it.each([0, 1, 2] as const)("of a publication with QoS %i that waits", async (qos) => {
    const { client, link, relink } = await linked(5)
    link.reset()
    await settle()
    const userProperties: Pairs = [["k", "v"]]
    const correlationData = new Uint8Array([1, 2])
    void client.publish("t", "", { qos, properties: { userProperties, correlationData } })
    spoil(userProperties)
    correlationData.fill(9)
    const { properties } = await (await relink()).receive("publish")
    expect(properties).toEqual({ userProperties: [["k", "v"]], correlationData: Uint8Array.of(1, 2) })
  })

  it("of requests that wait", async () => {
    const { client, link, relink } = await linked(5)
    link.reset()
    await settle()
    const userProperties: Pairs = [["k", "v"]]
    void client.subscribe([{ topicFilter: "a" }], { userProperties })
    void client.unsubscribe("b", { userProperties })
    spoil(userProperties)
    const next = await relink()
    expect((await next.receive("subscribe")).properties.userProperties).toEqual([["k", "v"]])
    expect((await next.receive("unsubscribe")).properties.userProperties).toEqual([["k", "v"]])
  })

  it("of the will and of CONNECT", async () => {
    const at = clientWorld()
    const userProperties: Pairs = [["k", "v"]]
    at.start({ will: { topic: "w", properties: { userProperties } }, properties: { userProperties } })
    spoil(userProperties)
    const { connect } = await at.accept()
    expect(connect.properties.userProperties).toEqual([["k", "v"]])
    expect(connect.will?.properties.userProperties).toEqual([["k", "v"]])
  })

  it("and are read once", async () => {
    const { client, link } = await linked(5)
    let reads = 0
    const options = {
      qos: 1 as const,
      get properties() {
        return reads++ === 0 ? { contentType: "first" } : (7 as never)
      },
    }
    void client.publish("t", "", options)
    expect((await link.receive("publish")).properties).toEqual({ contentType: "first" })
  })
})

describe.each(VERSIONS)("a payload that grew beyond all packets, MQTT $version", ({ version }) => {
  const growing = () => {
    const payload = new Uint8Array(1)
    return { payload, grow: () => Object.defineProperty(payload, "length", { value: 300_000_000 }) }
  }

  it.each([0, 1, 2] as const)("fails its own call, QoS %i, and nothing else", async (qos) => {
    const { client, events, link, relink } = await linked(version)
    link.reset()
    await settle()
    const { payload, grow } = growing()
    const spoilt = client.publish("t", payload, { qos })
    const good = client.publish("t", "a", { qos: 1 })
    grow()
    const next = await relink()
    expect(await outcomeOf(spoilt)).toMatchObject({ error: { code: "invalid_option" } })
    const [line] = await arrived(next)
    expect(line).toContain('"a"')
    next.send(ack("puback", Number(line?.split(" ")[1])))
    expect(await good).toMatchObject({ qos: 1 })
    expect(events.filter(({ kind }) => kind === "restart")).toEqual([])
  })

  it("fails its own call where it was sent before; its identifier stays taken", async () => {
    const { client, events, link, cut } = await linked(version)
    const { payload, grow } = growing()
    const spoilt = client.publish("t", payload, { qos: 2 })
    expect(await arrived(link)).toHaveLength(1)
    grow()
    const next = await cut(link)
    expect(await outcomeOf(spoilt)).toMatchObject({ error: { code: "invalid_option" } })
    void client.publish("t", "a", { qos: 1 })
    expect(await arrived(next)).toEqual(['publish 2 "a"'])
    expect(events.filter(({ kind }) => kind === "restart")).toEqual([])
  })
})
