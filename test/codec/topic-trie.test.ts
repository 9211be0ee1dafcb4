/**
 * The trie of topic filters as a collection: what is added, taken away and counted.
 */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { TopicTrie, topicMatches } from "../../src/codec/index.js"

describe("a topic trie", () => {
  it("visits a value once for each filter it is under", () => {
    const trie = new TopicTrie<string>()
    trie.add("a/#", "x")
    trie.add("a/+", "x")
    trie.add("a/+", "x")
    expect(matches(trie, "a/b")).toEqual(["x", "x"])
    expect(trie.size).toBe(2)
  })

  it("tells whether a value was there when it takes it away", () => {
    const trie = new TopicTrie<string>()
    trie.add("a/b", "x")
    expect(trie.delete("a/b", "y")).toBe(false)
    expect(trie.delete("a", "x")).toBe(false)
    expect(trie.delete("a/b/c", "x")).toBe(false)
    expect(trie.delete("a/b", "x")).toBe(true)
    expect(trie.delete("a/b", "x")).toBe(false)
    expect([trie.size, matches(trie, "a/b")]).toEqual([0, []])
  })

  it("keeps what stands above and below a filter that goes", () => {
    const trie = new TopicTrie<string>()
    for (const filter of ["a", "a/b", "a/b/c"]) trie.add(filter, filter)
    trie.delete("a/b", "a/b")
    expect([...matches(trie, "a"), ...matches(trie, "a/b"), ...matches(trie, "a/b/c")]).toEqual(["a", "a/b/c"])
    trie.delete("a/b/c", "a/b/c")
    expect(matches(trie, "a")).toEqual(["a"])
  })

  it("bears a topic of 65 535 levels", () => {
    const trie = new TopicTrie<string>()
    const topic = "/".repeat(65_535)
    trie.add(topic, "deep")
    trie.add("#", "all")
    expect(matches(trie, topic).sort()).toEqual(["all", "deep"])
    expect(trie.delete(topic, "deep")).toBe(true)
  })

  it("lets a visitor take away what it meets", () => {
    const trie = new TopicTrie<number>()
    for (const value of [1, 2, 3]) trie.add("a/+", value)
    trie.match("a/b", (value) => trie.delete("a/+", value))
    expect(trie.size).toBe(0)
  })

  it("behaves as a plain list of pairs, whatever comes and goes", () => {
    const filter = fc
      .array(fc.constantFrom("a", "b", "+"), { minLength: 1, maxLength: 3 })
      .chain((levels) => fc.constantFrom(levels.join("/"), `${levels.join("/")}/#`))
    const step = fc.record({ add: fc.boolean(), filter, value: fc.nat({ max: 2 }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const trie = new TopicTrie<number>()
        const pairs = new Map<string, { filter: string; value: number }>()
        for (const { add, filter, value } of steps) {
          const key = `${filter} ${value}`
          if (add) trie.add(filter, value)
          else expect(trie.delete(filter, value)).toBe(pairs.has(key))
          if (add) pairs.set(key, { filter, value })
          else pairs.delete(key)
        }
        expect(trie.size).toBe(pairs.size)
        for (const topic of ["a", "b", "a/b", "a/a/a", "b/a/b/a"]) {
          const expected = [...pairs.values()]
            .filter((pair) => topicMatches(pair.filter, topic))
            .map((pair) => pair.value)
          expect(matches(trie, topic).sort()).toEqual(expected.sort())
        }
      }),
      { numRuns: 300 },
    )
  })
})

function matches<T>(trie: TopicTrie<T>, topic: string): T[] {
  const values: T[] = []
  trie.match(topic, (value) => values.push(value))
  return values
}
