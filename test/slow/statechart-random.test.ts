/**
 * Random hierarchical machines through the oracle: what nobody thought of when writing the feature tests.
 */

import { expect, it } from "vitest"
import { type AnyStateMachine, createMachine } from "xstate"
import { expectChartEqualsXstate, type Walk } from "../support/chart-oracle.js"

const MACHINES = 500

it(`takes every event in every leaf of ${MACHINES} random machines as xstate does`, { timeout: 60_000 }, () => {
  const walks: Walk[] = []
  for (let seed = 1; seed <= MACHINES; seed++) {
    const config = new Generator(seed).machine()
    try {
      walks.push(expectChartEqualsXstate(machineOf(config), { mostAnswers: 8 }))
    } catch (error) {
      throw new Error(`seed ${seed}: ${JSON.stringify(config, (_, value) => value ?? null)}`, { cause: error })
    }
  }
  const sum = (field: keyof Walk) => walks.reduce((total, walk) => total + walk[field], 0)
  expect(sum("leaves")).toBeGreaterThan(MACHINES * 4)
  expect(sum("reached")).toBeGreaterThan(MACHINES * 3)
  expect(sum("steps")).toBeGreaterThan(MACHINES * 100)
})

/** A config is drawn as plain data so that a failing one can be printed. */
interface Config {
  [key: string]: unknown
}

/** With a bound on loops of `onDone`, which are drawn too: xstate would never return from them. */
function machineOf(config: Config): AnyStateMachine {
  return createMachine({ ...config, options: { maxIterations: 12 } } as never) as never
}

const EVENTS = ["E1", "E2", "x.y", "x.y.z", "x", "*", "x.*", "x.y.*"]
const DEEPEST = 4

class Generator {
  #seed: number
  #states: { readonly path: readonly string[]; readonly id: string | undefined; readonly leaf: boolean }[] = []

  constructor(seed: number) {
    this.#seed = seed * 2654435761
  }

  machine(): Config {
    const shape = this.#shape([], 0)
    return this.#dress(shape, [])
  }

  /** The tree of keys and types first: targets need to know all states. */
  #shape(path: readonly string[], depth: number): Config {
    const isRoot = depth === 0
    const children = isRoot ? this.#below(3) + 1 : depth === DEEPEST || this.#chance(0.45) ? 0 : this.#below(3) + 1
    const id = !isRoot && this.#chance(0.3) ? `id${this.#states.length}` : undefined
    this.#states.push({ path, id, leaf: children === 0 })
    const config: Config = id === undefined ? {} : { id }
    if (isRoot) config["id"] = "m"
    if (children === 0) {
      if (this.#chance(0.2)) config["type"] = "final"
      return config
    }
    const keys = Array.from({ length: children }, (_, index) => `${"abcd"[index]}${depth}`)
    config["states"] = Object.fromEntries(keys.map((key) => [key, this.#shape([...path, key], depth + 1)]))
    const initial = this.#pick(keys)
    config["initial"] = this.#chance(0.3) ? { target: initial, actions: this.#actions(`init ${path}`) } : initial
    return config
  }

  #dress(config: Config, path: readonly string[]): Config {
    const states = config["states"] as Record<string, Config> | undefined
    const name = path.join(".") || "root"
    const on: Config = {}
    for (const event of EVENTS) {
      if (this.#chance(event.endsWith("*") ? 0.08 : 0.22)) on[event] = this.#transitions(path, `${name} ${event}`)
    }
    const dressed: Config = { ...config, on }
    if (this.#chance(0.5)) dressed["entry"] = this.#actions(`entry ${name}`)
    if (this.#chance(0.5)) dressed["exit"] = this.#actions(`exit ${name}`)
    if (this.#chance(0.25)) {
      const delays = this.#chance(0.3) ? [50, "slow"] : [this.#pick([100, "slow", "fast"])]
      dressed["after"] = Object.fromEntries(
        delays.map((delay) => [delay, this.#afters(path, `${name} after ${delay}`)]),
      )
    }
    if (states === undefined) return dressed
    if (path.length > 0 && this.#chance(0.4)) dressed["onDone"] = this.#transitions(path, `${name} done`)
    dressed["states"] = Object.fromEntries(
      Object.entries(states).map(([key, child]) => [key, this.#dress(child, [...path, key])]),
    )
    return dressed
  }

  #transitions(path: readonly string[], name: string): unknown {
    if (this.#chance(0.12)) return undefined
    if (this.#chance(0.3)) return this.#target(path)
    if (this.#chance(0.04)) return []
    return this.#chance(0.4)
      ? [this.#transition(path, `${name} 1`), this.#transition(path, `${name} 2`)]
      : this.#transition(path, name)
  }

  #afters(path: readonly string[], name: string): unknown {
    return this.#chance(0.5)
      ? this.#target(path)
      : [this.#transition(path, name), this.#transition(path, `${name} else`)]
  }

  #transition(path: readonly string[], name: string): Config {
    const transition: Config = {}
    if (this.#chance(0.8)) transition["target"] = this.#chance(0.2) ? [this.#target(path)] : this.#target(path)
    if (this.#chance(0.45)) transition["guard"] = this.#reference(`g${this.#below(3)}`)
    if (this.#chance(0.6)) transition["actions"] = this.#actions(name)
    if (this.#chance(0.35)) transition["reenter"] = true
    return transition
  }

  /** Any state, in one of the forms in which it can be named from `path`. */
  #target(path: readonly string[]): string {
    const target = this.#pick(this.#states)
    const forms = [target.id === undefined ? `#${["m", ...target.path].join(".")}` : `#${target.id}`]
    const inside = target.path.length > path.length && path.every((key, index) => target.path[index] === key)
    if (inside) forms.push(`.${target.path.slice(path.length).join(".")}`)
    const parent = path.slice(0, -1)
    const beside =
      path.length > 0 && target.path.length >= path.length && parent.every((key, at) => target.path[at] === key)
    if (beside) forms.push(target.path.slice(parent.length).join("."))
    return this.#pick(forms)
  }

  #actions(name: string): unknown {
    const first = this.#reference(name)
    if (this.#chance(0.6)) return first
    return this.#chance(0.2) ? [first, first] : [first, `${name}'`]
  }

  #reference(name: string): unknown {
    return this.#chance(0.3) ? { type: name } : name
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)] as T
  }

  #chance(probability: number): boolean {
    return this.#next() < probability
  }

  #below(bound: number): number {
    return Math.floor(this.#next() * bound)
  }

  /** mulberry32, 0…1. */
  #next(): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
