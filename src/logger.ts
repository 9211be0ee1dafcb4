/**
 * Logging is pino's: we use this much of its interface, and console's fits too. Silent unless the user gives one.
 */

/** What we ask of a logger: `fields` first, then the message. */
export interface Logger {
  debug(fields: object, message?: string): void
  info(fields: object, message?: string): void
  warn(fields: object, message?: string): void
  error(fields: object, message?: string): void
  child?: ((bindings: object) => Logger) | undefined
}

const nothing = (): void => undefined

/** The default: says nothing. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLogger,
}

/**
 * The user's logger behind a wall: a logger that throws loses its line and nothing else (case 85).
 * `child` falls back to adding the bindings to the fields of every line.
 */
export function guardedLogger(logger: Logger, bindings: object = {}): Logger {
  if (logger === silentLogger) return silentLogger
  const own = logger.child === undefined ? undefined : attempt(() => logger.child?.(bindings))
  const target = own ?? logger
  const extra = own === undefined ? bindings : {}
  const line =
    (level: "debug" | "info" | "warn" | "error") =>
    (fields: object, message?: string): void => {
      attempt(() => target[level]({ ...extra, ...fields }, message))
    }
  return {
    debug: line("debug"),
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
    child: (more) => guardedLogger(target, { ...extra, ...more }),
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined // A logger's own fault has nowhere to be reported.
  }
}
