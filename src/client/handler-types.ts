/**
 * A handler as options carry it, apart from its callbacks, which know the client that knows the options.
 */

declare const handlerTypes: unique symbol

/** A handler with its State erased: short to write down, safe to pass on. */
export interface HandlerDefinition<in Args = void, in Info = never> {
  readonly [handlerTypes]: (args: Args, info: Info) => void
}
