/**
 * The one table of reason codes against the counts of the standard's own tables.
 */
import { describe, expect, it } from "vitest"
import { isReasonCode, REASON_CODES, reasonCodeName, reasonCodesOf } from "../../src/codec/index.js"

describe("reason codes", () => {
  it.each([
    // Tables 3-1, 3-4 … of MQTT 5; DISCONNECT has 0x8C besides, which table 2-6 gives it.
    ["connack", 22],
    ["puback", 9],
    ["pubrec", 9],
    ["pubrel", 2],
    ["pubcomp", 2],
    ["suback", 12],
    ["unsuback", 7],
    ["disconnect", 30],
    ["auth", 3],
  ] as const)("of %s are %i", (owner, count) => {
    expect(reasonCodesOf(owner, 5)).toHaveLength(count)
  })

  it("have one name for a packet", () => {
    const named = REASON_CODES.flatMap((row) => row.in.map((owner) => `${owner} ${row.code}`))
    expect(new Set(named).size).toBe(named.length)
  })

  it("have names that depend on packet and version", () => {
    expect(reasonCodeName(0, "puback", 5)).toBe("success")
    expect(reasonCodeName(0, "suback", 5)).toBe("granted_qos_0")
    expect(reasonCodeName(0, "disconnect", 5)).toBe("normal_disconnection")
    expect(reasonCodeName(5, "connack", 4)).toBe("not_authorized")
    expect(reasonCodeName(5, "connack", 5)).toBeUndefined()
  })

  it("of 3.1.1 are those of CONNACK and SUBACK alone", () => {
    expect(reasonCodesOf("connack", 4)).toEqual([0, 1, 2, 3, 4, 5])
    expect(reasonCodesOf("suback", 4)).toEqual([0, 1, 2, 0x80])
    expect(isReasonCode(0x97, "puback", 4)).toBe(false)
    expect(isReasonCode(0, "puback", 4)).toBe(true)
  })
})
