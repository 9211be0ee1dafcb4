/** A flow's actor throws with an answer in hand: what is asked again on the same link, and what keeps its identifier. */

import type { Client } from "terrapin"
import { describe, expect, it } from "vitest"
import type { PublishRecord } from "../../src/session/index.js"
import { settle } from "../../src/testing/index.js"
import { ack, eventsOf, grant } from "../client/client-world.js"
import { actorsOf, refusesOnce, scopeOf } from "./crash-world.js"
import { arrived, linked, VERSIONS } from "./delivery-world.js"

const SESSIONS = [{ survives: true }, { survives: false }]

describe.each(VERSIONS)("version $version", ({ version }) => {
  it.each(SESSIONS)(
    "a SUBSCRIBE whose SUBACK is lost leaves again on the same link, and settles (session survives: $survives)",
    async ({ survives }) => {
      const { client, link, events } = await linked(version, { session: { expirySeconds: survives ? 300 : 0 } })
      const asked = client.subscribe([{ topicFilter: "f", qos: 1 }])
      const published = client.publish("t", "a", { qos: 2 })
      await refuseAnswer(client)
      await grant(link)
      expect(await arrived(link)).toEqual(['publish 2 "a"', "subscribe 1"])
      link.send({ type: "suback", packetId: 1, reasonCodes: [1], properties: {} })
      expect(await asked).toEqual([{ topicFilter: "f", reasonCode: 1, grantedQos: 1 }])
      link.send(ack("pubrec", 2), ack("pubcomp", 2))
      await expect(published).resolves.toMatchObject({ qos: 2 })
      expect(eventsOf(events, "down")).toEqual([])
    },
  )

  it.each(SESSIONS)(
    "an UNSUBSCRIBE whose UNSUBACK is lost leaves again on the same link, and settles (session survives: $survives)",
    async ({ survives }) => {
      const { client, link, events } = await linked(version, { session: { expirySeconds: survives ? 300 : 0 } })
      const subscribed = client.subscribe([{ topicFilter: "f", qos: 1 }])
      await grant(link)
      await subscribed
      const asked = client.unsubscribe("f")
      await refuseAnswer(client)
      const unsuback = { type: "unsuback", packetId: 2, reasonCodes: version === 5 ? [0] : [], properties: {} } as const
      link.send(unsuback)
      expect(await arrived(link)).toEqual(["unsubscribe 2", "unsubscribe 2"])
      link.send(unsuback)
      expect(await asked).toEqual([{ topicFilter: "f", reasonCode: 0 }])
      expect(eventsOf(events, "down")).toEqual([])
    },
  )

  it.each([1, 2] as const)(
    "a publication with QoS %i that settled session_lost keeps its identifier until the link ends",
    async (qos) => {
      const { client, link, cut } = await linked(version, { session: { expirySeconds: 0 } })
      const lost = client.publish("t", "a", { qos })
      await arrived(link)
      const { outbound } = scopeOf(client).session
      const answer = ack(qos === 1 ? "puback" : "pubrec", 1)
      await refuseAnswer(client)
      link.send(answer)
      await expect(lost).rejects.toMatchObject({ code: "session_lost", maybeDelivered: true })
      expect(outbound.used).toBe(1)
      link.send(answer)
      await link.idle()
      const other = client.publish("t", "b", { qos: 1 })
      expect(await arrived(link)).toEqual(['publish 2 "b"'])
      link.send(ack("puback", 2))
      await expect(other).resolves.toMatchObject({ packetId: 2 })
      await cut(link, { sessionPresent: false })
      expect(outbound.used).toBe(0)
    },
  )
})

/** The actor of the first record throws when it notes the next answer. */
async function refuseAnswer(client: Client): Promise<void> {
  await settle()
  const flow = actorsOf(client).find(({ program }) => "record" in program)?.program as
    | { record?: PublishRecord }
    | undefined
  const record = flow?.record
  if (record === undefined) throw new Error("nothing is in flight")
  refusesOnce(record, record.qos === 2 ? "pubrec" : "answer")
}
