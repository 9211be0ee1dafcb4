/**
 * Topic names and filters: which are valid, which match, which overlap; examples are the standard's where it has some.
 */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  filtersOverlap,
  joinTopic,
  splitTopic,
  TopicTrie,
  topicFilterProblem,
  topicMatches,
  topicProblem,
} from "../../src/codec/index.js"

describe("a topic name", () => {
  it.each([
    "a",
    "/",
    "/finance",
    "a//b",
    "$SYS/broker",
    "Accounts payable",
    "a/\u{1f422}",
    "\ufeffa",
    "x".repeat(65_535),
  ])("may be %j", (topic) => expect(topicProblem(topic)).toBeUndefined())

  it.each(["", "a/+", "#", "a+", "a\0", "\ud83d", "\udc22a", "x".repeat(65_536), "é".repeat(32_768)])(
    "may not be %j",
    (topic) => expect(topicProblem(topic)).toBeTypeOf("string"),
  )

  it("has levels, empty ones too, that join to the same topic", () => {
    expect(splitTopic("/a//b/")).toEqual(["", "a", "", "b", ""])
    expect(joinTopic(splitTopic("/a//b/"))).toBe("/a//b/")
  })
})

describe("a topic filter", () => {
  it.each([
    "#",
    "+",
    "/#",
    "+/+",
    "sport/tennis/#",
    "sport/+/player1",
    "+/tennis/#",
    "$SYS/#",
    "$share/g/#",
    "$share/g//",
    "$share/g/sport/+",
    "$share",
    "$shared/x",
  ])("may be %j", (filter) => expect(topicFilterProblem(filter)).toBeUndefined())

  it.each([
    "",
    "sport/tennis#",
    "sport/tennis/#/ranking",
    "##",
    "#/",
    "sport+",
    "+sport",
    "a/++/b",
    "a\0",
    "$share/",
    "$share/g",
    "$share/g/",
    "$share//a",
    "$share/+/a",
    "$share/g#/a",
    "$share/g/a#",
    "x".repeat(65_536),
  ])("may not be %j", (filter) => expect(topicFilterProblem(filter)).toBeTypeOf("string"))
})

const matching: readonly (readonly [filter: string, topic: string, matches: boolean])[] = [
  ["sport/tennis/player1/#", "sport/tennis/player1", true],
  ["sport/tennis/player1/#", "sport/tennis/player1/ranking", true],
  ["sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true],
  ["sport/tennis/player1/#", "sport/tennis/player10", false],
  ["sport/#", "sport", true],
  ["sport/#", "sports", false],
  ["#", "a", true],
  ["#", "/", true],
  ["sport/tennis/+", "sport/tennis/player1", true],
  ["sport/tennis/+", "sport/tennis/player1/ranking", false],
  ["sport/+", "sport", false],
  ["sport/+", "sport/", true],
  ["+/+", "/finance", true],
  ["/+", "/finance", true],
  ["+", "/finance", false],
  ["+/+/#", "a", false],
  ["+/#", "a", true],
  ["a", "a", true],
  ["a", "A", false],
  ["a", "a/b", false],
  ["a/b", "a", false],
  ["a/b", "a/c", false],
  ["a/+/c", "a//c", true],
  ["a//c", "a/b/c", false],
  ["+", "\u{1f422}", true],
  // [MQTT-4.7.2-1]
  ["#", "$SYS/broker", false],
  ["+/monitor/Clients", "$SYS/monitor/Clients", false],
  ["+", "$SYS", false],
  ["$SYS/#", "$SYS/broker", true],
  ["$SYS/#", "$SYS", true],
  ["$SYS/monitor/+", "$SYS/monitor/Clients", true],
  ["a/+", "a/$x", true],
  ["$share/g/a/+", "a/b", true],
  ["$share/g/#", "$SYS/a", false],
]

describe("matching", () => {
  it.each(matching)("%j and %j: %s", (filter, topic, matches) => {
    expect(topicMatches(filter, topic)).toBe(matches)
    const trie = new TopicTrie<string>()
    trie.add(filter, "it")
    expect(matchesOf(trie, topic)).toEqual(matches ? ["it"] : [])
  })

  it("is told alike by the filter alone, the trie, and the levels one by one", () => {
    fc.assert(
      fc.property(fc.array(anyFilter, { maxLength: 12 }), anySmallTopic, (filters, topic) => {
        const expected = filters.filter((filter) => matchesByLevels(filter.split("/"), topic.split("/"))).sort()
        expect(filters.filter((filter) => topicMatches(filter, topic)).sort()).toEqual(expected)
        const trie = new TopicTrie<number>()
        for (const [index, filter] of filters.entries()) trie.add(filter, index)
        expect(matchesOf(trie, topic).map((index) => filters[index])).toEqual(expect.arrayContaining(expected))
        expect(matchesOf(trie, topic)).toHaveLength(expected.length)
      }),
      { numRuns: 2000 },
    )
  })
})

describe("overlap", () => {
  it.each([
    ["a/b", "a/b", true],
    ["a/b", "a/c", false],
    ["a/+", "+/b", true],
    ["a/+", "a/b/c", false],
    ["a/#", "a", true],
    ["a/#", "b/#", false],
    ["#", "a/b/c", true],
    ["+", "+/+", false],
    ["+/#", "+", true],
    ["#", "$SYS/#", false],
    ["+/a", "$SYS/a", false],
    ["$SYS/#", "$SYS/a", true],
    ["$share/g/a/#", "a/b", true],
  ])("of %j and %j: %s", (left, right, overlap) => {
    expect(filtersOverlap(left, right)).toBe(overlap)
    expect(filtersOverlap(right, left)).toBe(overlap)
  })

  it("is there whenever a topic matches both", () => {
    fc.assert(
      fc.property(anyFilter, anyFilter, anySmallTopic, (left, right, topic) => {
        if (topicMatches(left, topic) && topicMatches(right, topic)) expect(filtersOverlap(left, right)).toBe(true)
      }),
      { numRuns: 5000 },
    )
  })
})

const anySmallTopic = fc
  .array(fc.constantFrom("a", "b", "", "$x"), { minLength: 1, maxLength: 4 })
  .map((levels) => levels.join("/") || "a")
const anyFilter = fc
  .tuple(
    fc.array(fc.constantFrom("a", "b", "", "+", "$x"), { minLength: 1, maxLength: 4 }),
    fc.constantFrom("", "", "/#"),
  )
  .map(([levels, rest]) => levels.join("/") + rest || "#")

function matchesByLevels(filter: readonly string[], topic: readonly string[], isFirst = true): boolean {
  const [wanted, ...moreWanted] = filter
  const [level, ...more] = topic
  if (isFirst && level?.startsWith("$") && (wanted === "#" || wanted === "+")) return false
  if (wanted === "#") return true
  if (wanted === undefined || level === undefined) return wanted === level
  return (wanted === "+" || wanted === level) && matchesByLevels(moreWanted, more, false)
}

function matchesOf<T>(trie: TopicTrie<T>, topic: string): T[] {
  const values: T[] = []
  trie.match(topic, (value) => values.push(value))
  return values
}
