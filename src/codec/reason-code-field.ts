/**
 * One reason code as a field of a packet: a byte that must be one of those which that packet may carry.
 */
import { InvalidPacketError, protocolError } from "./errors.js"
import type { Reader } from "./reader.js"
import { isReasonCode, type ReasonCodeOwner } from "./reason-codes.js"
import type { ProtocolVersion } from "./version.js"
import type { Writer } from "./writer.js"

/** Throws InvalidPacketError for a code that may not stand there. */
export function checkReasonCode(owner: ReasonCodeOwner, code: number, version: ProtocolVersion): void {
  if (!isReasonCode(code, owner, version)) {
    throw new InvalidPacketError("reasonCode", `0x${code.toString(16)} may not be in ${owner}`)
  }
}

export function encodeReasonCode(owner: ReasonCodeOwner, code: number, writer: Writer, version: ProtocolVersion): void {
  checkReasonCode(owner, code, version)
  writer.byte(code)
}

export function decodeReasonCode(owner: ReasonCodeOwner, reader: Reader, version: ProtocolVersion): number {
  const code = reader.byte()
  if (!isReasonCode(code, owner, version))
    throw protocolError(`reason code 0x${code.toString(16)} may not be in ${owner}`)
  return code
}

/** The one or more codes to the packet's end. */
export function decodeReasonCodes(owner: ReasonCodeOwner, reader: Reader, version: ProtocolVersion): number[] {
  const codes: number[] = []
  while (reader.remaining > 0) codes.push(decodeReasonCode(owner, reader, version))
  if (codes.length === 0) throw protocolError(`${owner} without a reason code`)
  return codes
}

export function encodeReasonCodes(
  owner: ReasonCodeOwner,
  codes: readonly number[],
  writer: Writer,
  version: ProtocolVersion,
): void {
  if (codes.length === 0) throw new InvalidPacketError("reasonCodes", "is empty")
  for (const code of codes) encodeReasonCode(owner, code, writer, version)
}
