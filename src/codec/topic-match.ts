/**
 * Which topics a topic filter matches (§4.7). Filters are plain, as on the wire, and taken to be valid; of
 * `$share/name/filter` the filter counts.
 */
import { splitShare, splitTopic } from "./topic.js"

/**
 * Whether the filter matches the topic. A wildcard at its beginning matches no topic that begins with "$"
 * [MQTT-4.7.2-1]; "a/#" matches "a" too (§4.7.1.2).
 */
export function topicMatches(wireFilter: string, topic: string): boolean {
  const filter = splitShare(wireFilter).matchFilter
  if (topic.startsWith("$") && startsWithWildcard(filter)) return false
  let at = 0
  let filterAt = 0
  // Level by level; `at` and `filterAt` stand at the beginning of one.
  for (;;) {
    if (filter.charCodeAt(filterAt) === HASH) return true
    const levelEnd = endOfLevel(topic, at)
    const filterEnd = endOfLevel(filter, filterAt)
    if (filter.charCodeAt(filterAt) !== PLUS && !sameLevel(filter, filterAt, filterEnd, topic, at, levelEnd))
      return false
    const isLast = levelEnd === topic.length
    if (filterEnd === filter.length) return isLast
    if (isLast) return filterEnd + 2 === filter.length && filter.charCodeAt(filterEnd + 1) === HASH
    at = levelEnd + 1
    filterAt = filterEnd + 1
  }
}

/** Whether there is a topic that both filters match. */
export function filtersOverlap(left: string, right: string): boolean {
  const a = splitTopic(splitShare(left).matchFilter)
  const b = splitTopic(splitShare(right).matchFilter)
  if (dollarExcludes(a, b) || dollarExcludes(b, a)) return false
  for (let level = 0; ; level++) {
    const ofA = a[level]
    const ofB = b[level]
    if (ofA === "#" || ofB === "#") return true
    if (ofA === undefined || ofB === undefined) return ofA === ofB
    if (ofA !== "+" && ofB !== "+" && ofA !== ofB) return false
  }
}

const HASH = 0x23
const PLUS = 0x2b

function startsWithWildcard(filter: string): boolean {
  const unit = filter.charCodeAt(0)
  return unit === HASH || unit === PLUS
}

function endOfLevel(text: string, from: number): number {
  const slash = text.indexOf("/", from)
  return slash < 0 ? text.length : slash
}

function sameLevel(a: string, aStart: number, aEnd: number, b: string, bStart: number, bEnd: number): boolean {
  if (aEnd - aStart !== bEnd - bStart) return false
  for (let index = 0; index < aEnd - aStart; index++) {
    if (a.charCodeAt(aStart + index) !== b.charCodeAt(bStart + index)) return false
  }
  return true
}

function dollarExcludes(wild: readonly string[], other: readonly string[]): boolean {
  const first = wild[0]
  return (first === "+" || first === "#") && (other[0]?.startsWith("$") ?? false)
}
