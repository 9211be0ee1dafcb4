/**
 * In our charts an action is only a name, which the actor that steps the chart performs, and the actor's own fields take
 * the place of the context. xstate wants a body and a value for them all the same.
 */

export function effect(): never {
  throw new Error("a chart's actions are performed by the actor that steps it, not by xstate")
}

/** Typed as whatever context the chart's guards see. */
export const fieldsOfTheActor: never = Object.freeze({}) as never
