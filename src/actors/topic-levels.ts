/**
 * The levels of received topics. The same topics arrive again and again, and splitting one costs more than the rest of what a
 * handler needs: the last ones are kept, frozen because every recipient of the topic sees the same array.
 */

import { splitTopic } from "../codec/index.js"

/** So many are kept, then all are forgotten: topics that never come again must not stay. */
const MAXIMUM_KEPT = 1_024
/** Longer topics are split each time. */
const LONGEST_KEPT = 128

const kept = new Map<string, readonly string[]>()

export function levelsOf(topic: string): readonly string[] {
  const known = kept.get(topic)
  if (known !== undefined) return known
  const levels = Object.freeze(splitTopic(topic))
  if (topic.length > LONGEST_KEPT) return levels
  if (kept.size >= MAXIMUM_KEPT) kept.clear()
  kept.set(topic, levels)
  return levels
}
