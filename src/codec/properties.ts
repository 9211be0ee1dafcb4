/**
 * The one table of MQTT 5 properties (§2.2.2.2): name, identifier, wire type, owners. Types, encoder, decoder and
 * test generators are derived from it. Names are the standard's in camelCase, units the standard's.
 *
 *   section on the wire:   length varint | ( identifier u8 | value )*
 */

/** Who may carry properties: every packet but the pings, and the will inside CONNECT. */
export type PropertyOwner =
  | "connect"
  | "will"
  | "connack"
  | "publish"
  | "puback"
  | "pubrec"
  | "pubrel"
  | "pubcomp"
  | "subscribe"
  | "suback"
  | "unsubscribe"
  | "unsuback"
  | "disconnect"
  | "auth"

/** Names and values in the order of the wire; a name may repeat. */
export type UserProperties = readonly (readonly [name: string, value: string])[]

/** What each wire type is in JavaScript. `varints` and `pairs` may occur more than once on the wire, all others once. */
export interface WireValue {
  /** A byte that is 0 or 1 and stays a number. */
  readonly bit: 0 | 1
  /** A byte that is 0 or 1 and means no or yes. */
  readonly boolean: boolean
  readonly u16: number
  readonly u32: number
  /** 1…268 435 455 wherever properties use it. */
  readonly varint: number
  readonly varints: readonly number[]
  readonly text: string
  /** A text that is a topic name: not empty, no wildcard. */
  readonly topic: string
  /** At most 65 535 bytes. */
  readonly binary: Uint8Array
  readonly pairs: UserProperties
}

export type WireType = keyof WireValue

export interface PropertySpec {
  readonly id: number
  readonly wire: WireType
  readonly in: readonly PropertyOwner[]
  /** Zero may not be sent; `reasonCode` answers it. */
  readonly zero?: { readonly reasonCode: number }
  /** May not be there without that other one. */
  readonly needs?: string
}

export const PROPERTIES = {
  payloadFormatIndicator: { id: 0x01, wire: "bit", in: ["publish", "will"] },
  messageExpiryInterval: { id: 0x02, wire: "u32", in: ["publish", "will"] },
  contentType: { id: 0x03, wire: "text", in: ["publish", "will"] },
  responseTopic: { id: 0x08, wire: "topic", in: ["publish", "will"] },
  correlationData: { id: 0x09, wire: "binary", in: ["publish", "will"] },
  subscriptionIdentifier: { id: 0x0b, wire: "varint", in: ["subscribe"], zero: { reasonCode: 0x82 } },
  subscriptionIdentifiers: { id: 0x0b, wire: "varints", in: ["publish"], zero: { reasonCode: 0x82 } },
  sessionExpiryInterval: { id: 0x11, wire: "u32", in: ["connect", "connack", "disconnect"] },
  assignedClientIdentifier: { id: 0x12, wire: "text", in: ["connack"] },
  serverKeepAlive: { id: 0x13, wire: "u16", in: ["connack"] },
  authenticationMethod: { id: 0x15, wire: "text", in: ["connect", "connack", "auth"] },
  authenticationData: {
    id: 0x16,
    wire: "binary",
    in: ["connect", "connack", "auth"],
    needs: "authenticationMethod",
  },
  requestProblemInformation: { id: 0x17, wire: "boolean", in: ["connect"] },
  willDelayInterval: { id: 0x18, wire: "u32", in: ["will"] },
  requestResponseInformation: { id: 0x19, wire: "boolean", in: ["connect"] },
  responseInformation: { id: 0x1a, wire: "text", in: ["connack"] },
  serverReference: { id: 0x1c, wire: "text", in: ["connack", "disconnect"] },
  reasonString: {
    id: 0x1f,
    wire: "text",
    in: ["connack", "puback", "pubrec", "pubrel", "pubcomp", "suback", "unsuback", "disconnect", "auth"],
  },
  receiveMaximum: { id: 0x21, wire: "u16", in: ["connect", "connack"], zero: { reasonCode: 0x82 } },
  topicAliasMaximum: { id: 0x22, wire: "u16", in: ["connect", "connack"] },
  topicAlias: { id: 0x23, wire: "u16", in: ["publish"], zero: { reasonCode: 0x94 } },
  maximumQos: { id: 0x24, wire: "bit", in: ["connack"] },
  retainAvailable: { id: 0x25, wire: "boolean", in: ["connack"] },
  userProperties: {
    id: 0x26,
    wire: "pairs",
    in: [
      "connect",
      "will",
      "connack",
      "publish",
      "puback",
      "pubrec",
      "pubrel",
      "pubcomp",
      "subscribe",
      "suback",
      "unsubscribe",
      "unsuback",
      "disconnect",
      "auth",
    ],
  },
  maximumPacketSize: { id: 0x27, wire: "u32", in: ["connect", "connack"], zero: { reasonCode: 0x82 } },
  wildcardSubscriptionAvailable: { id: 0x28, wire: "boolean", in: ["connack"] },
  subscriptionIdentifiersAvailable: { id: 0x29, wire: "boolean", in: ["connack"] },
  sharedSubscriptionAvailable: { id: 0x2a, wire: "boolean", in: ["connack"] },
} as const

type Table = typeof PROPERTIES
export type PropertyName = keyof Table

/** The properties that `T` may carry: each optional, `undefined` is the same as absent. */
export type Properties<T extends PropertyOwner> = {
  readonly [N in PropertyName as T extends Table[N]["in"][number] ? N : never]?: WireValue[Table[N]["wire"]] | undefined
}

/** The shared, frozen "no properties": packets without any share it, so that none costs an object. */
export const NO_PROPERTIES: Readonly<Record<string, never>> = Object.freeze({})

/** A row with its name and its place in the table; `bit` marks it as seen. */
export interface PropertyRow extends PropertySpec {
  readonly name: PropertyName
  /** As errors say it: "properties.topicAlias". */
  readonly field: string
  readonly bit: number
}

const rows: readonly PropertyRow[] = Object.entries(PROPERTIES satisfies Record<string, PropertySpec>).map(
  ([name, spec]: [string, PropertySpec], index) => ({
    ...spec,
    name: name as PropertyName,
    field: `properties.${name}`,
    bit: 1 << index,
  }),
)

/** For the encoder: the rows that each owner may carry, by name. */
export const ROWS_BY_NAME: { readonly [T in PropertyOwner]: ReadonlyMap<string, PropertyRow> } = forEachOwner(
  (carried) => new Map(carried.map((row) => [row.name, row])),
)

/** For the decoder: the rows that each owner may carry, by identifier; 0…127, no identifier is beyond. */
export const ROWS_BY_ID: { readonly [T in PropertyOwner]: readonly (PropertyRow | undefined)[] } = forEachOwner(
  (carried) => Array.from({ length: 128 }, (_, id) => carried.find((row) => row.id === id)),
)

function forEachOwner<R>(derive: (carried: readonly PropertyRow[]) => R): { readonly [T in PropertyOwner]: R } {
  const of = (owner: PropertyOwner): R => derive(rows.filter((row) => row.in.includes(owner)))
  return {
    connect: of("connect"),
    will: of("will"),
    connack: of("connack"),
    publish: of("publish"),
    puback: of("puback"),
    pubrec: of("pubrec"),
    pubrel: of("pubrel"),
    pubcomp: of("pubcomp"),
    subscribe: of("subscribe"),
    suback: of("suback"),
    unsubscribe: of("unsubscribe"),
    unsuback: of("unsuback"),
    disconnect: of("disconnect"),
    auth: of("auth"),
  }
}
