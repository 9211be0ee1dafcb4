/**
 * Children that report: every start, order to stop and end goes into the world's notes.
 */
import { type ActorRef, call, type ExitReason } from "../../src/runtime/index.js"
import {
  actor,
  type ChildOptions,
  type ChildSpec,
  type Supervisor,
  startSupervisor,
} from "../../src/supervisor/index.js"
import { type Do, doer, inWords, throwing, type World } from "../runtime/world.js"

export interface Ways {
  /** Instead of starting at once. */
  readonly init?: () => unknown
  /** Instead of ending at once. */
  readonly terminate?: (reason: ExitReason) => void | Promise<void>
}

/** Notes `+id` when it starts and `-id reason` when it is told to end, or crashes. */
export function reporting(at: World, id: string, options: ChildOptions = {}, ways: Ways = {}): ChildSpec<ActorRef<Do>> {
  const definition = doer({
    init: () => {
      at.note(`+${id}`)
      return ways.init?.()
    },
    terminate: (reason) => {
      at.note(`-${id} ${inWords(reason)}`)
      return ways.terminate?.(reason)
    },
  })
  return actor(definition, undefined, { id, ...options })
}

/** Supervises with manual time; notes of the first start are left out. */
export async function family(
  at: World,
  options: Omit<Parameters<typeof startSupervisor>[0], "system">,
): Promise<Supervisor> {
  const supervisor = await startSupervisor({ system: at.system, ...options })
  at.notes.length = 0
  return supervisor
}

export const boom: Do = () => throwing("boom")

/** The pid of a child now. */
export function pidOf(supervisor: Supervisor, id: string): number | undefined {
  return supervisor.whichChildren().find((child) => child.id === id)?.ref?.pid
}

/** Whether the child of the handle answers. */
export function answers(ref: ActorRef<Do>): Promise<string> {
  return call<Do, string, Do>(ref, (to) => () => to.reply("here"))
}

/** The notes since the last time. */
export function taken(at: World): readonly string[] {
  return at.notes.splice(0)
}
