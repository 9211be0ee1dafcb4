/**
 * How a comparison looks on the screen.
 */
import type { Comparison, Spread } from "./comparison.js"

const NAME = 30
const WHO = 18
const NUMBER = 13

export const HEADING =
  "case".padEnd(NAME) +
  "contestant".padEnd(WHO) +
  "messages/s".padStart(NUMBER) +
  "CPU us/msg".padStart(NUMBER) +
  "   rate x (min-max)".padEnd(24) +
  "CPU x (min-max)"

/** A line for each contestant; the first one bears the ratios to MQTT.js. */
export function linesOf(name: string, { contestants, rate, cpu }: Comparison): string {
  return contestants
    .map(
      (contestant, index) =>
        (index === 0 ? name : "").padEnd(NAME) +
        contestant.name.padEnd(WHO) +
        Math.round(contestant.messagesPerSecond).toLocaleString("en").padStart(NUMBER) +
        contestant.cpuMicrosPerMessage.toFixed(2).padStart(NUMBER) +
        (index === 0 ? `   ${ratio(rate)}`.padEnd(24) + ratio(cpu) : ""),
    )
    .join("\n")
}

function ratio({ median, least, most }: Spread): string {
  return `${median.toFixed(2)} (${least.toFixed(2)}-${most.toFixed(2)})`
}
