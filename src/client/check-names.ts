/**
 * Options are known by name: one that is not is refused with the nearest that is, never ignored.
 */

import { InvalidOptionError } from "../errors.js"

/**
 * @throws InvalidOptionError for what is no object, and for the first key that is not in `known`; `path` goes in front of
 * it, as in "session."
 */
export function checkNames(given: object, known: readonly string[], path = ""): void {
  if (typeof given !== "object" || given === null)
    throw new InvalidOptionError(path === "" ? "options" : path.slice(0, -1), "must be an object")
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue
    const nearest = nearestOf(name, known)
    const hint = nearest === undefined ? "" : `; did you mean ${path}${nearest}?`
    throw new InvalidOptionError(`${path}${name}`, `is not an option${hint}`)
  }
}

function nearestOf(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: distanceOf(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((left, right) => left.distance - right.distance)
  const best = ranked[0]
  return best !== undefined && best.distance <= Math.max(name.length, best.candidate.length) / 2
    ? best.candidate
    : undefined
}

/** Levenshtein: insertions, deletions and substitutions from one to the other. A name that begins with the other is near. */
function distanceOf(left: string, right: string): number {
  if (left.startsWith(right) || right.startsWith(left)) return 1
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1] ? 0 : 1
      current.push(
        Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (previous[column - 1] ?? 0) + same),
      )
    }
    previous = current
  }
  return previous[right.length] ?? 0
}
