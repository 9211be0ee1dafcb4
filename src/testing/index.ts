/** What tests of this package and of applications stand on: time by hand, and a broker in the same process. */
export { type ManualClock, manualClock, settle } from "./manual-clock.js"
export { type MemoryBroker, type MemoryBrokerOptions, memoryBroker, type PublishedMessage } from "./memory-broker.js"
export { owned } from "./owned.js"
