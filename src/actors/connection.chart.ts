/**
 * The connection's life.
 *
 *     attempting { opening ─▶ handshaking } ──connack──▶ connected { open ─▶ draining }      both { quiet ⇄ pinging }
 *          ▲   │ failed                                       │ failed · recycle            │ drained
 *          │   ▼                                              ▼                             ▼
 *        backoff ◀────────────────────────────────────────────┴──── failed for good ────▶ stopped
 *
 * Never wedged: outside of `stopped` there is a link with its keep alive, an attempt with its deadline, or a retry timer.
 * Everything that goes wrong arrives as `failed` with its cause.
 */

import { setup } from "xstate"
import type { ChartMachine } from "../runtime/index.js"
import type { DownCause } from "../session/index.js"
import type { ConnectionEvent } from "./connection-messages.js"
import { effect, fieldsOfTheActor } from "./effect.js"

/** What the guards and delays look at: parts of the connection actor. */
export interface ConnectionView {
  readonly attempts: {
    /** What the last CONNACK does to the attempt. */
    readonly verdict: "accepted" | "next_version" | "cleaned" | "refused"
    readonly retryInMs: number
    isFinal(cause: DownCause): boolean
  }
  readonly pingDueInMs: number
  readonly drainMs: number
  readonly settings: {
    readonly attemptTimeoutMs: number
    readonly pingTimeoutMs: number
    readonly backoff: { readonly stableAfterMs: number }
  }
}

const failed = [
  { guard: "isFinal", target: "#connection.stopped", actions: ["closeLink", "noteFailure"] },
  { target: "#connection.backoff", actions: ["closeLink", "noteFailure"] },
] as const

/** While the link is up: PINGREQ after each silence, and the end of the link when PINGRESP does not come. */
const keptAlive = {
  initial: "quiet",
  states: {
    quiet: {
      after: {
        pingDue: [
          { guard: "isPingDue", target: "pinging" },
          { target: "quiet", reenter: true },
        ],
      },
      on: { ping: { target: "pinging", actions: "joinPing" } },
    },
    pinging: {
      entry: "sendPingreq",
      after: { pingTimeout: { actions: "failByPing" } },
      on: { pingresp: { target: "quiet", actions: "notePong" } },
    },
  },
} as const

export const connectionMachine: ChartMachine = setup({
  types: { context: {} as ConnectionView, events: {} as ConnectionEvent },
  actions: {
    openTransport: effect,
    adoptLink: effect,
    sendConnect: effect,
    fallBack: effect,
    endCleaning: effect,
    refuse: effect,
    failByTimeout: effect,
    failByPing: effect,
    linkUp: effect,
    linkDown: effect,
    sendPingreq: effect,
    joinPing: effect,
    notePong: effect,
    forgetAttempts: effect,
    startDraining: effect,
    sendDisconnect: effect,
    leaveLink: effect,
    closeLink: effect,
    noteFailure: effect,
    noteRecycle: effect,
    finish: effect,
  },
  guards: {
    isFinal: ({ context, event }) => event.type === "failed" && context.attempts.isFinal(event.cause),
    isAccepted: ({ context }) => context.attempts.verdict === "accepted",
    isNextVersion: ({ context }) => context.attempts.verdict === "next_version",
    isCleaned: ({ context }) => context.attempts.verdict === "cleaned",
    isPingDue: ({ context }) => context.pingDueInMs <= 0,
  },
  delays: {
    attemptTimeout: ({ context }) => context.settings.attemptTimeoutMs,
    pingDue: ({ context }) => context.pingDueInMs,
    pingTimeout: ({ context }) => context.settings.pingTimeoutMs,
    drainTimeout: ({ context }) => context.drainMs,
    retry: ({ context }) => context.attempts.retryInMs,
    stable: ({ context }) => context.settings.backoff.stableAfterMs,
  },
}).createMachine({
  id: "connection",
  context: fieldsOfTheActor,
  initial: "attempting",
  on: { ping: { actions: "joinPing" } },
  states: {
    attempting: {
      initial: "opening",
      after: { attemptTimeout: { actions: "failByTimeout" } },
      on: { failed, stop: { target: "stopped", actions: "closeLink" } },
      states: {
        opening: { entry: "openTransport", on: { opened: { target: "handshaking", actions: "adoptLink" } } },
        handshaking: {
          entry: "sendConnect",
          on: {
            connack: [
              { guard: "isAccepted", target: "#connection.connected" },
              { guard: "isNextVersion", target: "opening", actions: ["closeLink", "fallBack"] },
              { guard: "isCleaned", target: "opening", actions: ["sendDisconnect", "closeLink", "endCleaning"] },
              { actions: "refuse" },
            ],
          },
        },
      },
    },
    connected: {
      entry: "linkUp",
      exit: "linkDown",
      initial: "open",
      after: { stable: { actions: "forgetAttempts" } },
      on: { failed, recycle: { target: "attempting", actions: ["noteRecycle", "leaveLink", "closeLink"] } },
      states: {
        open: {
          ...keptAlive,
          on: { stop: "draining" },
        },
        draining: {
          ...keptAlive,
          entry: "startDraining",
          after: { drainTimeout: { target: "#connection.stopped", actions: ["sendDisconnect", "closeLink"] } },
          // Whatever ends the link now ends the client: it was asked to.
          on: {
            stop: { target: "draining", reenter: true }, // perhaps with less time
            drained: { target: "#connection.stopped", actions: ["sendDisconnect", "closeLink"] },
            recycle: { target: "#connection.stopped", actions: ["sendDisconnect", "closeLink"] },
            failed: { target: "#connection.stopped", actions: ["closeLink", "noteFailure"] },
          },
        },
      },
    },
    backoff: {
      after: { retry: "attempting" },
      on: { reconnect: "attempting", stop: "stopped" },
    },
    // Not final: the actor waits here for its root to end, so that no supervisor takes its end for a reason to restart it.
    stopped: { entry: "finish" },
  },
})
