/** A handler's callbacks: what they are told, in which order, with what they may answer and ask for. */
import { defineHandler, type HandlerReply, type Message } from "terrapin"
import { describe, expect, it } from "vitest"
import { settle } from "../../src/testing/index.js"
import { deferred } from "../runtime/world.js"
import { ack, clientWorld, eventsOf, grant, publishPacket } from "./client-world.js"

describe("a handler", () => {
  it("is told of its link, its subscriptions and its messages, in order, with the state that it made", async () => {
    const at = clientWorld()
    const told: unknown[] = []
    const handler = defineHandler({
      init(args: { start: number }, { client, self, logger, signal }) {
        told.push(["init", args, client.name, typeof self.send, typeof logger.info, signal.aborted])
        return args.start
      },
      handleConnack(connack, state) {
        told.push(["connack", connack.reasonCode, state])
        return { state: state + 1 }
      },
      connection(status, state, { cause }) {
        told.push([status, cause?.kind, state])
        return { state: state + 1 }
      },
      subscription(status, topicFilter, state) {
        told.push([topicFilter, status, state])
        return { state: state + 1 }
      },
      handlePublish(levels, message, state) {
        told.push([levels, message.text(), state])
        return { state: state + 1 }
      },
      handleDisconnect(packet, state) {
        told.push(["disconnect", packet.reasonCode, state])
        return { state: state + 1 }
      },
      terminate(reason, state) {
        told.push(["terminate", reason, state])
      },
    })
    const { client, link } = await at.up({
      handler: [handler, { start: 10 }],
      subscriptions: [
        { topicFilter: "a/+", qos: 1 },
        { topicFilter: "b", qos: 2 },
        { topicFilter: "c", qos: 1 },
      ],
    })
    await grant(link, [1, 0, 0x87])
    link.send(publishPacket("a/x", "hello"), { type: "disconnect", reasonCode: 0x8b, properties: {} })
    await settle()
    await client.disconnect()
    expect(told).toEqual([
      ["init", { start: 10 }, "toes", "function", "function", false],
      ["connack", 0, 10],
      ["up", undefined, 11],
      ["a/+", "up", 12],
      ["b", { warn: { requested: 2, granted: 0 } }, 13],
      ["c", { error: 0x87 }, 14],
      [["a", "x"], "hello", 15],
      ["disconnect", 0x8b, 16],
      ["down", "server_disconnect", 17],
      ["terminate", { kind: "shutdown", detail: { kind: "normal" } }, 18],
    ])
  })

  it("is told that a subscription is down when it is unsubscribed", async () => {
    const at = clientWorld()
    const told: unknown[] = []
    const handler = defineHandler({ subscription: (status, filter) => void told.push([filter, status]) })
    const { client, link } = await at.up({ handler })
    void client.subscribe([{ topicFilter: "a" }])
    await grant(link)
    void client.unsubscribe("a")
    const { packetId } = await link.receive("unsubscribe")
    link.send({ type: "unsuback", packetId, reasonCodes: [0], properties: {} })
    await settle()
    expect(told).toEqual([
      ["a", "up"],
      ["a", "down"],
    ])
  })

  it("keeps its state when a callback returns nothing, or no state", async () => {
    const at = clientWorld()
    const seen: number[] = []
    const handler = defineHandler({
      init: () => 7,
      handlePublish(_levels, message, state) {
        seen.push(state)
        return message.text() === "nothing" ? undefined : { actions: [] }
      },
    })
    const { link } = await at.up({ handler })
    link.send(publishPacket("t", "nothing"), publishPacket("t", "no state"), publishPacket("t", "end"))
    await settle()
    expect(seen).toEqual([7, 7, 7])
  })

  it("may have callbacks that await: they run one after another, and acknowledge when they are done", async () => {
    const at = clientWorld()
    const gates = [deferred(), deferred(), deferred()]
    const told: string[] = []
    const handler = defineHandler({
      init: () => 0,
      async handlePublish(_levels, message, state) {
        told.push(`begin ${message.text()} ${state}`)
        await gates[state]?.promise
        told.push(`end ${message.text()}`)
        return { state: state + 1 }
      },
    })
    const { link } = await at.up({ handler })
    for (const packetId of [1, 2, 3]) link.send(publishPacket("t", `m${packetId}`, { qos: 1, packetId }))
    await link.idle()
    gates[1]?.resolve()
    await link.idle()
    expect(told).toEqual(["begin m1 0"])
    gates[0]?.resolve()
    expect(await link.receive("puback")).toMatchObject({ packetId: 1 })
    expect(await link.receive("puback")).toMatchObject({ packetId: 2 })
    await link.idle()
    gates[2]?.resolve()
    expect(await link.receive("puback")).toMatchObject({ packetId: 3 })
    expect(told).toEqual(["begin m1 0", "end m1", "begin m2 1", "end m2", "begin m3 2", "end m3"])
  })

  it("with init that awaits is ready before the first attempt", async () => {
    const at = clientWorld()
    const gate = deferred<string>()
    const states: string[] = []
    const handler = defineHandler({
      init: () => gate.promise,
      connection: (_status, state) => void states.push(state),
    })
    at.start({ handler })
    await settle()
    expect(at.broker.links).toHaveLength(0)
    gate.resolve("ready")
    await at.accept()
    await settle()
    expect(states).toEqual(["ready"])
  })

  it("gets each message as its own: text, json, levels, properties, and bytes that stay", async () => {
    const at = clientWorld()
    const got: Message[] = []
    const handler = defineHandler({ handlePublish: (_levels, message) => void got.push(message) })
    const { link } = await at.up({ handler })
    const properties = { contentType: "json", userProperties: [["a", "b"]] as const }
    link.send(publishPacket("a/b", '{"x":1}', { qos: 1, packetId: 5, retain: true, dup: true, properties }))
    link.send(publishPacket("a/b", "later"))
    await settle()
    const [first, second] = got
    expect(first).toMatchObject({
      topic: "a/b",
      levels: ["a", "b"],
      params: {},
      qos: 1,
      retain: true,
      dup: true,
      packetId: 5,
      properties,
    })
    expect(first?.json()).toEqual({ x: 1 })
    expect(Buffer.from(first?.payload ?? []).toString()).toBe('{"x":1}')
    expect(second).toMatchObject({ packetId: undefined, dup: false })
    expect(() => second?.json()).toThrow(SyntaxError)
  })
})

describe("a reply", () => {
  it.each([1, 2] as const)("sets reason code and properties of what answers QoS %i in MQTT 5", async (qos) => {
    const at = clientWorld()
    const reply: HandlerReply = {
      reasonCode: 0x97,
      properties: { reasonString: "full", userProperties: [["a", "b"]] },
    }
    const handler = defineHandler({ handlePublish: () => ({ reply }) })
    const { link } = await at.up({ handler })
    link.send(publishPacket("t", "", { qos, packetId: 3 }))
    expect(await link.receive(qos === 1 ? "puback" : "pubrec")).toMatchObject({ packetId: 3, ...reply })
    await link.idle()
  })

  it("0x10 is a success: QoS 2 goes on", async () => {
    const at = clientWorld()
    const handler = defineHandler({ handlePublish: () => ({ reply: { reasonCode: 0x10 } }) })
    const { link } = await at.up({ handler })
    link.send(publishPacket("t", "", { qos: 2, packetId: 3 }))
    expect(await link.receive("pubrec")).toMatchObject({ reasonCode: 0x10 })
    link.send(ack("pubrel", 3))
    expect(await link.receive("pubcomp")).toMatchObject({ reasonCode: 0 })
  })

  it("has no words in 3.1.1: the message is acknowledged", async () => {
    const at = clientWorld()
    const handler = defineHandler({ handlePublish: () => ({ reply: { reasonCode: 0x97 } }) })
    const { link } = await at.up({ handler, protocolVersion: 4 })
    link.send(publishPacket("t", "", { qos: 1, packetId: 3 }))
    expect(await link.receive("puback")).toEqual(ack("puback", 3))
  })

  it.each([
    ["a code that PUBACK does not have", { reasonCode: 0x92 }],
    ["properties that are none", { properties: { reasonString: 7 } }],
    ["an unknown field", { reason: 7 }],
  ])("with %s is the handler's crash, not the connection's", async (_what, reply) => {
    const at = clientWorld()
    const handler = defineHandler({ handlePublish: () => ({ reply: reply as HandlerReply }) })
    const { link, client, events } = await at.up({ handler })
    link.send(publishPacket("t", "", { qos: 1, packetId: 3 }))
    expect(await link.receive("puback")).toMatchObject({ reasonCode: 0x83 })
    expect(eventsOf(events, "handler_crash")).toMatchObject([{ error: { code: "invalid_option" } }])
    expect(eventsOf(events, "restart")).toEqual([{ kind: "restart", child: "handler" }])
    expect(client.status).toBe("up")
  })
})
