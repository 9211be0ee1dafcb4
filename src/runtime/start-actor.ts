/**
 * Starting actors: alone, or as a child of a supervisor.
 */

import { InvalidOptionError } from "../errors.js"
import { Actor } from "./actor.js"
import { type ActorDefinition, type MakeProgram, programMaker } from "./behavior.js"
import { Name } from "./name.js"
import type { ActorRef } from "./ref.js"
import { type ActorSystem, type System, systemOf } from "./system.js"

/** How long init may take by default. */
export const START_TIMEOUT_MS = 5_000

export interface ActorOptions {
  /** Registered for `whereis`; taken is invalid_option. */
  readonly name?: string | undefined
  readonly system?: System | undefined
  /** Whether exits of linked actors arrive in `exited` instead of ending this one. */
  readonly trapExit?: boolean | undefined
  /** Default 5,000. */
  readonly startTimeoutMs?: number | undefined
}

const ACTOR_OPTIONS: readonly string[] = ["name", "system", "trapExit", "startTimeoutMs"]

/** Starts an actor that no supervisor watches. Rejects StartError when init fails, InvalidOptionError for a taken name. */
export async function startActor<Args, Message>(
  definition: ActorDefinition<Args, Message>,
  args: NoInfer<Args>,
  options: ActorOptions = {},
): Promise<ActorRef<Message>> {
  for (const option of Object.keys(options))
    if (!ACTOR_OPTIONS.includes(option)) throw new InvalidOptionError(option, "is not an option of startActor")
  const system = systemOf(options.system)
  const make = programMaker(definition)
  if (options.name === undefined) {
    const actor = new Actor<Message>(system, "actor", { trapExit: options.trapExit })
    await actor.start(make(args, actor), options.startTimeoutMs ?? START_TIMEOUT_MS)
    return actor
  }
  const name = new Name<Message>(system, options.name, { register: "registered" })
  const actor = new Actor<Message>(system, options.name, { trapExit: options.trapExit, identity: name })
  actor.own(() => name.release())
  await actor.start(make(args, actor), options.startTimeoutMs ?? START_TIMEOUT_MS)
  return name
}

export interface SpawnChild<Args, Message> {
  readonly make: MakeProgram<Args, Message>
  readonly args: Args
  readonly label: string
  readonly parent: Actor<never>
  readonly identity?: Name<Message> | undefined
  readonly trapExit?: boolean | undefined
  readonly startTimeoutMs?: number | undefined
}

/** Spawns and starts a child. `started` is a promise only when init is asynchronous. @throws StartError */
export function spawnChild<Args, Message>(
  system: ActorSystem,
  child: SpawnChild<Args, Message>,
): { readonly actor: Actor<Message>; readonly started: undefined | Promise<void> } {
  const { parent, identity, trapExit } = child
  const actor = new Actor<Message>(system, child.label, { parent, identity, trapExit })
  const started = actor.start(child.make(child.args, actor), child.startTimeoutMs ?? START_TIMEOUT_MS)
  return { actor, started }
}
