/**
 * Colours for terminals, and none for files and pipes.
 */

export interface Paint {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
  cyan(text: string): string
}

/** @param isTerminal whether who reads it understands the ANSI sequences */
export function paintFor(isTerminal: boolean): Paint {
  const style = (begin: number, end: number) => (text: string) =>
    isTerminal ? `\u001b[${begin}m${text}\u001b[${end}m` : text
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    cyan: style(36, 39),
  }
}
