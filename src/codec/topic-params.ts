/**
 * Named wildcards: `building/+floor/#rest`. The names are ours alone: on the wire the filter is `building/+/#`.
 *
 *   building/+floor/#rest   with   building/3/hall/lamp   gives   { floor: "3", rest: "hall/lamp" }
 */
import { splitShare, splitTopic, topicFilterProblem } from "./topic.js"
import { topicMatches } from "./topic-match.js"

/** The names of a filter's wildcards: "a/+x/#rest" gives "x" | "rest". */
export type WildcardName<F extends string, Found extends string = never> = F extends `${infer Level}/${infer Rest}`
  ? WildcardName<Rest, Found | NameOfLevel<Level>>
  : Found | NameOfLevel<F>

/** What the wildcards of `F` took; `#name` takes the remaining levels joined by "/", perhaps none: "". */
export type TopicParams<F extends string> = string extends F
  ? { readonly [name: string]: string | undefined }
  : F extends string
    ? { readonly [N in WildcardName<F>]: string }
    : never

type NameOfLevel<L extends string> = L extends "+" | "#"
  ? never
  : L extends `+${infer N}`
    ? N
    : L extends `#${infer N}`
      ? N
      : never

export interface ParsedTopicFilter {
  /** The filter as SUBSCRIBE sends it. */
  readonly wire: string
  /** One for each wildcard, in their order; undefined for one without a name. */
  readonly names: readonly (string | undefined)[]
  /** Of `$share/name/…`. */
  readonly shareName: string | undefined
  /** `wire` without `$share/name/`: what is matched against topics. */
  readonly matchFilter: string
}

/** Why a filter is not one, in words for people. */
export interface TopicFilterProblem {
  readonly problem: string
}

/** Takes a filter, perhaps with named wildcards, apart; what is wrong with it is a value, not an error. */
export function parseTopicFilter(filter: string): ParsedTopicFilter | TopicFilterProblem {
  const { shareName, matchFilter: named } = splitShare(filter)
  const levels = splitTopic(named)
  const names = levels.filter(isWildcard).map((level) => (level.length > 1 ? level.slice(1) : undefined))
  const matchFilter = levels.map(withoutName).join("/")
  const wire = shareName === undefined ? matchFilter : `${filter.slice(0, filter.length - named.length)}${matchFilter}`
  const problem = topicFilterProblem(wire) ?? nameProblem(names)
  return problem === undefined ? { wire, names, shareName, matchFilter } : { problem }
}

/** What the filter's named wildcards took of the topic; undefined when it does not match or is no filter. */
export function topicParams<const F extends string>(filter: F, topic: string): TopicParams<F> | undefined {
  const parsed = parseTopicFilter(filter)
  if ("problem" in parsed || !topicMatches(parsed.matchFilter, topic)) return undefined
  return paramsOf(parsed, topic) as TopicParams<F>
}

/** The public name of `topicParams`. */
export const matchTopic: <const F extends string>(topicFilter: F, topic: string) => TopicParams<F> | undefined =
  topicParams

/** As `topicParams`, for a filter parsed before and a topic that it is known to match. */
export function paramsOf(parsed: ParsedTopicFilter, topic: string): { readonly [name: string]: string } {
  const taken: [string, string][] = []
  const levels = splitTopic(topic)
  let wildcard = 0
  for (const [index, level] of splitTopic(parsed.matchFilter).entries()) {
    if (!isWildcard(level)) continue
    const name = parsed.names[wildcard++]
    if (name !== undefined) taken.push([name, level === "#" ? levels.slice(index).join("/") : (levels[index] ?? "")])
  }
  // fromEntries makes own properties of all names, "__proto__" too.
  return Object.fromEntries(taken)
}

function isWildcard(level: string): boolean {
  return level.startsWith("+") || level.startsWith("#")
}

/** "+floor" to "+"; a name that holds a wildcard itself stays, for the rules of plain filters to refuse. */
function withoutName(level: string): string {
  const rest = level.slice(1)
  return isWildcard(level) && !rest.includes("+") && !rest.includes("#") ? level.slice(0, 1) : level
}

function nameProblem(names: readonly (string | undefined)[]): string | undefined {
  const given = names.filter((name) => name !== undefined)
  return new Set(given).size < given.length ? "has the same name at two wildcards" : undefined
}
