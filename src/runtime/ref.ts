/**
 * How one actor is known to others, and how an answer finds its question.
 */

/** The typed mailbox: contravariant, so that a ref of a wider message type fits a narrower use. */
export interface ActorRef<in Message> {
  /** Unique within its system and never used again; of a name, that of the actor that holds it now (0: none). */
  readonly pid: number
  /** Puts a message into the mailbox; never throws, tells nothing back. To a dead actor it is a dead letter. */
  readonly send: (message: Message) => void
}

/** Where an answer goes. The first of the two calls settles; later ones are ignored. */
export interface ReplyTo<in Value> {
  readonly reply: (value: Value) => void
  readonly fail: (error: Error) => void
}

/** A correlation reference: slot and generation in one exact number, never used twice. */
export type Ref = number & { readonly __ref: "Ref" }
