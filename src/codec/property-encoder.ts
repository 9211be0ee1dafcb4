/**
 * Properties to bytes, driven by the one table. Properties are written in the order of the object's own keys; a value
 * that is `undefined` is not given. MQTT 3.1 and 3.1.1 have no properties: nothing is written there.
 */
import { InvalidPacketError } from "./errors.js"
import { NO_PROPERTIES, type Properties, type PropertyOwner, type PropertyRow, ROWS_BY_NAME } from "./properties.js"
import type { ProtocolVersion } from "./version.js"
import type { Writer } from "./writer.js"

/** Writes the section with its length. @throws InvalidPacketError for a property or value that `owner` may not carry */
export function encodeProperties<T extends PropertyOwner>(
  owner: T,
  properties: Properties<T>,
  writer: Writer,
  version: ProtocolVersion,
): void {
  if (version < 5) return
  if (properties === NO_PROPERTIES) {
    writer.byte(0)
    return
  }
  const start = writer.openSection()
  const rows = ROWS_BY_NAME[owner]
  const values = properties as { readonly [name: string]: unknown }
  for (const name in values) {
    const value = values[name]
    if (value === undefined) continue
    const row = rows.get(name)
    if (row === undefined) throw new InvalidPacketError(`properties.${name}`, `is no property of ${owner}`)
    if (row.needs !== undefined && values[row.needs] === undefined) {
      throw new InvalidPacketError(row.field, `needs ${row.needs} (§3.1.2.11.10)`)
    }
    encodeProperty(row, value, writer)
  }
  writer.closeSection(start, "properties")
}

/** Whether nothing of it would be written. */
export function hasNoProperties(properties: object): boolean {
  if (properties === NO_PROPERTIES) return true
  const values = properties as { readonly [name: string]: unknown }
  for (const name in values) {
    const value = values[name]
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) return false
  }
  return true
}

function encodeProperty(row: PropertyRow, value: unknown, writer: Writer): void {
  switch (row.wire) {
    case "pairs":
      for (const pair of checkArray(value, row.field)) encodePair(row, pair, writer)
      return
    case "varints":
      for (const item of checkArray(value, row.field)) {
        writer.byte(row.id)
        writer.varint(item, row.field, 1)
      }
      return
    default:
      writer.byte(row.id)
      encodeValue(row, value, writer)
  }
}

function encodeValue(row: PropertyRow, value: unknown, writer: Writer): void {
  const field = row.field
  const least = row.zero === undefined ? 0 : 1
  switch (row.wire) {
    case "u32":
      writer.u32(value, field, least)
      return
    case "u16":
      writer.u16(value, field, least)
      return
    case "varint":
      writer.varint(value, field, least)
      return
    case "text":
      writer.text(value, field)
      return
    case "topic":
      writer.topic(value, field)
      return
    case "binary":
      writer.binary(value, field)
      return
    case "boolean":
      if (typeof value !== "boolean") throw new InvalidPacketError(field, "is neither true nor false")
      writer.byte(value ? 1 : 0)
      return
    case "bit":
      if (value !== 0 && value !== 1) throw new InvalidPacketError(field, "is neither 0 nor 1")
      writer.byte(value)
      return
    case "pairs":
    case "varints":
      return
  }
}

function encodePair(row: PropertyRow, pair: unknown, writer: Writer): void {
  if (!Array.isArray(pair) || pair.length !== 2) {
    throw new InvalidPacketError(row.field, "is not a list of pairs [name, value]")
  }
  writer.byte(row.id)
  writer.text(pair[0], row.field)
  writer.text(pair[1], row.field)
}

function checkArray(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new InvalidPacketError(field, "is not an array")
  return value
}
