/**
 * From what users hold to the actor behind it.
 */

import { Actor } from "./actor.js"
import { Name } from "./name.js"
import type { ActorRef } from "./ref.js"
import { type System, systemOf } from "./system.js"

/** The actor that the ref means now; undefined for a name between two lives and for foreign refs. */
export function actorOf(ref: ActorRef<never>): Actor<never> | undefined {
  if (ref instanceof Actor) return ref as Actor<never>
  if (ref instanceof Name) return (ref as Name<never>).whereis()
  return isForwarding(ref) ? actorOf(ref.whereis() ?? NOBODY) : undefined
}

const NOBODY: ActorRef<never> = { pid: 0, send: () => undefined }

/** A ref of a layer above that stands for an actor of ours. */
function isForwarding(ref: ActorRef<never>): ref is ActorRef<never> & { whereis(): ActorRef<never> | undefined } {
  return "whereis" in ref && typeof ref.whereis === "function"
}

/** The ref registered under the name, if an actor bears it now (Erlang: whereis/1). Default: the process-wide system. */
export function whereis(name: string, system?: System): ActorRef<unknown> | undefined {
  const ref = systemOf(system).names.get(name)
  // Who looks a name up says by its own types what it sends there.
  return ref !== undefined && actorOf(ref)?.alive === true ? (ref as ActorRef<unknown>) : undefined
}
