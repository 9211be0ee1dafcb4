/**
 * What must not compile when one uses the client. Checked by plain `tsc`, never run.
 */
import {
  type ChildSpec,
  type Client,
  type ClientEventOf,
  type ConnectionInfo,
  connect,
  type DownCause,
  isTerrapinError,
  type Message,
  matchTopic,
  mqttClient,
  type PublishOutcome,
  publish,
  type SubscribeOutcome,
  type Subscription,
  startClient,
  startSupervisor,
  type TerrapinFailure,
} from "terrapin"

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function same<A, B>(_equal: Equal<A, B>): void {}

// ---------------------------------------------------------------- publishing

export async function publishing(client: Client): Promise<void> {
  same<Awaited<ReturnType<Client["publish"]>>, PublishOutcome>(true)
  const outcome = await client.publish("t", "x", { qos: 2 })
  if (outcome.qos === 2) same<typeof outcome.pubcomp.type, "pubcomp">(true)
  // @ts-expect-error a QoS 0 outcome has no packet identifier
  if (outcome.qos === 0) outcome.packetId
  // @ts-expect-error QoS 3
  await client.publish("t", "x", { qos: 3 })
  // @ts-expect-error a payload is text, bytes or null
  await client.publish("t", { x: 1 })
  // @ts-expect-error an unknown option
  await client.publish("t", "x", { quos: 1 })
  // @ts-expect-error user properties are pairs
  await client.publish("t", "x", { properties: { userProperties: { a: "b" } } })
  await client.publish("t", null)
  await client.publish("t", new Uint8Array(3), { qos: undefined, properties: { userProperties: [["a", "b"]] } })
  await publish("name", "t", "x", { qos: 1 })
  // @ts-expect-error a client is a name or a Client
  await publish(7, "t", "x")
  same<ReturnType<Client["send"]>, boolean>(true)
}

// ---------------------------------------------------------------- subscribing

export async function subscribing(client: Client): Promise<void> {
  const readings = await client.subscribe("tower/+floor/#rest")
  same<typeof readings, Subscription<"tower/+floor/#rest">>(true)
  for await (const { params, text, json } of readings) {
    same<typeof params, { readonly floor: string; readonly rest: string }>(true)
    // @ts-expect-error the filter names no such wildcard
    params.building
    same<ReturnType<typeof text>, string>(true)
    same<ReturnType<typeof json>, unknown>(true)
  }
  const outcomes = await client.subscribe([{ topicFilter: "a", qos: 1 }])
  same<typeof outcomes, readonly SubscribeOutcome[]>(true)
  // @ts-expect-error QoS 3
  await client.subscribe("a", { qos: 3 })
  // @ts-expect-error retain handling is 0, 1 or 2
  await client.subscribe([{ topicFilter: "a", retainHandling: 3 }])
  // @ts-expect-error the array form has no queue of its own
  await client.subscribe([{ topicFilter: "a" }], { maxQueued: 3 })
  // @ts-expect-error of a later version
  await client.subscribe("a", { onMessage: () => undefined })
  await using closing: AsyncDisposable = readings
  void closing
  const params = matchTopic("tower/+floor", "tower/3")
  if (params !== undefined) same<typeof params.floor, string>(true)
}

// ---------------------------------------------------------------- events and failures

export function events(client: Client): void {
  const off = client.on("down", ({ cause }) => same<typeof cause, DownCause>(true))
  same<typeof off, () => void>(true)
  client.on("subscription_up", (event) => {
    same<typeof event.kind, "subscription_up">(true)
    same<typeof event.topicFilter, string>(true)
  })
  client.on("packet_sent", ({ packet, bytes }) => {
    same<typeof packet, unknown>(true)
    same<typeof bytes, number>(true)
  })
  client.on("dead_letter", ({ message }) => same<typeof message, Message>(true))
  same<ClientEventOf<"ping">["roundTripMs"], number>(true)
  // @ts-expect-error no such event
  client.on("message", () => undefined)
  // @ts-expect-error a ping has no cause
  client.on("ping", ({ cause }) => cause)
}

export function failures(error: unknown): string {
  if (!isTerrapinError(error)) return "not ours"
  same<typeof error, TerrapinFailure>(true)
  switch (error.code) {
    case "rejected":
      return `${error.packet} ${error.reasonCode}`
    case "connect_failed":
      return error.why
    case "timed_out":
      return String(error.timeoutMs)
    case "session_lost":
    case "stopped":
    case "exited":
      return String(error.maybeDelivered)
    case "invalid_option":
      return error.option
    case "unknown_client":
      return error.client
    case "aborted":
    case "queue_full":
    case "dropped":
    case "expired":
    case "not_supported":
    case "packet_too_large":
    case "invalid_topic":
    case "not_connected":
      return error.code
    default:
      same<typeof error, never>(true)
      return ""
  }
}

// ---------------------------------------------------------------- options and starting

export async function starting(): Promise<void> {
  same<Awaited<ReturnType<typeof connect>>, Client>(true)
  await connect(new URL("mqtt://localhost"), { clientId: "toes", connectTimeoutMs: 5, signal: undefined })
  // @ts-expect-error an unknown option
  await connect("mqtt://localhost", { keepalive: 5 })
  // @ts-expect-error startClient has no time to connect
  startClient({ server: "mqtt://localhost", connectTimeoutMs: 5 })
  // @ts-expect-error a client needs a server
  startClient({ clientId: "toes" })
  // @ts-expect-error no such version
  startClient({ server: "mqtt://localhost", protocolVersion: 6 })
  // @ts-expect-error of a later version
  startClient({ server: "mqtt://localhost", topicAliases: "auto" })
  // @ts-expect-error given as a value in this version
  startClient({ server: "mqtt://localhost", credentials: () => ({ username: "a" }) })
  const spec = mqttClient({ server: "mqtt://localhost", id: "a", restart: "permanent" })
  same<typeof spec, ChildSpec<Client>>(true)
  const app = await startSupervisor({ children: [spec] })
  same<ReturnType<typeof app.child<Client>>, Client>(true)
  const client = app.child(spec)
  same<typeof client, Client>(true)
  same<Awaited<ReturnType<Client["connected"]>>, ConnectionInfo>(true)
  // @ts-expect-error what the client tells is not written to
  client.status = "up"
}
