/** Decoded packets hold views that are valid only while they are delivered; a test keeps packets, so it copies. */

/** The same value with its own copy of every byte array in it. */
export function owned<T>(value: T): T {
  return copy(value) as T
}

function copy(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value)
  if (Array.isArray(value)) return value.map(copy)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copy(field)]))
}
