/**
 * From the options of disconnect() to the request that the connection performs.
 */

import type { ClientScope, DisconnectRequest } from "../actors/index.js"
import type { Properties } from "../codec/index.js"
import { InvalidOptionError } from "../errors.js"
import { duration } from "./check-call.js"
import { checkNames } from "./check-names.js"
import { checkPacket } from "./check-packet.js"
import type { DisconnectOptions } from "./option-types.js"
import { ownProperties } from "./parse-publish.js"

const REASON_CODES: ReadonlySet<number> = new Set([
  0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99,
])

/** @throws InvalidOptionError */
export function parseDisconnect(options: DisconnectOptions, { settings, system }: ClientScope): DisconnectRequest {
  checkNames(options, ["reasonCode", "properties", "drainMs"])
  const { reasonCode = 0 } = options
  if (!REASON_CODES.has(reasonCode)) throw new InvalidOptionError("reasonCode", "is none that a client may send")
  const drainMs = duration("drainMs", options.drainMs) ?? settings.drainMs
  const given = options.properties ?? {}
  checkNames(given, ["sessionExpiryInterval", "reasonString", "userProperties"], "properties.")
  const properties = ownProperties(given) as Properties<"disconnect">
  checkPacket({ type: "disconnect", reasonCode, properties })
  if (settings.expirySeconds === 0 && (properties.sessionExpiryInterval ?? 0) > 0)
    throw new InvalidOptionError(
      "properties.sessionExpiryInterval",
      "must be 0 when CONNECT said 0 (§3.14.2.2.2) [MQTT-3.14.2-2]",
    )
  return { reasonCode, properties, drainUntilMs: system.clock.now() + drainMs }
}
