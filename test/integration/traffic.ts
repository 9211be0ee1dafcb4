/** Messages of QoS 1 and 2 on several topics, every text another; and what of them arrived. */

export interface TrafficMessage {
  readonly topic: string
  readonly text: string
}

const LEVELS = ["1/a", "1/b", "2/a", "2/b"] as const

export class Traffic {
  readonly messages: TrafficMessage[] = []
  readonly #texts = new Set<string>()
  #look: (() => void) | undefined = undefined

  get topics(): readonly string[] {
    return Array.from(new Set(this.messages.map(({ topic }) => topic)))
  }

  has(text: string): boolean {
    return this.#texts.has(text)
  }

  add(topic: string, text: string): void {
    this.messages.push({ topic, text })
    this.#texts.add(text)
    this.#look?.()
  }

  /** Adds so many new messages below `root`, and gives them. */
  more(root: string, count: number): readonly (TrafficMessage & { readonly qos: 1 | 2 })[] {
    return Array.from({ length: count }, (_, index) => {
      const level = LEVELS[index % LEVELS.length] ?? LEVELS[0]
      const message = { topic: `${root}/${level}`, text: `${root} ${this.messages.length}` }
      this.add(message.topic, message.text)
      return { ...message, qos: level.startsWith("1") ? 1 : 2 }
    })
  }

  /** Resolves when it holds; looked at again at every message. One at a time. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#look = () => {
        if (holds()) resolve()
      }
      this.#look()
    })
  }
}

/** The texts on that topic in order. A resent QoS 1 message may come again behind later ones (§4.6): its first arrival counts. */
export function texts(messages: readonly TrafficMessage[], topic: string): readonly string[] {
  const all = messages.filter((message) => message.topic === topic).map(({ text }) => text)
  return topic.includes("/1/") ? Array.from(new Set(all)) : all
}
