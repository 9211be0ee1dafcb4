/**
 * What the encoder refuses is refused here, at the caller: inside an actor it would be a crash, again and again.
 */

import { encode, InvalidPacketError, type Packet, type ProtocolVersion } from "../codec/index.js"
import { InvalidOptionError } from "../errors.js"

/** Encodes the packet for nothing. `option` says how users name a field. @throws InvalidOptionError */
export function checkPacket(
  packet: Packet,
  version: ProtocolVersion = 5,
  option: (field: string) => string = (field) => field,
): void {
  const problem = packetProblem(packet, version)
  if (problem !== undefined) throw new InvalidOptionError(option(problem.field), problem.message)
}

/** Why it cannot be said in this version; undefined when it can. */
export function packetProblem(packet: Packet, version: ProtocolVersion): InvalidPacketError | undefined {
  try {
    encode(packet, version)
    return undefined
  } catch (error) {
    if (error instanceof InvalidPacketError) return error
    throw error
  }
}
