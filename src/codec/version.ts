/**
 * The words that every packet shares.
 */

/** The protocol level as CONNECT writes it: 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0. */
export type ProtocolVersion = 3 | 4 | 5

/** 0 at most once, 1 at least once, 2 exactly once. */
export type QoS = 0 | 1 | 2

/** The greatest number a variable byte integer of four bytes holds; no packet's remaining length exceeds it. */
export const MAXIMUM_VARINT = 268_435_455

/** How many bytes a variable byte integer takes, 1…4. */
export function varintSize(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4
}
