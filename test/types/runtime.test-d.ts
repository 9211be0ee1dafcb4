/**
 * What must not compile when one writes actors and supervisors. Checked by plain `tsc`, never run.
 */
import {
  type ActorDefinition,
  type ActorRef,
  actor,
  call,
  type DynamicSupervisor,
  defineActor,
  dynamicSupervisor,
  type ExitReason,
  exited,
  type ReplyTo,
  type Supervisor,
  startActor,
  startSupervisor,
  statechart,
  stop,
  supervisor,
} from "terrapin/runtime"
import { setup } from "xstate"

type Message =
  | { readonly type: "add"; readonly amount: number }
  | { readonly type: "total"; readonly to: ReplyTo<number> }

export const counter: ActorDefinition<{ start: number }, Message> = defineActor({
  init: (args: { start: number }) => args.start,
  handle(message: Message, state: number) {
    switch (message.type) {
      case "add":
        return { state: state + message.amount }
      case "total":
        message.to.reply(state)
        return undefined
    }
  },
})

export async function messages(): Promise<void> {
  const ref = await startActor(counter, { start: 1 })
  ref.send({ type: "add", amount: 1 })
  // @ts-expect-error: no such message
  ref.send({ type: "subtract", amount: 1 })
  // @ts-expect-error: a field is missing
  ref.send({ type: "add" })
  // @ts-expect-error: a field has another type
  ref.send({ type: "add", amount: "1" })
  // @ts-expect-error: the arguments are missing
  await startActor(counter)
  // @ts-expect-error: an argument has another type
  await startActor(counter, { start: "1" })
  // @ts-expect-error: no such option
  await startActor(counter, { start: 1 }, { nmae: "counter" })
}

export async function calls(ref: ActorRef<Message>): Promise<void> {
  const total: number = await call(ref, (to: ReplyTo<number>) => ({ type: "total", to }))
  const inferred: number = await call(ref, (to) => ({ type: "total", to }))
  // @ts-expect-error: the answer is a number
  const text: string = await call(ref, (to: ReplyTo<number>) => ({ type: "total", to }))
  // @ts-expect-error: this place takes texts, the message wants one for numbers
  await call(ref, (to: ReplyTo<string>) => ({ type: "total", to }))
  // @ts-expect-error: no such message
  await call(ref, (to: ReplyTo<number>) => ({ type: "sum", to }))
  // @ts-expect-error: no such option
  await call(ref, (to: ReplyTo<number>) => ({ type: "total", to }), { timeout: 1 })
  void [total, inferred, text]
}

export function replies(to: ReplyTo<number>): void {
  to.reply(1)
  // @ts-expect-error: the answer is a number
  to.reply("1")
  // @ts-expect-error: a refusal is an Error
  to.fail("no")
}

export function variance(wide: ActorRef<Message | { readonly type: "reset" }>, narrow: ActorRef<Message>): void {
  const fits: ActorRef<Message> = wide // whoever takes more fits where less is sent
  // @ts-expect-error: who sends "reset" needs a mailbox that takes it
  const not: ActorRef<Message | { readonly type: "reset" }> = narrow
  const any: ActorRef<never> = narrow
  // @ts-expect-error: nothing can be sent to a ref of unknown messages
  any.send({ type: "add", amount: 1 })
  void [fits, not, exited(any), stop(narrow)]
}

export function states(): void {
  defineActor({
    init: () => 0,
    // @ts-expect-error: the state is a number
    handle: (_message: Message) => ({ state: "1" }),
  })
  defineActor({
    init: () => 0,
    // @ts-expect-error: not an exit reason
    handle: (_message: Message) => ({ stop: "normal" }),
  })
  // @ts-expect-error: handle is missing
  defineActor({ init: () => 0 })
}

export async function supervisors(): Promise<void> {
  const child = actor(counter, { start: 1 }, { id: "counter", restart: "transient" })
  const inner = supervisor({ children: [child] })
  const pool = dynamicSupervisor({ maxChildren: 3 })
  const parent = await startSupervisor({ strategy: "rest_for_one", children: [child, inner, pool] })
  parent.child(child).send({ type: "add", amount: 1 })
  const nested: Supervisor = parent.child(inner)
  const dynamic: DynamicSupervisor = parent.child(pool)
  const started: ActorRef<Message> = await dynamic.startChild(child)
  const reason: ExitReason = await parent.exited
  // @ts-expect-error: no such message
  parent.child(child).send({ type: "subtract" })
  // @ts-expect-error: the handle of a supervisor has no mailbox of yours
  parent.child(inner).send({ type: "add", amount: 1 })
  // @ts-expect-error: a dynamic supervisor knows no child by specification
  dynamic.child(child)
  // @ts-expect-error: the arguments are missing
  actor(counter, undefined)
  // @ts-expect-error: no such restart type
  actor(counter, { start: 1 }, { restart: "always" })
  // @ts-expect-error: no such strategy
  await startSupervisor({ strategy: "simple_one_for_one", children: [] })
  // @ts-expect-error: a definition is not yet a child specification
  await startSupervisor({ children: [counter] })
  // @ts-expect-error: the detail of a normal end is nothing
  await parent.stop({ reason: { kind: "normal", detail: 1 } })
  void [nested, started, reason]
}

export async function statecharts(): Promise<void> {
  const door = setup({
    types: {} as { events: { type: "OPEN"; by: string } | { type: "CLOSE" } },
    actions: { greet: () => undefined },
  }).createMachine({
    initial: "closed",
    states: { closed: { on: { OPEN: { target: "open", actions: "greet" } } }, open: { on: { CLOSE: "closed" } } },
  })
  const init = () => ({ opened: 0 })
  const definition = statechart(door, { init, actions: { greet: (self) => void self.opened++ } })
  const ref = await startActor(definition, undefined)
  ref.send({ type: "OPEN", by: "me" })
  // @ts-expect-error: not an event of the machine
  ref.send({ type: "OPNE" })
  // @ts-expect-error: a field of the event is missing
  ref.send({ type: "OPEN" })
  // @ts-expect-error: it takes no arguments
  await startActor(definition, { opened: 1 })
  // @ts-expect-error: init gives no such field
  statechart(door, { init, actions: { greet: (self) => void self.closed++ } })
  // @ts-expect-error: init is missing
  statechart(door, { actions: {} })
}
