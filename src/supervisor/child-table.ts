/**
 * The children of one static supervisor, in start order, and how one of them is started and stopped.
 */

import type { Actor, ActorRef, ActorSystem, ExitReason } from "../runtime/index.js"
import { type ChildSpec, Slot } from "./child-spec.js"
import type { Candidate } from "./decide.js"
import { andThen, type Eventually } from "./in-turn.js"
import { type Running, startChild, stopChild } from "./running-child.js"

export interface Entry {
  readonly spec: ChildSpec
  readonly slot: Slot
  running: Running | undefined
  /** Its end is expected: nothing is decided about it. */
  stopping: boolean
  /** Its start failed during a restart; that is decided upon when the supervisor comes to it. */
  retrying: boolean
  restarts: number
}

export interface ChildInfo {
  readonly id: string
  readonly ref: ActorRef<never> | undefined
  readonly status: "running" | "restarting" | "stopped"
  readonly type: "worker" | "supervisor"
  readonly restarts: number
}

export interface ChildCounts {
  readonly specs: number
  readonly active: number
  readonly supervisors: number
  readonly workers: number
}

export function makeEntry(spec: ChildSpec, slot: Slot): Entry {
  return { spec, slot, running: undefined, stopping: false, retrying: false, restarts: 0 }
}

export function newSlot(system: ActorSystem, supervisor: ActorRef<never>, parent: Actor<never>): Slot {
  return new Slot(system, supervisor, parent)
}

export function candidate(entry: Entry): Candidate {
  return { id: entry.spec.id, restart: entry.spec.restart ?? "permanent", running: entry.running !== undefined }
}

/** @throws StartError, also as rejection */
export function startEntry(
  entry: Entry,
  exited: (actor: Actor<never>, reason: ExitReason) => void,
): Eventually<Running> {
  entry.retrying = false
  return andThen(startChild(entry.spec, entry.slot, exited), (running) => {
    entry.running = running
    entry.stopping = false
    entry.slot.handle = { value: running.handle }
    return running
  })
}

/** Stops it also while it starts; nothing to do when it does not run. */
export function stopEntry(entry: Entry, reason: ExitReason): Eventually<undefined> {
  entry.retrying = false
  const actor = entry.running?.actor ?? entry.slot.starting
  if (actor === undefined) return undefined
  entry.stopping = true
  return andThen(stopChild(entry.spec, actor, reason), () => {
    entry.running = undefined
    return undefined
  })
}

export function describeEntry(entry: Entry): ChildInfo {
  const { running, retrying, slot } = entry
  const alive = running?.actor.alive === true
  const coming = running !== undefined || slot.starting !== undefined || retrying
  return {
    id: entry.spec.id,
    ref: alive ? running.actor.self : undefined,
    status: alive ? "running" : coming ? "restarting" : "stopped",
    type: entry.spec.type ?? "worker",
    restarts: entry.restarts,
  }
}

export function countEntries(entries: readonly Entry[]): ChildCounts {
  const supervisors = entries.filter(({ spec }) => spec.type === "supervisor").length
  return {
    specs: entries.length,
    active: entries.filter(({ running }) => running?.actor.alive === true).length,
    supervisors,
    workers: entries.length - supervisors,
  }
}
