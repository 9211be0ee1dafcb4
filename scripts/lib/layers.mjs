/**
 * Who may import whom (the drawing is in docs/architecture.md). A name is a folder of src or one of its ground files;
 * arrows only go up this list.
 */

const GROUND = ["errors", "clock", "logger"]
const MQTT = ["codec", "transport", "runtime", "supervisor", "session"]

/** Layer → the layers that it may import besides itself. */
export const MAY_IMPORT = {
  errors: GROUND,
  clock: GROUND,
  logger: GROUND,
  codec: GROUND,
  transport: GROUND,
  runtime: GROUND,
  supervisor: [...GROUND, "runtime"],
  session: [...GROUND, "codec"],
  actors: [...GROUND, ...MQTT],
  client: [...GROUND, ...MQTT, "actors"],
  inspect: [...GROUND, "runtime", "supervisor", "client"],
  testing: [...GROUND, "codec", "transport", "runtime", "client"],
  cli: [...GROUND, ...MQTT, "actors", "client", "inspect", "testing"],
}

/** Files of src itself that are entry points of the package: they may import every layer, and nobody imports them. */
export const ENTRY_POINTS = ["index", "runtime"]

/** Layers that may use Node's own modules; the others run wherever JavaScript does. */
export const MAY_USE_NODE = ["transport", "actors", "client", "inspect", "testing", "cli"]

/** Packages of others: name → which files of src (paths relative to it) may import it. None else may be imported. */
export const MAY_USE_PACKAGE = {
  xstate: /^runtime\/(statechart.*|xstate-actor\.ts)$|\.chart\.ts$/,
  pino: /^logger\.ts$|^cli\//,
}

/** Time and chance come from a Clock or an injected function; only this file of src touches the platform's. */
export const CLOCK_FILE = "clock.ts"
export const BANNED =
  /\b(Date\s*\.\s*now|Math\s*\.\s*random|performance\s*\.\s*now|setTimeout|setInterval|new\s+Date\s*\(\s*\))(?!\w)/g

/** More lines than this need a reason, after the word "Length:" in the head comment. */
export const LONGEST_FILE = 250
