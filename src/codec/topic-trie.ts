/**
 * Topic filters and their values, arranged so that matching a topic costs by the topic's levels, not by the filters.
 *
 *   a ─┬─ b        {1}            add("a/b", 1)
 *      ├─ + ── c   {2}            add("a/+/c", 2)
 *      └─ #        {3}            add("a/#", 3)
 */
import { splitShare, splitTopic } from "./topic.js"

interface Node<T> {
  readonly children: Map<string, Node<T>>
  readonly values: Set<T>
}

/** Filters are plain and valid; of `$share/name/filter` the filter counts. */
export class TopicTrie<T> {
  readonly #root: Node<T> = newNode()
  #size = 0

  /** How many pairs of a filter and a value there are. */
  get size(): number {
    return this.#size
  }

  /** Adds the value under the filter; once more under the same filter changes nothing. */
  add(filter: string, value: T): void {
    let node = this.#root
    for (const level of levelsOf(filter)) {
      let child = node.children.get(level)
      if (child === undefined) {
        child = newNode()
        node.children.set(level, child)
      }
      node = child
    }
    if (node.values.has(value)) return
    node.values.add(value)
    this.#size++
  }

  /** Takes the value away from the filter; false when it was not there. */
  delete(filter: string, value: T): boolean {
    const path: [parent: Node<T>, level: string][] = []
    let node = this.#root
    for (const level of levelsOf(filter)) {
      const child = node.children.get(level)
      if (child === undefined) return false
      path.push([node, level])
      node = child
    }
    if (!node.values.delete(value)) return false
    this.#size--
    prune(node, path)
    return true
  }

  /**
   * Visits the values of all filters that match the topic, in no order to rely on; a value under two matching filters
   * is visited twice. `visit` may add and delete; whether it then meets what it added is open.
   */
  match(topic: string, visit: (value: T) => void): void {
    const levels = splitTopic(topic)
    let nodes: readonly Node<T>[] = [this.#root]
    // Level after level instead of recursion: a topic may have 65 535 levels.
    for (const [depth, level] of levels.entries()) {
      if (nodes.length === 0) return
      // [MQTT-4.7.2-1] No wildcard stands for a first level that begins with "$".
      const plainOnly = depth === 0 && level.startsWith("$")
      const next: Node<T>[] = []
      for (const node of nodes) {
        if (!plainOnly) {
          visitAll(node.children.get("#"), visit)
          append(next, node.children.get("+"))
        }
        append(next, node.children.get(level))
      }
      nodes = next
    }
    for (const node of nodes) {
      visitAll(node, visit)
      // "a/#" matches "a" as well (§4.7.1.2).
      visitAll(node.children.get("#"), visit)
    }
  }
}

function newNode<T>(): Node<T> {
  return { children: new Map(), values: new Set() }
}

function levelsOf(filter: string): string[] {
  return splitTopic(splitShare(filter).matchFilter)
}

/** Removes the nodes that lead nowhere any more, from the leaf up. */
function prune<T>(leaf: Node<T>, path: readonly (readonly [parent: Node<T>, level: string])[]): void {
  let node = leaf
  for (const [parent, level] of path.toReversed()) {
    if (node.values.size > 0 || node.children.size > 0) return
    parent.children.delete(level)
    node = parent
  }
}

function append<T>(nodes: Node<T>[], node: Node<T> | undefined): void {
  if (node !== undefined) nodes.push(node)
}

function visitAll<T>(node: Node<T> | undefined, visit: (value: T) => void): void {
  if (node !== undefined) for (const value of node.values) visit(value)
}
