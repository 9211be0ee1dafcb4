/**
 * What a topic name and a topic filter may look like (§4.7, §4.8.2), and their levels.
 *
 *   topic name     building/3/temperature        no wildcard
 *   topic filter   building/+/#                  + is a whole level, # is the last level
 *   shared         $share/{share name}/{topic filter}
 */
import { isMqttText, MAXIMUM_TEXT_BYTES, textBytes } from "./text.js"

const SHARE = "$share/"

/** Why a topic name may not be published to, in words for people; undefined when it may. */
export function topicProblem(topic: string): string | undefined {
  if (isShortPlainTopic(topic)) return undefined
  return textProblem(topic) ?? (hasWildcard(topic) ? "has a wildcard [MQTT-3.3.2-2]" : undefined)
}

/** Why a topic filter may not be subscribed to, in words for people; undefined when it may. */
export function topicFilterProblem(filter: string): string | undefined {
  const problem = textProblem(filter)
  if (problem !== undefined) return problem
  if (!filter.startsWith(SHARE)) return wildcardProblem(filter)
  const { shareName, matchFilter } = splitShare(filter)
  if (shareName === undefined || shareName === "") return "has an empty share name [MQTT-4.8.2-1]"
  if (hasWildcard(shareName)) return "has a wildcard in its share name [MQTT-4.8.2-2]"
  if (matchFilter === "") return "has no filter after its share name [MQTT-4.8.2-2]"
  return wildcardProblem(matchFilter)
}

/** Nearly all topics: short, ASCII, nothing forbidden. One loop tells, where the general checks take three. */
export function isShortPlainTopic(topic: string): boolean {
  const length = topic.length
  if (length === 0 || length > 128) return false
  for (let index = 0; index < length; index++) {
    const unit = topic.charCodeAt(index)
    if (unit >= 0x80 || unit === 0 || unit === 0x23 || unit === 0x2b) return false
  }
  return true
}

/** `$share/name/filter` taken apart; any other filter is its own match filter. Nothing is checked. */
export function splitShare(filter: string): { readonly shareName: string | undefined; readonly matchFilter: string } {
  if (!filter.startsWith(SHARE)) return { shareName: undefined, matchFilter: filter }
  const slash = filter.indexOf("/", SHARE.length)
  if (slash < 0) return { shareName: filter.slice(SHARE.length), matchFilter: "" }
  return { shareName: filter.slice(SHARE.length, slash), matchFilter: filter.slice(slash + 1) }
}

/** The levels of a topic or filter; empty levels count: "/a" has two. */
export function splitTopic(topic: string): string[] {
  return topic.split("/")
}

/** The opposite of `splitTopic`. */
export function joinTopic(levels: readonly string[]): string {
  return levels.join("/")
}

/** Whether a `+` or `#` stands anywhere. */
export function hasWildcard(text: string): boolean {
  return text.includes("+") || text.includes("#")
}

function textProblem(text: string): string | undefined {
  if (text === "") return "is empty [MQTT-4.7.3-1]"
  if (!isMqttText(text)) return "has U+0000 or a lone surrogate [MQTT-1.5.4-1, MQTT-4.7.3-2]"
  // A UTF-16 unit takes one to three bytes, so that most texts need no counting.
  if (
    text.length > MAXIMUM_TEXT_BYTES ||
    (text.length * 3 > MAXIMUM_TEXT_BYTES && textBytes(text) > MAXIMUM_TEXT_BYTES)
  ) {
    return "takes more than 65 535 bytes [MQTT-4.7.3-3]"
  }
  return undefined
}

function wildcardProblem(filter: string): string | undefined {
  if (!hasWildcard(filter)) return undefined
  const levels = splitTopic(filter)
  for (const [index, level] of levels.entries()) {
    if (level.includes("#") && (level !== "#" || index < levels.length - 1)) {
      return "has a # that is not its whole last level [MQTT-4.7.1-1]"
    }
    if (level.includes("+") && level !== "+") return "has a + that is not a whole level [MQTT-4.7.1-2]"
  }
  return undefined
}
