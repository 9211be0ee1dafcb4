/**
 * The words that an xstate machine's definition uses: its event types, and the names of its actions, guards and delays.
 */

import type { AnyStateMachine } from "xstate"

/** Every type that the definition tells from others: exact ones, one for each depth of a wildcard, and one unheard of. */
export function eventTypes(machine: AnyStateMachine): readonly string[] {
  const descriptors = nodesOf(machine.root).flatMap((node) => [...node.transitions.keys()])
  const types = descriptors.flatMap((descriptor) => {
    if (!descriptor.endsWith("*")) return [descriptor]
    const prefix = descriptor.slice(0, -2)
    return prefix === "" ? [] : [prefix, `${prefix}.unheard`, `${prefix}.unheard.of`, `${prefix}unheard`]
  })
  return [...new Set([...types, "unheard.of"])]
}

interface Node {
  readonly config: { readonly after?: object }
  readonly entry: readonly unknown[]
  readonly exit: readonly unknown[]
  readonly initial: { readonly actions: readonly unknown[] }
  readonly transitions: ReadonlyMap<
    string,
    readonly { readonly guard?: unknown; readonly actions: readonly unknown[] }[]
  >
  readonly states: object
}

/** The names that the definition uses; numeric delays have none. */
export function namesIn(machine: AnyStateMachine): Record<"actions" | "guards" | "delays", readonly string[]> {
  const nodes = nodesOf(machine.root)
  const transitions = nodes.flatMap((node) => [...node.transitions.values()].flat())
  const actions = nodes.flatMap((node) => [...node.entry, ...node.exit, ...node.initial.actions])
  return {
    actions: namesOf([...actions, ...transitions.flatMap((found) => found.actions)]),
    guards: namesOf(transitions.map((found) => found.guard)),
    delays: [...new Set(nodes.flatMap((node) => Object.keys(node.config.after ?? {})))].filter((key) =>
      Number.isNaN(+key),
    ),
  }
}

function nodesOf(node: object): readonly Node[] {
  const root = node as Node
  return [root, ...Object.values(root.states).flatMap(nodesOf)]
}

/** Of `"name"` and `{ type: "name" }`; functions have none here, and compile refuses the user's. */
function namesOf(references: readonly unknown[]): readonly string[] {
  const names = references.map((reference) =>
    typeof reference === "object" && reference !== null ? (reference as { type: string }).type : reference,
  )
  return [...new Set(names.filter((name) => typeof name === "string"))]
}
