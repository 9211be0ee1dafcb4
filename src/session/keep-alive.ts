/**
 * When a PINGREQ is due: keep alive after the last byte sent or the last byte received, whichever is older (§3.1.2.10, and
 * so that a flood into a dead peer is noticed too).
 */
export function pingDueInMs(keepAliveMs: number, lastSentMs: number, lastReceivedMs: number, nowMs: number): number {
  return Math.max(0, Math.min(lastSentMs, lastReceivedMs) + keepAliveMs - nowMs)
}
