/** Who gets a received message: the owners of the wanted subscriptions, as they are at that moment. */
import { describe, expect, it } from "vitest"
import { Subscriptions } from "../../src/session/index.js"

const options = { qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const

describe("the owners of a topic", () => {
  it("are those of every filter that matches, each once", () => {
    const wanted = world({ "a/+": ["one", "two"], "a/b": ["two"], "a/c": ["three"] })
    expect(wanted.ownersOf("a/b", undefined)).toEqual(["one", "two"])
    expect(wanted.ownersOf("x", undefined)).toEqual([])
  })

  it("are asked for anew after an owner came", () => {
    const wanted = world({ "a/+": ["one"] })
    expect(wanted.ownersOf("a/b", undefined)).toEqual(["one"])
    want(wanted, "#", "two")
    expect(wanted.ownersOf("a/b", undefined)).toEqual(["one", "two"])
  })

  it("are asked for anew after one of several owners left", () => {
    const wanted = world({ "a/+": ["one", "two"] })
    expect(wanted.ownersOf("a/b", undefined)).toEqual(["one", "two"])
    wanted.leave("a/+", "one")
    expect(wanted.ownersOf("a/b", undefined)).toEqual(["two"])
    wanted.leave("a/+", "two")
    expect(wanted.ownersOf("a/b", undefined)).toEqual([])
  })

  it("stay as they were given, though one of them leaves meanwhile", () => {
    const wanted = world({ a: ["one", "two"] })
    const owners = wanted.ownersOf("a", undefined)
    wanted.leave("a", "one")
    expect(owners).toEqual(["one", "two"])
  })

  it("are those of the identifiers that the message bears", () => {
    const wanted = world({ "a/+": ["one"], "a/b": ["two"], "a/#": ["three"] })
    expect(wanted.ownersOf("a/b", [1])).toEqual(["one"])
    expect(wanted.ownersOf("a/b", [2])).toEqual(["two"])
    expect(wanted.ownersOf("a/b", [1, 3])).toEqual(["one", "three"])
  })

  it("are those of the matching filters when the identifiers are none of ours, or of a filter that does not match", () => {
    const wanted = world({ "a/+": ["one"], c: ["two"] })
    expect(wanted.ownersOf("a/b", [7])).toEqual(["one"])
    expect(wanted.ownersOf("a/b", [2])).toEqual(["one"])
  })

  it("are right for more topics than are remembered", () => {
    const wanted = world({ "+/even": ["even"], "+/odd": ["odd"] })
    for (let round = 0; round < 2; round++) {
      for (let topic = 0; topic < 2_000; topic++) {
        const kind = topic % 2 === 0 ? "even" : "odd"
        expect(wanted.ownersOf(`${topic}/${kind}`, [1 + (topic % 2)])).toEqual([kind])
      }
    }
  })
})

/** Filters in this order bear the identifiers 1, 2, 3 … */
function world(filters: Readonly<Record<string, readonly string[]>>): Subscriptions<string> {
  const wanted = new Subscriptions<string>()
  for (const [filter, owners] of Object.entries(filters)) {
    const identifier = wanted.nextIdentifier()
    for (const owner of owners) wanted.want({ ...options, topicFilter: filter }, filter, owner, identifier)
  }
  return wanted
}

function want(wanted: Subscriptions<string>, topicFilter: string, owner: string): void {
  wanted.want({ ...options, topicFilter }, topicFilter, owner, wanted.nextIdentifier())
}
