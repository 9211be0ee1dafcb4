/**
 * Bytes as people annotate them:
 *
 *   hex`20 03        # CONNACK, 3 bytes follow
 *       00 00 00     # no session · success · no properties
 *       "MQTT"       # ASCII in quotes
 *   `
 */

/** Hexadecimal digits and "ASCII" to bytes; white space and all from `#` to the line's end are ignored. */
export function hex(strings: TemplateStringsArray): Uint8Array {
  const bytes: number[] = []
  for (const line of strings.join("").split("\n")) readLine(line, bytes)
  return Uint8Array.from(bytes)
}

/** The opposite, for messages and comparisons: "20 03 00 00 00". */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ")
}

function readLine(line: string, bytes: number[]): void {
  let rest = line.trimStart()
  while (rest !== "" && !rest.startsWith("#")) {
    const quoted = /^"([^"]*)"/.exec(rest)
    const pair = /^[0-9a-fA-F]{2}/.exec(rest)
    if (quoted !== null) for (const character of quoted[1] ?? "") bytes.push(character.charCodeAt(0))
    else if (pair !== null) bytes.push(Number.parseInt(pair[0], 16))
    else throw new Error(`not hexadecimal: ${rest}`)
    rest = rest.slice((quoted ?? pair)?.[0].length).trimStart()
  }
}
