/** What tests of this package and of applications stand on: time by hand. */
export { type ManualClock, manualClock, settle } from "./manual-clock.js"
