/**
 * Who waits until a port's link has taken what was written for them:
 *
 *     waits ──a turn that ends uncongested, drained, or closed──▶ answered
 */

export class Takers {
  #waiting: (() => void)[] = []

  add(taken: () => void): void {
    this.#waiting.push(taken)
  }

  /** Everybody who waits now; who comes meanwhile waits for the next time. */
  answer(): void {
    if (this.#waiting.length === 0) return
    const answered = this.#waiting
    this.#waiting = []
    for (const answer of answered) answer()
  }
}
