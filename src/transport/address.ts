/**
 * A server's address as users write it: mqtt://user:password@host:port, or a Transport that is there already.
 * It is parsed once; from then on there is a Transport, and beside it the credentials that stood in the URL.
 */
import { InvalidOptionError } from "../errors.js"
import { tcp } from "./tcp.js"
import type { Transport } from "./types.js"

/** A URL, as text or parsed, or a ready transport. */
export type ServerAddress = string | URL | Transport

/** What one address says. */
export interface ParsedAddress {
  readonly transport: Transport
  /** From the URL's user:password@, percent-decoded; undefined when there are none. */
  readonly credentials: UrlCredentials | undefined
}

export interface UrlCredentials {
  readonly username: string | undefined
  readonly password: string | undefined
}

/** What each scheme opens. This table is the list of schemes that this version knows. */
const SCHEMES = {
  mqtt: (url: URL, option: string) => fromHostAndPort(url, option),
  tcp: (url: URL, option: string) => fromHostAndPort(url, option),
} as const satisfies Record<string, (url: URL, option: string) => Transport>

/**
 * @param option the dotted path to blame in errors, default "server".
 * @throws InvalidOptionError for what is no URL, another scheme, an empty host, a bad port, or a path, query or
 * fragment. No error repeats the address: it may hold a password.
 */
export function parseAddress(address: ServerAddress, option: string = "server"): ParsedAddress {
  if (isTransport(address)) return { transport: address, credentials: undefined }
  const url = toUrl(address, option)
  const scheme = url.protocol.slice(0, -1)
  if (!isKnown(scheme))
    throw new InvalidOptionError(option, `the scheme "${scheme}" is none of ${Object.keys(SCHEMES).join(", ")}`)
  return { transport: SCHEMES[scheme](url, option), credentials: credentialsOf(url, option) }
}

function isTransport(address: unknown): address is Transport {
  return typeof address === "object" && address !== null && "open" in address && typeof address.open === "function"
}

function toUrl(address: unknown, option: string): URL {
  if (address instanceof URL) return address
  if (typeof address !== "string") throw new InvalidOptionError(option, "an address is a string, a URL or a Transport")
  try {
    return new URL(address)
  } catch {
    // The platform's error repeats the whole input, password and all; it is not kept as a cause.
    throw new InvalidOptionError(option, "the address is no URL of the form mqtt://host:port")
  }
}

function isKnown(scheme: string): scheme is keyof typeof SCHEMES {
  return Object.hasOwn(SCHEMES, scheme)
}

function fromHostAndPort(url: URL, option: string): Transport {
  if ((url.pathname !== "" && url.pathname !== "/") || url.search !== "" || url.hash !== "")
    throw new InvalidOptionError(option, "this kind of address has no path, query or fragment")
  // URL keeps the brackets of an IPv6 address; sockets take it bare.
  const host = decoded(url.hostname, option).replace(/^\[(.*)\]$/, "$1")
  if (host === "") throw new InvalidOptionError(option, "the address names no host")
  if (url.port === "") return tcp({ host })
  const port = Number(url.port)
  if (port < 1) throw new InvalidOptionError(option, "a port is an integer from 1 to 65535")
  return tcp({ host, port })
}

function credentialsOf(url: URL, option: string): UrlCredentials | undefined {
  if (url.username === "" && url.password === "") return undefined
  return { username: decodedOrNone(url.username, option), password: decodedOrNone(url.password, option) }
}

function decodedOrNone(text: string, option: string): string | undefined {
  return text === "" ? undefined : decoded(text, option)
}

function decoded(text: string, option: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new InvalidOptionError(option, "the address has a percent sign that encodes nothing")
  }
}
