/**
 * The ways to start a client: connected, in the background, or under a supervisor; and how to find it again.
 */

import type { HandlerPlan } from "../actors/index.js"
import { InvalidOptionError } from "../errors.js"
import { silentLogger } from "../logger.js"
import { type ActorSystem, isAbnormal, systemOf } from "../runtime/index.js"
import { asReasonCode, type DownCause } from "../session/index.js"
import { type ChildSpec, slotOf, startIn } from "../supervisor/index.js"
import { duration, unlooked } from "./check-call.js"
import { checkNames } from "./check-names.js"
import type { Client, PublishOutcome } from "./client.js"
import { ClientFace } from "./client-face.js"
import { ClientRoot } from "./client-root.js"
import { ConnectError, UnknownClientError } from "./errors.js"
import { handlerCallbacks } from "./handler-definition.js"
import { readResult } from "./next-actions.js"
import type {
  ClientOptions,
  ConnectOptions,
  DisconnectOptions,
  Payload,
  PublishOptions,
  Servers,
} from "./option-types.js"
import { CLIENT_OPTIONS, parseSettings } from "./parse-options.js"

const CONNECT_TIMEOUT_MS = 30_000
/** Credentials and the like: retried in the background, but an answer to who is waiting (api: Connection). */
const FINAL_FOR_CONNECT: ReadonlySet<number> = new Set([0x86, 0x87, 0x8a, 0x8c])

interface Made {
  readonly root: ClientRoot
  readonly client: Client
}

const clients = new WeakMap<ActorSystem, Map<string, Client>>()

/**
 * Resolves on the first accepted CONNACK; retries while the cause is temporary. Rejects ConnectError when the answer is final
 * or the time is over, and StoppedError when the client fails by itself: it is stopped then. Rejects InvalidOptionError at once.
 */
export function connect<Args = void>(server: Servers, options: ConnectOptions<Args> = {}): Promise<Client> {
  return unlooked(connected(server, options))
}

async function connected<Args>(server: Servers, options: ConnectOptions<Args>): Promise<Client> {
  checkNames(options, [...CLIENT_OPTIONS, "connectTimeoutMs", "signal"])
  const { connectTimeoutMs, signal, ...clientOptions } = options
  const timeoutMs = duration("connectTimeoutMs", connectTimeoutMs) ?? CONNECT_TIMEOUT_MS
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new InvalidOptionError("signal", "must be an AbortSignal")
  if (signal?.aborted === true) throw new ConnectError("aborted", undefined, signal.reason)
  const { root, client } = make(server, clientOptions, systemOf(options.system))
  const { scope } = root
  const waits: (() => void)[] = []
  try {
    await new Promise<void>((resolve, reject) => {
      const giveUp = (why: ConnectError["why"]) => reject(new ConnectError(why, scope.lastCause, signal?.reason))
      root.onEnd((reason) => {
        if (isAbnormal(reason)) reject(root.stoppedError(reason))
        else giveUp(reason.kind === "normal" ? "aborted" : "refused")
      })
      waits.push(
        scope.events.on("up", () => resolve()),
        scope.events.on("connect_failed", ({ cause }: { readonly cause: DownCause }) => {
          if (cause.kind === "refused" && FINAL_FOR_CONNECT.has(asReasonCode(cause.reasonCode))) giveUp("refused")
        }),
        scope.system.clock.setTimer(() => giveUp("timed_out"), timeoutMs),
      )
      if (signal !== undefined) waits.push(onAbort(signal, () => giveUp("aborted")))
      Promise.resolve(begin(root)).catch(reject)
    })
    return client
  } catch (error) {
    await client.disconnect({ drainMs: 0 })
    throw error
  } finally {
    for (const stopWaiting of waits) stopWaiting()
  }
}

/** Starts at once and connects in the background. @throws InvalidOptionError */
export function startClient<Args = void>(options: ClientOptions<Args> & { readonly server: Servers }): Client {
  checkNames(options, [...CLIENT_OPTIONS, "server"])
  const { server, ...clientOptions } = options
  const { root, client } = make(server, clientOptions, systemOf(options.system))
  const started = begin(root)
  // A handler whose init fails: the client is stopped, its calls say so.
  started?.catch((error: unknown) => root.scope.logger.error({ err: error }, "the client did not start"))
  return client
}

/** The child specification of a client: id = name, transient, bounded by its own drain time. @throws InvalidOptionError */
export function mqttClient<Args = void>(
  options: ClientOptions<Args> & {
    readonly server: Servers
    readonly id?: string | undefined
    readonly restart?: ChildSpec["restart"]
  },
): ChildSpec<Client> {
  checkNames(options, [...CLIENT_OPTIONS, "server", "id", "restart"])
  const { server, id, restart, ...given } = options
  // Bad options are refused here, not at the start; and a client identifier is made up once, for all of its lives.
  const { clientId } = parseSettings(server, given, systemOf(options.system).random)
  parseHandler(options.handler)
  const clientOptions = { ...given, clientId }
  const ownId = clientId === "" ? "mqtt_client" : clientId
  return {
    id: id ?? options.name ?? ownId,
    restart: restart ?? "transient",
    shutdown: "infinity",
    type: "supervisor",
    start(parent) {
      const slot = slotOf(parent)
      if (options.system !== undefined && options.system !== slot.system)
        throw new InvalidOptionError("system", "must be the supervisor's, or not given")
      const made = slot.remember(
        () => make(server, clientOptions, slot.system),
        ({ root }) => release(root),
      )
      return startIn(slot, () => made.root.spawn(slot.parent)).with(made.client)
    },
  }
}

/** The living client of this name in the default system. */
export function lookup(name: string): Client | undefined {
  const client = clients.get(systemOf(undefined))?.get(name)
  return client?.status === "stopped" ? undefined : client
}

/** As `client.publish`. Rejects UnknownClientError. */
export function publish(
  client: string | Client,
  topic: string,
  payload: Payload | null,
  options?: PublishOptions,
): Promise<PublishOutcome> {
  const found = typeof client === "string" ? lookup(client) : client
  return found?.publish(topic, payload, options) ?? unlooked(Promise.reject(new UnknownClientError(String(client))))
}

/** As `client.disconnect`. Rejects UnknownClientError. */
export function disconnect(client: string | Client, options?: DisconnectOptions): Promise<void> {
  const found = typeof client === "string" ? lookup(client) : client
  return found?.disconnect(options) ?? unlooked(Promise.reject(new UnknownClientError(String(client))))
}

function make<Args>(server: Servers, options: ClientOptions<Args>, system: ActorSystem): Made {
  const settings = parseSettings(server, options, system.random)
  const name = options.name ?? settings.clientId
  const names = clients.get(system) ?? new Map<string, Client>()
  clients.set(system, names)
  if (name !== "" && names.has(name)) throw new InvalidOptionError("name", `a client is named "${name}" already`)
  const logger = options.logger ?? silentLogger
  const root = new ClientRoot({
    name,
    system,
    logger,
    settings,
    handler: handlerPlan(
      options,
      () => client,
      () => root,
    ),
  })
  const client: Client = new ClientFace(root)
  if (name !== "") names.set(name, client)
  return { root, client }
}

function handlerPlan<Args>(
  options: ClientOptions<Args>,
  client: () => Client,
  root: () => ClientRoot,
): HandlerPlan | undefined {
  const handler = parseHandler(options.handler)
  if (handler === undefined) return undefined
  return {
    ...handler,
    client,
    read: (returned) => readResult(returned, client, root().scope),
  }
}

/** @throws InvalidOptionError */
function parseHandler<Args>(
  handler: ClientOptions<Args>["handler"],
): Pick<HandlerPlan, "callbacks" | "args"> | undefined {
  if (handler === undefined) return undefined
  const [definition, args] = Array.isArray(handler) ? [handler[0], handler[1]] : [handler, undefined]
  return { callbacks: handlerCallbacks(definition), args }
}

/** A life without a supervisor above: when it is over, so is the client. */
function begin(root: ClientRoot): undefined | Promise<void> {
  root.onEnd(() => release(root))
  try {
    return root.spawn(undefined).started
  } catch (error) {
    return unlooked(Promise.reject(error))
  }
}

function release(root: ClientRoot): void {
  const { name, system } = root.scope
  clients.get(system)?.delete(name)
  root.over()
}

function onAbort(signal: AbortSignal, abort: () => void): () => void {
  signal.addEventListener("abort", abort, { once: true })
  return () => signal.removeEventListener("abort", abort)
}
