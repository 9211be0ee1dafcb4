/**
 * The tree of one client.
 *
 *     client              supervisor one_for_one, gives up at the first child that gave up
 *      |- handlers        supervisor one_for_one, its own intensity: user code never spends the protocol's restarts
 *      |   '- handler
 *      '- protocol        supervisor rest_for_one
 *          |- session
 *          |- inflight    one actor for each direction and packet identifier
 *          '- connection
 */

import { type MakeProgram, type Name, spawnChild } from "../runtime/index.js"
import {
  type ChildSpec,
  type Reporter,
  SupervisorHandle,
  slotOf,
  startIn,
  supervisorSpec,
} from "../supervisor/index.js"
import { Connection } from "./connection.js"
import { type HandlerPlan, HandlerProgram } from "./handler.js"
import { inflightSupervisor } from "./inflight.js"
import type { ClientScope } from "./scope.js"
import { Session } from "./session.js"

/** 3 in 5 s: what is left of faults when every foreseen one is an event of a chart. */
const PROTOCOL_INTENSITY = { restarts: 3, periodMs: 5_000 }
const HANDLER_INTENSITY = { restarts: 10, periodMs: 10_000 }
/** Below the root every child has its own limit; when one gave up, so does the root. */
const ROOT_INTENSITY = { restarts: 0, periodMs: 1 }

/** The root, not started yet. */
export function clientTree(scope: ClientScope, handler: HandlerPlan | undefined, report: Reporter): SupervisorHandle {
  const { system, names } = scope
  const handlers = supervisorSpec(
    {
      strategy: "one_for_one",
      intensity: HANDLER_INTENSITY,
      children:
        handler === undefined
          ? []
          : [named("handler", names.handler, (_args, actor) => new HandlerProgram(scope, handler, actor), 5_000)],
    },
    { id: "handlers" },
    report,
  )
  const protocol = supervisorSpec(
    {
      strategy: "rest_for_one",
      intensity: PROTOCOL_INTENSITY,
      children: [
        named("session", names.session, () => new Session(scope), 5_000),
        inflightSupervisor(scope, report),
        // It bounds itself by drainMs.
        named("connection", names.connection, (_args, actor) => new Connection(scope, actor), "infinity"),
      ],
    },
    { id: "protocol" },
    report,
  )
  const options = { strategy: "one_for_one", intensity: ROOT_INTENSITY, children: [handlers, protocol] } as const
  return new SupervisorHandle(system, options, report, `client ${scope.name}`)
}

/** A permanent child that fills a name of the client's. */
function named<Message>(
  id: string,
  identity: Name<Message>,
  make: MakeProgram<undefined, Message>,
  shutdown: number | "infinity",
): ChildSpec {
  return {
    id,
    restart: "permanent",
    shutdown,
    type: "worker",
    start(parent) {
      const slot = slotOf(parent)
      return startIn(slot, () =>
        spawnChild(slot.system, { make, args: undefined, label: id, parent: slot.parent, identity }),
      ).with(identity)
    },
  }
}
