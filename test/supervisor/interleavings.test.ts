/**
 * Any interleaving of crashes, ends, requests, slow starts, slow stops and shutdown keeps the promises of a supervisor.
 */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type ActorRef, call, contextActor, type ExitReason, stop } from "../../src/runtime/index.js"
import {
  actor,
  type ChildSpec,
  dynamicSupervisor,
  type Supervisor,
  startSupervisor,
  supervisor,
} from "../../src/supervisor/index.js"
import { type Do, doer, type World, world } from "../runtime/world.js"
import { boom } from "./family.js"

type Step =
  | { readonly kind: "end"; readonly child: number; readonly reason: ExitReason }
  | { readonly kind: "crash" | "terminate" | "restart" | "delete" | "start" | "ask"; readonly child: number }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "stop" | "kill" }

interface Life {
  readonly child: number
  readonly restart: "permanent" | "transient" | "temporary"
  readonly initMs: number
  readonly terminateMs: number
  /** Every so many starts fail; 0: none. */
  readonly failing: number
}

const child = fc.integer({ min: 0, max: 4 })
const reason = fc.constantFrom<ExitReason>({ kind: "normal" }, { kind: "shutdown" }, { kind: "kill" })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("crash" as const), child }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("end" as const), child, reason }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom("terminate", "restart", "delete", "start", "ask"), child }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("stop", "kill") }) },
)
const lives = fc.array(
  fc.record({
    restart: fc.constantFrom("permanent", "transient", "temporary"),
    initMs: fc.constantFrom(0, 0, 0, 5),
    terminateMs: fc.constantFrom(0, 0, 0, 5, 60),
    failing: fc.constantFrom(0, 0, 3),
  }),
  { minLength: 5, maxLength: 5 },
)
const plan = fc.record({
  strategy: fc.constantFrom("one_for_one", "one_for_all", "rest_for_one"),
  restarts: fc.constantFrom(0, 3, 50),
  lives: lives.map((all) => all.map((life, index) => ({ ...life, child: index }) as Life)),
  steps: fc.array(step, { maxLength: 25 }),
})

describe("whatever happens, in whatever order,", () => {
  it("children stand in start order, none lives twice, and nothing is left at the end (property)", async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ strategy, restarts, lives: all, steps }) => {
        const at = world()
        const specs = all.map((life) => specOf(at, life))
        const intensity = { restarts, periodMs: 50 }
        const children = specs.slice(0, 4)
        const starting = startSupervisor({ system: at.system, name: "top", strategy, intensity, children })
        const open: Promise<unknown>[] = [starting]
        await at.clock.advance(30)
        const family = await starting.catch(() => undefined)
        let moved = false
        for (const next of family === undefined ? [] : steps) {
          if (family === undefined) break
          await perform(at, family, specs, next, open)
          moved ||= ["terminate", "restart", "delete", "start"].includes(next.kind)
          check(family, specs, strategy !== "one_for_one" && !moved)
        }
        if (family !== undefined) open.push(family.stop())
        await at.clock.advance(10_000)
        await Promise.allSettled(open) // every promise is settled, or this never ends
        expect(at.notes.filter((note) => note.startsWith("twice"))).toEqual([])
        expect(at.system.actors).toBe(0)
        expect(at.clock.pending).toBe(0)
        expect([...at.system.names.keys()]).toEqual([])
        expect(at.system.depth).toBe(0)
      }),
      { seed: 4_711, numRuns: 200 },
    )
  })
})

/** Child 2 is a supervisor with one worker, child 3 a dynamic supervisor; the others are workers. */
function specOf(at: World, life: Life): ChildSpec<unknown> {
  const id = `c${life.child}`
  const { restart } = life
  if (life.child === 2) return supervisor({ children: [worker(at, life, "inner")], name: id }, { id, restart })
  if (life.child === 3) return dynamicSupervisor({ name: id }, { id, restart })
  return worker(at, life, id)
}

/** Starts and ends as its life says, and notes when two of one name live at once. */
function worker(at: World, life: Life, id: string): ChildSpec<unknown> {
  const pause = (ms: number): Promise<void> | undefined =>
    ms === 0 ? undefined : new Promise((resolve) => at.clock.setTimer(() => resolve(), ms))
  let starts = 0
  let living = 0
  const definition = doer({
    init: (_args, context) => {
      if (++living > 1) at.note(`twice ${id}`)
      contextActor(context).own(() => void living--)
      context.sendAfter(1e6, () => undefined)
      if (life.failing > 0 && ++starts % life.failing === 0) throw new Error("does not start")
      return pause(life.initMs)
    },
    terminate: () => pause(life.terminateMs),
  })
  return actor(definition, undefined, { id, name: id, restart: life.restart, shutdown: 20 })
}

async function perform(
  at: World,
  family: Supervisor,
  specs: readonly ChildSpec<unknown>[],
  next: Step,
  open: Promise<unknown>[],
): Promise<void> {
  switch (next.kind) {
    case "wait":
      return at.clock.advance(next.ms)
    case "stop":
      open.push(family.stop())
      return
    case "kill":
      open.push(stop(family.ref, { kind: "kill" }))
      return
    default: {
      const spec = specs[next.child] ?? expect.fail("no such child")
      open.push(...touch(at, family, spec, next))
    }
  }
}

function touch(
  at: World,
  family: Supervisor,
  spec: ChildSpec<unknown>,
  next: Exclude<Step, { kind: "wait" | "stop" | "kill" }>,
): Promise<unknown>[] {
  const ref = at.system.names.get(spec.id) as ActorRef<Do> | undefined
  switch (next.kind) {
    case "crash":
      ref?.send(boom)
      return []
    case "end":
      return ref === undefined ? [] : [stop(ref, next.reason)]
    case "ask":
      return ref === undefined ? [] : [call<Do, string, Do>(ref, (to) => () => to.reply("here"))]
    case "terminate":
      return [family.terminateChild(spec.id)]
    case "restart":
      return [family.restartChild(spec.id)]
    case "delete":
      return [family.deleteChild(spec.id)]
    case "start":
      return [family.startChild(spec)]
  }
}

/** What must hold whenever nothing is on the stack; `together`: siblings are restarted together, and nobody meddled. */
function check(family: Supervisor, specs: readonly ChildSpec<unknown>[], together: boolean): void {
  const infos = family.whichChildren()
  const ids = infos.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  const pids = infos.flatMap(({ ref }) => (ref === undefined ? [] : [ref.pid]))
  expect(new Set(pids).size).toBe(pids.length)
  if (!together) return
  expect(ids).toEqual(specs.map(({ id }) => id).filter((id) => ids.includes(id)))
  expect(pids).toEqual([...pids].sort((a, b) => a - b))
}
