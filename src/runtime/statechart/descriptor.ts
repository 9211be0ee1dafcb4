/**
 * Event descriptors, the keys of `on`: an exact type, a prefix `sensor.*`, or `*`.
 * `sensor.*` matches `sensor`, `sensor.heat` and `sensor.heat.high`; a `*` stands only as the last dotted token.
 */

/** The part of `prefix.*` before its last dot and star; undefined for other descriptors. */
export function prefixOf(descriptor: string): string | undefined {
  return descriptor.endsWith(".*") ? descriptor.slice(0, -2) : undefined
}

/** Whether it matches more than itself. */
export function isWildcard(descriptor: string): boolean {
  return descriptor === "*" || descriptor.endsWith(".*")
}

/** A star anywhere but as the last dotted token, where it would match nothing. */
export function isMisplacedWildcard(descriptor: string): boolean {
  const rest = descriptor === "*" ? "" : (prefixOf(descriptor) ?? descriptor)
  return rest.includes("*")
}

export function matches(descriptor: string, type: string): boolean {
  if (descriptor === type || descriptor === "*") return true
  const prefix = prefixOf(descriptor)
  return prefix !== undefined && (type === prefix || type.startsWith(`${prefix}.`))
}
