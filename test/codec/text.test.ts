/**
 * Texts of every length and kind come back as they were, where the platform has Node's Buffer and where it has not.
 */
import { afterEach, describe, expect, it, vi } from "vitest"

const kinds = [
  ["ASCII", "a"],
  ["two bytes a character", "é"],
  ["three bytes a character", "€"],
  ["four bytes a character", "\u{1f422}"],
  ["a byte order mark, which stays [MQTT-1.5.4-3]", "\ufeff"],
] as const

describe.each([{ platform: "with Buffer" }, { platform: "without Buffer" }])("texts $platform", ({ platform }) => {
  afterEach(() => vi.unstubAllGlobals())

  it.each(kinds)("come back as they were: %s", async (_what, character) => {
    if (platform === "without Buffer") vi.stubGlobal("Buffer", undefined)
    vi.resetModules()
    const { decodePacket, encode, NO_PROPERTIES } = await import("../../src/codec/index.js")
    const lengths = [1, 2, 15, 16, 17, 39, 40, 41, 47, 48, 49, 63, 64, 65, 127, 128, 129, 2000]
    for (const length of lengths) {
      const text = character.repeat(length)
      const packet = {
        type: "publish",
        topic: text,
        payload: new Uint8Array(0),
        qos: 0,
        retain: false,
        dup: false,
        packetId: 0,
        properties: { contentType: text, userProperties: [[text, text]] },
      } as const
      const bytes = encode(packet, 5)
      expect(bytes.length).toBeGreaterThan(4 * new TextEncoder().encode(text).length)
      expect(decodePacket(bytes, 5)).toEqual(packet)
      // Without properties, where the topic takes the hot path or the packet ends with the text.
      const bare = { ...packet, properties: NO_PROPERTIES }
      expect(decodePacket(encode(bare, 4), 4)).toEqual(bare)
    }
  })
})
