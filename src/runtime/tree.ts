/**
 * What lives below an actor, as plain data.
 */

import type { Actor } from "./actor.js"

export interface Tree {
  readonly name: string
  /** "supervisor", "actor" or "statechart". */
  readonly kind: string
  /** A statechart's active state as a dotted path; "idle", "running", "waiting", … for others. */
  readonly state: string
  /** Messages that wait. */
  readonly mailbox: number
  /** In start order. */
  readonly children: readonly Tree[]
}

const STATUS_NAMES = ["idle", "running", "queued", "waiting", "starting", "ending", "dead"] as const

export function treeOf(actor: Actor<never>): Tree {
  const children: Tree[] = []
  for (let child = actor.firstChild; child !== undefined; child = child.nextSibling) children.push(treeOf(child))
  const { kind } = actor.program
  return {
    name: actor.label,
    kind,
    state: kind === "statechart" && actor.alive ? flat(actor.program.snapshot?.()) : (STATUS_NAMES[actor.status] ?? ""),
    mailbox: actor.queued,
    children,
  }
}

/** `{ connected: "idle" }` becomes `connected.idle`. */
function flat(value: unknown): string {
  if (typeof value === "string") return value
  if (typeof value !== "object" || value === null) return ""
  return Object.entries(value)
    .map(([state, inner]) => [state, flat(inner)].filter((part) => part !== "").join("."))
    .join(" ")
}
