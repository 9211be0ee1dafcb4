/**
 * Named wildcards: plain on the wire, typed parameters out of a topic.
 */
import { describe, expect, expectTypeOf, it } from "vitest"
import { matchTopic, paramsOf, parseTopicFilter, type TopicParams, topicParams } from "../../src/codec/index.js"

describe("named wildcards", () => {
  it.each([
    ["building/+floor/#rest", "building/+/#", ["floor", "rest"], undefined],
    ["+/+b/#", "+/+/#", [undefined, "b", undefined], undefined],
    ["a/b", "a/b", [], undefined],
    ["$share/group/a/+x", "$share/group/a/+", ["x"], "group"],
    ["#all", "#", ["all"], undefined],
    ["+a b", "+", ["a b"], undefined],
  ])("%j is %j on the wire", (filter, wire, names, shareName) => {
    const matchFilter = wire.replace("$share/group/", "")
    expect(parseTopicFilter(filter)).toEqual({ wire, names, shareName, matchFilter })
  })

  it.each(["", "+x/+x", "+x/#x", "a+x", "#rest/a", "+a+b", "+a#", "#a#", "$share//+x", "$share/+g/a", "a/b\0"])(
    "%j is a problem, told as a value",
    (filter) => {
      expect(parseTopicFilter(filter)).toEqual({ problem: expect.any(String) })
      expect(topicParams(filter, "a/b")).toBeUndefined()
    },
  )

  it("take their levels out of a topic", () => {
    expect(matchTopic("building/+floor/#rest", "building/3/hall/lamp")).toEqual({ floor: "3", rest: "hall/lamp" })
    expect(matchTopic("building/+floor/#rest", "building/3")).toEqual({ floor: "3", rest: "" })
    expect(matchTopic("+/+b", "x/")).toEqual({ b: "" })
    expect(matchTopic("$share/g/+x", "1")).toEqual({ x: "1" })
    expect(matchTopic("a/b", "a/b")).toEqual({})
    expect(matchTopic("a/+x", "b/1")).toBeUndefined()
    expect(matchTopic("+x/a", "$SYS/a")).toBeUndefined()
  })

  it("may have any name, as a property of its own", () => {
    const params = matchTopic("+__proto__/+toString", "a/b")
    expect(Object.keys(params ?? {})).toEqual(["__proto__", "toString"])
    expect(Object.getPrototypeOf(params)).toBe(Object.prototype)
  })

  it("are parsed once and used often", () => {
    const parsed = parseTopicFilter("a/+x")
    if ("problem" in parsed) throw new Error(parsed.problem)
    expect(["a/1", "a/2"].map((topic) => paramsOf(parsed, topic))).toEqual([{ x: "1" }, { x: "2" }])
  })

  it("are typed by their filter", () => {
    expectTypeOf<TopicParams<"a/+x/#rest">>().toEqualTypeOf<{ readonly x: string; readonly rest: string }>()
    expectTypeOf<TopicParams<"a/+/#">>().not.toHaveProperty("x")
    expectTypeOf<TopicParams<string>>().toEqualTypeOf<{ readonly [name: string]: string | undefined }>()
    const params = matchTopic("a/+x", "a/1")
    expectTypeOf(params).toEqualTypeOf<{ readonly x: string } | undefined>()
    // @ts-expect-error no such wildcard
    expect(params?.y).toBeUndefined()
  })
})
