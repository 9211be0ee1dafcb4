/** What the entry points of the client give at run time: the names are a contract. Their types: test/types. */
import * as terrapin from "terrapin"
import * as runtime from "terrapin/runtime"
import { expect, it } from "vitest"

it("`terrapin` gives the client, its errors, its transports and the supervisors beside it", () => {
  expect(Object.keys(terrapin).sort()).toEqual(
    [
      ["connect", "startClient", "mqttClient", "lookup", "publish", "disconnect", "defineHandler", "matchTopic"],
      ["tcp", "memory"],
      ["TerrapinError", "isTerrapinError", "RejectedError", "ConnectError", "TimedOutError", "AbortedError"],
      ["NotSentError", "SessionLostError", "StoppedError", "InvalidOptionError", "UnknownClientError"],
      ["actor", "supervisor", "dynamicSupervisor", "startSupervisor", "startDynamicSupervisor"],
      ["startActor", "defineActor", "call", "exited", "stop", "statechart"],
    ]
      .flat()
      .sort(),
  )
})

it("`terrapin/runtime` gives actors, systems and supervisors", () => {
  expect(Object.keys(runtime)).toEqual(
    expect.arrayContaining([
      ...[
        "defineActor",
        "startActor",
        "createSystem",
        "call",
        "monitor",
        "link",
        "stop",
        "exited",
        "whereis",
        "statechart",
      ],
      ...["actor", "supervisor", "dynamicSupervisor", "startSupervisor", "startDynamicSupervisor"],
    ]),
  )
})

it("nothing has a default export", () => {
  expect(Object.keys(terrapin)).not.toContain("default")
  expect(Object.keys(runtime)).not.toContain("default")
})
