/**
 * CONNECT from the settings and what is remembered, and what its CONNACK means. Pure.
 */

import type { Connack, Connect, ProtocolVersion } from "../codec/index.js"
import type { ClientSettings } from "./settings.js"
import { expirySeconds } from "./settings.js"

/** What is remembered when a CONNECT is made. */
export interface Remembered {
  /** The server may hold a session for us. */
  readonly exists: boolean
  /** A connection was accepted in this life of the client. */
  readonly accepted: boolean
  readonly assignedClientId: string | undefined
  /** 3.1.1: the old session was ended by a link of its own. */
  readonly cleaned: boolean
}

/** Whether a link is needed first that only ends an old session: 3.1.1 cannot start clean and be kept. */
export function cleansFirst(settings: ClientSettings, version: ProtocolVersion, remembered: Remembered): boolean {
  const wanted = settings.cleanStart === true && !remembered.accepted && !remembered.cleaned
  return wanted && version < 5 && expirySeconds(settings, version) > 0
}

export function connectPacket(settings: ClientSettings, version: ProtocolVersion, remembered: Remembered): Connect {
  const expiry = expirySeconds(settings, version)
  const cleaning = cleansFirst(settings, version, remembered)
  const { username, password } = settings
  return {
    type: "connect",
    version,
    clientId: remembered.assignedClientId ?? settings.clientId,
    // Clean Start is asked for once: neither a failed attempt nor a restarted actor asks again.
    cleanStart:
      version < 5 ? cleaning || expiry === 0 : !remembered.accepted && (settings.cleanStart ?? !remembered.exists),
    keepAliveSeconds: settings.keepAliveSeconds,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(settings.will === undefined || cleaning ? {} : { will: settings.will }),
    properties: version < 5 ? {} : connectProperties(settings, expiry),
  }
}

function connectProperties(settings: ClientSettings, expiry: number): Connect["properties"] {
  return {
    ...settings.connectProperties,
    ...(expiry === 0 ? {} : { sessionExpiryInterval: expiry }),
    ...(settings.receiveMaximum === 65_535 ? {} : { receiveMaximum: settings.receiveMaximum }),
  }
}

/** The server does not speak this version, in the form of 3.1.1 or of MQTT 5 (§3.1.2.2). */
export function isVersionRefusal(connack: Connack): boolean {
  return connack.reasonCode === 0x01 || connack.reasonCode === 0x84
}
