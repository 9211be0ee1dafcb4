import { describe, expect, it } from "vitest"
import { InvalidOptionError } from "../../src/errors.js"
import { memoryServer, parseAddress, type ServerAddress } from "../../src/transport/index.js"

describe("a server's address", () => {
  it.each([
    ["mqtt://broker.example", "mqtt://broker.example:1883"],
    ["tcp://broker.example:1884", "mqtt://broker.example:1884"],
    ["MQTT://broker.example/", "mqtt://broker.example:1883"],
    ["mqtt://[2001:db8::1]:99", "mqtt://[2001:db8::1]:99"],
    ["mqtt://user:secret@127.0.0.1:65535", "mqtt://127.0.0.1:65535"],
    [new URL("mqtt://broker.example:1"), "mqtt://broker.example:1"],
  ])("%s is a TCP transport that is labelled %s", (address, label) => {
    expect(parseAddress(address).transport.label).toBe(label)
  })

  it.each([
    ["mqtt://broker.example", undefined],
    ["mqtt://user@h", { username: "user", password: undefined }],
    ["mqtt://us%40er:p%3Ass%2F%C3%A9@h", { username: "us@er", password: "p:ss/é" }],
    ["mqtt://:only@h", { username: undefined, password: "only" }],
  ])("%s carries the credentials %o", (address, credentials) => {
    expect(parseAddress(address).credentials).toEqual(credentials)
  })

  it("may be a transport, which is passed through", () => {
    const { transport } = memoryServer()
    expect(parseAddress(transport)).toEqual({ transport, credentials: undefined })
  })

  it.each([
    "broker.example",
    "",
    "mqtt://",
    "mqtt:broker.example",
    "mqtt://:1883",
    "mqtt://h:0",
    "mqtt://h:65536",
    "mqtt://h:port",
    "mqtt://h/path",
    "mqtt://h?query",
    "mqtt://h#fragment",
    "mqtt://us%er@h",
    "mqtt://h%",
    "http://h",
    "constructor://h",
  ])("%o is refused as the option that it is", (address) => {
    expect(() => parseAddress(address, "server.1")).toThrow(
      expect.objectContaining({ code: "invalid_option", option: "server.1" }),
    )
  })

  it.each(["mqtts://h", "ssl://h", "ws://h", "wss://h", "unix:///run/broker"])(
    "%s is refused, and the error names what there is",
    (address) => {
      expect(() => parseAddress(address)).toThrow(/mqtt, tcp/)
    },
  )

  it("is refused when it is no address at all", () => {
    for (const wrong of [undefined, null, 5, {}]) {
      expect(() => parseAddress(wrong as unknown as ServerAddress)).toThrow(InvalidOptionError)
    }
  })

  it.each(["mqtt://u:hunter2@h:port", "mqtt://u:hunter2@h/path", "mqtts://u:hunter2@h", "mqtt://u:hunter2%@h"])(
    "never shows its password in an error: %#",
    (address) => {
      const error = caught(() => parseAddress(address))
      expect(error).toBeInstanceOf(InvalidOptionError)
      expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain("hunter2")
    },
  )
})

function caught(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error("nothing was thrown")
}
