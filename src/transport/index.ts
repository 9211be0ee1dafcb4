/** Moves bytes and knows no packet: what a transport is, TCP, memory, and the addresses that users write. */
export { type ParsedAddress, parseAddress, type ServerAddress, type UrlCredentials } from "./address.js"
export { NoListenerError } from "./errors.js"
export { type MemoryServer, type MemoryServerOptions, memory, memoryServer } from "./memory.js"
export { type TcpOptions, tcp } from "./tcp.js"
export type { PerAttempt, Transport, TransportAttempt, TransportLink, TransportSink } from "./types.js"
