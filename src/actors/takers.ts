/**
 * Who waits until a port's link has taken what was written for them:
 *
 *     lent    unwritten ──write──▶ with the link ──taken at once, or drained──▶ answered
 *     copied  waits ──a turn that ends uncongested, or drained──▶ answered
 */

/** Whether the port has its own copy of a payload, or needs the caller's array until the link has taken it. */
export type Keeping = "copied" | "lent"

export class Takers {
  #copied: (() => void)[] = []
  #unwritten: (() => void)[] = []
  #withLink: (() => void)[] = []

  add(keeping: Keeping, taken: () => void): void {
    if (keeping === "copied") this.#copied.push(taken)
    else this.#unwritten.push(taken)
  }

  /** A turn's bytes were handed to the link: all taken, or few left so that callers may go on, or too many. */
  written(taken: "all" | "few_left" | "congested"): void {
    if (this.#unwritten.length > 0) {
      this.#withLink.push(...this.#unwritten)
      this.#unwritten = []
    }
    if (taken === "all") this.drained()
    else if (taken === "few_left") this.#answerCopied()
  }

  /** The link has no more use for what was handed to it. */
  drained(): void {
    this.#answerCopied()
    if (this.#withLink.length === 0) return
    const taken = this.#withLink
    this.#withLink = []
    for (const answer of taken) answer()
  }

  /** Nothing more is written. */
  closed(): void {
    this.written("all")
  }

  #answerCopied(): void {
    if (this.#copied.length === 0) return
    const taken = this.#copied
    this.#copied = []
    for (const answer of taken) answer()
  }
}
