/** The client's charts, compiled, against xstate's own `transition()`: every leaf, every event, every answer of a guard. */
import { describe, expect, it } from "vitest"
import type { AnyStateMachine } from "xstate"
import { connectionMachine } from "../../src/actors/connection.chart.js"
import { publishQos1Machine } from "../../src/actors/publish-qos1.chart.js"
import { publishQos2Machine } from "../../src/actors/publish-qos2.chart.js"
import { receiveQos2Machine } from "../../src/actors/receive-qos2.chart.js"
import { subscribeMachine } from "../../src/actors/subscribe.chart.js"
import { unsubscribeMachine } from "../../src/actors/unsubscribe.chart.js"
import { expectChartEqualsXstate } from "../support/chart-oracle.js"

describe("the compiled chart does what xstate does", () => {
  it.each([
    publishQos1Machine,
    publishQos2Machine,
    receiveQos2Machine,
    subscribeMachine,
    unsubscribeMachine,
    connectionMachine,
  ])("$id", (machine) => {
    const { reached, leaves } = expectChartEqualsXstate(machine as AnyStateMachine)
    expect(reached, "a state that no event leads to").toBe(leaves)
  })
})
