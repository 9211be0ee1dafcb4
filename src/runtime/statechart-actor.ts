/**
 * A user's statechart as an actor: compiled once, when it is defined; each life has fields of its own.
 *
 *     machine (xstate's setup) + implementation ──▶ table ──▶ actor, actor, …        each with init()'s object as its self
 */

import { InvalidOptionError } from "../errors.js"
import type { Actor } from "./actor.js"
import { type ActorDefinition, makeDefinition } from "./behavior.js"
import { ChartProgram } from "./chart-program.js"
import type { Program } from "./program.js"
import { type Chart, type ChartEvent, compile } from "./statechart/index.js"

/** A machine that xstate's `setup()` made, seen structurally: no type of xstate's is in our declarations. */
export interface ChartDefinition<Event> {
  readonly config: object
  /** Never called: the type of the machine's events is read from it. */
  transition(snapshot: never, event: Event, scope: never): unknown
}

export interface StatechartImplementation<Self extends object, in Event> {
  /** The actor's own fields, made anew for every life; actions change them, guards and delays read them. */
  readonly init: () => Self
  /** Every action that the definition names. Of entry and exit by init, the event is `xstate.init`. */
  readonly actions: { readonly [name: string]: (self: Self, event: Event) => void }
  /** Here, or as functions in `setup`. */
  readonly guards?: { readonly [name: string]: (self: Self, event: Event) => boolean } | undefined
  /** In ms; here, or in `setup`. */
  readonly delays?: { readonly [name: string]: (self: Self) => number } | undefined
}

/**
 * Runs the machine by this kernel, from a compiled table, on the system's clock. When it reaches a final state the actor ends
 * normally. @throws UnsupportedChartError for what the table cannot express, or nobody implements; InvalidOptionError
 */
export function statechart<Event extends ChartEvent, Self extends object>(
  machine: ChartDefinition<Event>,
  implementation: StatechartImplementation<Self, NoInfer<Event>>,
): ActorDefinition<void, Event> {
  const { init, actions, guards, delays } = implementation
  if (typeof init !== "function") throw new InvalidOptionError("init", "must be a function")
  const chart = compile<Self>(machine, { actions, guards, delays })
  return makeDefinition<void, Event>((_args, actor) => new StatechartProgram(chart, init, actor))
}

/** Waits with the user's init until the actor starts, so that what it throws is the starter's error. */
class StatechartProgram<Self, Event extends ChartEvent> implements Program<Event> {
  readonly kind = "statechart"
  readonly definition: object
  readonly #start: () => ChartProgram<Self, Event>
  #running: ChartProgram<Self, Event> | undefined = undefined

  constructor(chart: Chart<Self>, init: () => Self, actor: Actor<Event>) {
    this.definition = chart.definition
    this.#start = () => new ChartProgram(chart, init(), actor)
  }

  init(): undefined {
    this.#running = this.#start()
    this.#running.init()
  }

  handle(event: Event): undefined {
    this.#running?.handle(event)
  }

  snapshot(): unknown {
    return this.#running?.snapshot()
  }
}
