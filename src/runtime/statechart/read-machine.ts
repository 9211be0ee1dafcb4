/**
 * Reads a machine that xstate built into plain data, and refuses what a table cannot express.
 *
 * What it reads is the machine's tree of state nodes rather than its config: xstate has resolved targets, ids, the
 * shorthand forms and the types of `after` and `done` events there, so none of these rules is written down a second
 * time. Only a node's own `entry`, `exit` and `after` come from its config, because the node mixes the delayed raises and
 * cancels of `after` into its actions as functions.
 *
 * A key of the config that is not in the lists below is refused, whatever it is: a feature of a later xstate must not be
 * ignored in silence.
 */

import { type DelayDefinition, NONE, type StateDefinition, type TransitionDefinition } from "./definition.js"
import { isMisplacedWildcard } from "./descriptor.js"
import { UnsupportedChartError } from "./errors.js"
import type { MachineShape, NodeShape } from "./machine-shape.js"

/** Read above, or harmless: they change neither the target nor the actions of any step. */
const STATE_KEYS = ["id", "type", "initial", "states", "on", "onDone", "after", "entry", "exit"]
const NOTE_KEYS = ["meta", "description", "tags"]
const MACHINE_KEYS = ["context", "version", "types", "schemas", "options"]
const INITIAL_KEYS = ["target", "actions", "meta", "description"]
/** xstate adds those of the second line to the transitions it resolved. */
const TRANSITION_KEYS = ["target", "guard", "actions", "reenter", "meta", "description"]
const RESOLVED_KEYS = ["source", "eventType", "toJSON", "event", "delay"]

/**
 * The states in document order, the root first.
 *
 * @throws UnsupportedChartError naming the state and the feature.
 */
export function readMachine(machine: MachineShape): readonly StateDefinition[] {
  const nodes = documentOrder(machine.root)
  const indices = new Map(nodes.map((node, index) => [node, index]))
  const refuseIn =
    (node: NodeShape): Refuse =>
    (feature) =>
      new UnsupportedChartError(machine.id, node.path.join("."), feature)
  // All configs before any transition: xstate writes some features of one state into the transitions of another.
  for (const node of nodes) checkConfig(node, refuseIn(node))
  const seen = new Set<string>()
  return nodes.map((node) => {
    const refuse = refuseIn(node)
    const state = readState(node, indices, refuse)
    for (const name of [state.id, ...state.delays.map((delay) => delay.eventType)]) {
      if (seen.has(name)) throw refuse(`second "${name}"`)
      seen.add(name)
    }
    return state
  })
}

type Refuse = (feature: string) => UnsupportedChartError

function documentOrder(node: NodeShape): readonly NodeShape[] {
  return [node, ...Object.values(node.states).flatMap(documentOrder)]
}

function checkConfig(node: NodeShape, refuse: Refuse): void {
  const { config } = node
  const isRoot = node.parent === undefined
  stateType(node, refuse)
  requireKeys(config, [...STATE_KEYS, ...NOTE_KEYS, ...(isRoot ? MACHINE_KEYS : [])], refuse)
  if (isObject(config["initial"])) requireKeys(config["initial"], INITIAL_KEYS, refuse)
  if (typeof config["context"] === "function") throw refuse("context made by a function")
  if (isRoot && config["onDone"] !== undefined) throw refuse("onDone of the machine")
  if (node.key.includes(".") && !isRoot) throw refuse("state key with a dot")
}

function readState(node: NodeShape, indices: ReadonlyMap<NodeShape, number>, refuse: Refuse): StateDefinition {
  const { config } = node
  const type = stateType(node, refuse)
  return {
    path: node.path.join("."),
    key: node.key,
    id: node.id,
    type,
    parent: node.parent === undefined ? NONE : indexOf(node.parent, indices),
    initial: type === "compound" ? indexOf(node.initial.target[0], indices) : NONE,
    initialActions: type === "compound" ? actionNames(node.initial.actions, refuse) : [],
    entry: actionNames(asList(config["entry"]), refuse),
    exit: actionNames(asList(config["exit"]), refuse),
    delays: readDelays(node),
    transitions: readTransitions(node, indices, refuse),
  }
}

function stateType(node: NodeShape, refuse: Refuse): StateDefinition["type"] {
  const hasChildren = Object.keys(node.states).length > 0
  switch (node.type) {
    case "atomic":
    case "final":
      if (hasChildren) throw refuse(`children of a state of type ${node.type}`)
      if (node.type === "final" && node.parent === undefined) throw refuse("final machine")
      return node.type
    case "compound":
      if (!hasChildren) throw refuse("compound state without children")
      return node.type
    default:
      throw refuse(`${node.type} state`)
  }
}

/** xstate's own naming: a key that reads as a number is one, and each key has one event. */
function readDelays(node: NodeShape): readonly DelayDefinition[] {
  const after = node.config["after"]
  if (!isObject(after)) return []
  return Object.keys(after).map((key) => {
    const delay = Number.isNaN(Number(key)) ? key : Number(key)
    return { eventType: `xstate.after.${delay}.${node.id}`, delay }
  })
}

function readTransitions(
  node: NodeShape,
  indices: ReadonlyMap<NodeShape, number>,
  refuse: Refuse,
): ReadonlyMap<string, readonly TransitionDefinition[]> {
  const read = new Map<string, readonly TransitionDefinition[]>()
  for (const [descriptor, transitions] of node.transitions) {
    if (isMisplacedWildcard(descriptor)) throw refuse(`wildcard inside the event descriptor "${descriptor}"`)
    read.set(
      descriptor,
      transitions.map((transition) => {
        requireKeys(transition, [...TRANSITION_KEYS, ...RESOLVED_KEYS], refuse)
        const targets = transition.target ?? []
        if (targets.length > 1) throw refuse("transition with several targets")
        return {
          guard: guardName(transition.guard, refuse),
          actions: actionNames(transition.actions, refuse),
          target: targets[0] === undefined ? undefined : indexOf(targets[0], indices),
          reenter: transition.reenter,
        }
      }),
    )
  }
  return read
}

function actionNames(actions: readonly unknown[], refuse: Refuse): readonly string[] {
  return actions.map((action) => nameOf(action, "action", "resolve", refuse))
}

function guardName(guard: unknown, refuse: Refuse): string | undefined {
  return guard === undefined ? undefined : nameOf(guard, "guard", "check", refuse)
}

/** Of `"name"` or `{ type: "name" }`. `mark` is the property by which xstate itself knows its built-in functions. */
function nameOf(reference: unknown, what: "action" | "guard", mark: string, refuse: Refuse): string {
  if (typeof reference === "string") return reference
  if (typeof reference === "function") throw refuse(mark in reference ? `built-in ${what}` : `inline ${what}`)
  if (!isObject(reference) || typeof reference["type"] !== "string") throw refuse(`${what} without a name`)
  requireKeys(reference, ["type"], refuse)
  return reference["type"]
}

function requireKeys(config: object, known: readonly string[], refuse: Refuse): void {
  for (const [key, value] of Object.entries(config)) {
    if (value !== undefined && !known.includes(key)) throw refuse(key)
  }
}

function indexOf(node: NodeShape | undefined, indices: ReadonlyMap<NodeShape, number>): number {
  return (node && indices.get(node)) ?? NONE
}

function asList(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
}
