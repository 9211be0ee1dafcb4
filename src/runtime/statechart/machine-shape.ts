/**
 * What is used of the objects that xstate's `setup(...).createMachine(...)` builds, written down structurally: no type of
 * xstate's may reach the published declarations.
 */

import type { ChartMachine } from "./chart.js"
import { UnsupportedChartError } from "./errors.js"

/** `StateMachine`. */
export interface MachineShape {
  readonly id: string
  readonly config: object
  readonly root: NodeShape
  /** What was given to `setup` and `provide`. */
  readonly implementations: SetupShape
}

export interface SetupShape {
  readonly actions: Readonly<Record<string, unknown>>
  readonly guards: Readonly<Record<string, unknown>>
  readonly delays: Readonly<Record<string, unknown>>
}

/** `StateNode`. */
export interface NodeShape {
  readonly id: string
  readonly key: string
  readonly path: readonly string[]
  readonly type: string
  readonly config: Readonly<Record<string, unknown>>
  readonly parent: NodeShape | undefined
  readonly states: Readonly<Record<string, NodeShape>>
  /** Only of a compound state; asking for it resolves the config's `initial`. */
  readonly initial: { readonly target: readonly NodeShape[]; readonly actions: readonly unknown[] }
  readonly transitions: ReadonlyMap<string, readonly TransitionShape[]>
}

/** `TransitionDefinition`: targets resolved, single actions made lists. */
export interface TransitionShape {
  readonly target: readonly NodeShape[] | undefined
  readonly guard: unknown
  readonly actions: readonly unknown[]
  readonly reenter: boolean
}

/** @throws UnsupportedChartError for anything that is not xstate's machine. */
export function machineShape(machine: ChartMachine): MachineShape {
  const { root, implementations } = machine as Partial<MachineShape>
  if (root === undefined || !(root.transitions instanceof Map) || implementations === undefined) {
    throw new UnsupportedChartError("(none)", "", "a value that xstate's setup did not make")
  }
  return machine as MachineShape
}
