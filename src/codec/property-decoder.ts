/**
 * Bytes to properties, driven by the one table. MQTT 3.1 and 3.1.1 have none: nothing is read there.
 */
import { MalformedPacketError, malformed, protocolError } from "./errors.js"
import { NO_PROPERTIES, type Properties, type PropertyOwner, type PropertyRow, ROWS_BY_ID } from "./properties.js"
import type { Reader } from "./reader.js"
import type { ProtocolVersion } from "./version.js"

/**
 * Reads the section with its length.
 * @throws MalformedPacketError 0x81 for an identifier that `owner` may not carry (§2.2.2.2), 0x82 for one that
 * comes twice or has a value that is not allowed
 */
export function decodeProperties<T extends PropertyOwner>(
  owner: T,
  reader: Reader,
  version: ProtocolVersion,
): Properties<T> {
  if (version < 5) return NO_PROPERTIES as Properties<T>
  const length = reader.varint()
  if (length === 0) return NO_PROPERTIES as Properties<T>
  const end = reader.openSection(length)
  const table = ROWS_BY_ID[owner]
  const properties: Record<string, unknown> = {}
  let seen = 0
  let needed: string | undefined
  while (reader.remaining > 0) {
    const id = reader.byte()
    const row = table[id]
    if (row === undefined) throw malformed(`property 0x${id.toString(16)} may not be in ${owner}`)
    if (row.wire === "pairs" || row.wire === "varints") {
      append(properties, row, row.wire === "pairs" ? [reader.name(), reader.text()] : decodeValue(row, reader))
      continue
    }
    if ((seen & row.bit) !== 0) throw protocolError(`${row.name} is in ${owner} more than once`)
    seen |= row.bit
    needed ??= row.needs
    properties[row.name] = decodeValue(row, reader)
  }
  reader.closeSection(end)
  if (needed !== undefined && properties[needed] === undefined) throw protocolError(`${needed} is missing in ${owner}`)
  return properties as Properties<T>
}

function decodeValue(row: PropertyRow, reader: Reader): unknown {
  switch (row.wire) {
    case "u32":
      return checkZero(row, reader.u32())
    case "u16":
      return checkZero(row, reader.u16())
    case "varint":
    case "varints":
      return checkZero(row, reader.varint())
    case "text":
      return reader.name()
    case "topic":
      return reader.topic()
    case "binary":
      return reader.binary()
    case "bit":
      return checkBit(row, reader.byte())
    case "boolean":
      return checkBit(row, reader.byte()) === 1
    case "pairs":
      return undefined
  }
}

function append(properties: Record<string, unknown>, row: PropertyRow, item: unknown): void {
  const list = properties[row.name] as unknown[] | undefined
  if (list === undefined) properties[row.name] = [item]
  else list.push(item)
}

function checkZero(row: PropertyRow, value: number): number {
  if (value === 0 && row.zero !== undefined) throw new MalformedPacketError(`${row.name} is 0`, row.zero.reasonCode)
  return value
}

function checkBit(row: PropertyRow, value: number): 0 | 1 {
  if (value !== 0 && value !== 1) throw protocolError(`${row.name} is neither 0 nor 1`)
  return value
}
