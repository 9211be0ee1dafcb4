/**
 * What the kernel costs: nanoseconds for a message, a call, a life of an actor. Medians of rounds that are interleaved, with
 * a plain method call beside them as the machine's own measure.
 *
 *   npx tsc -p tsconfig.bench.json && node build/bench/runtime.js [operations a round]
 */
import { performance } from "node:perf_hooks"
import {
  Actor,
  type ActorRef,
  type ActorSystem,
  call,
  createSystem,
  defineActor,
  type Program,
  programMaker,
  type ReplyTo,
  startActor,
  systemOf,
} from "../src/runtime/index.js"
import { FactoryProgram } from "../src/supervisor/index.js"

interface Contest {
  readonly what: string
  readonly run: (operations: number) => void | Promise<void>
}

const OPERATIONS = Number(process.argv[2] ?? 200_000)
const ROUNDS = 15
const WARM_UP_ROUNDS = 4

type Message = { readonly type: "count" } | { readonly type: "ask"; readonly to: ReplyTo<number> }

const system = createSystem()
const kernel: ActorSystem = systemOf(system)
const COUNT: Message = { type: "count" }

/** The least that an actor can do. */
class Counting implements Program<Message> {
  readonly kind = "actor"
  count = 0
  init(): undefined {}
  handle(message: Message): undefined {
    if (message.type === "count") this.count++
    else message.to.reply(this.count)
  }
}

const counter = defineActor<void, Message, { count: number }>({
  init: () => ({ count: 0 }),
  handle(message, state) {
    if (message.type === "count") state.count++
    else message.to.reply(state.count)
  },
})

function kernelActor(): Actor<Message> {
  const actor = new Actor<Message>(kernel, "counting", {})
  actor.start(new Counting(), 5_000)
  return actor
}

const plain = new Counting()
const bare = kernelActor()
const second = kernelActor()
const behaving = await startActor(counter, undefined, { system })
const named = await startActor(counter, undefined, { system, name: "named" })
const makeCounting = programMaker(counter)

const factory = new Actor<never>(kernel, "factory", { trapExit: true })
factory.start(
  new FactoryProgram(
    {
      intensity: { restarts: 1, periodMs: 1 },
      template: { rebuild: () => undefined, restart: () => undefined },
      report: () => undefined,
    },
    factory,
  ),
  5_000,
)

const NORMAL_END = { kind: "normal" } as const
const ask = (to: ReplyTo<number>): Message => ({ type: "ask", to })

const sends = (ref: ActorRef<Message>) => (operations: number) => {
  for (let n = 0; n < operations; n++) ref.send(COUNT)
}

const contests: readonly Contest[] = [
  {
    what: "plain method call",
    run: (operations) => {
      for (let n = 0; n < operations; n++) plain.handle(COUNT)
    },
  },
  { what: "send to an idle actor", run: sends(bare) },
  { what: "send to an idle actor of defineActor", run: sends(behaving) },
  { what: "send to a name", run: sends(named) },
  {
    what: "send from inside an actor, nested",
    run: (operations) => {
      relay.left = operations
      entry.send(COUNT)
    },
  },
  {
    what: "send to a busy actor: queued, then drained",
    run: (operations) => {
      burst.left = operations
      bursting.send(COUNT)
    },
  },
  {
    what: "call and await its answer, 64 at a time",
    run: async (operations) => {
      for (let n = 0; n < operations; n += 64) {
        const window: Promise<number>[] = []
        for (let open = 0; open < 64; open++) window.push(call<Message, number, Message>(behaving, ask))
        await Promise.all(window)
      }
    },
  },
  {
    what: "life under the factory: spawn, one message, normal end",
    run: (operations) => {
      for (let n = 0; n < operations; n++) {
        const child = new Actor<Message>(kernel, "child", { parent: factory })
        child.start(new Counting(), 5_000)
        child.send(COUNT)
        child.exit(NORMAL_END)
      }
    },
  },
  {
    what: "life of a defineActor actor under the factory",
    run: (operations) => {
      for (let n = 0; n < operations; n++) {
        const child = new Actor<Message>(kernel, "child", { parent: factory })
        child.start(makeCounting(undefined, child), 5_000)
        child.send(COUNT)
        child.exit(NORMAL_END)
      }
    },
  },
]

/** Passes each of `left` messages on to another actor, from inside its own dispatch. */
class Relaying extends Counting {
  left = 0
  override handle(): undefined {
    for (; this.left > 0; this.left--) second.send(COUNT)
  }
}
const relay = new Relaying()
const entry = new Actor<Message>(kernel, "relay", {})
entry.start(relay, 5_000)

/** Sends itself `left` messages, 64 at a time, which have to wait until it is idle. */
class Bursting extends Counting {
  left = 0
  #batch = 0
  override handle(): undefined {
    this.count++
    if (this.#batch > 0) {
      this.#batch--
      return
    }
    if (this.left <= 0) return
    this.left -= 64
    this.#batch = 63
    for (let n = 0; n < 64; n++) bursting.send(COUNT)
  }
}
const burst = new Bursting()
const bursting = new Actor<Message>(kernel, "bursting", {})
bursting.start(burst, 5_000)

const times = new Map<Contest, number[]>(contests.map((contest) => [contest, []]))
for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
  for (const contest of contests) {
    const begin = performance.now()
    await contest.run(OPERATIONS)
    const ns = ((performance.now() - begin) * 1e6) / OPERATIONS
    if (round >= WARM_UP_ROUNDS) times.get(contest)?.push(ns)
  }
}
console.log(`Node ${process.version}, medians of ${ROUNDS} rounds of ${OPERATIONS} operations, ns an operation`)
for (const [contest, measured] of times) {
  const sorted = [...measured].sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  console.log(`${median.toFixed(1).padStart(9)}   ${contest.what}`)
}
