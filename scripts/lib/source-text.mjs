/**
 * Reads TypeScript as text, as far as the layer check needs it: what a file imports, its code without comments and
 * strings, and its head comment. The compiler (TypeScript 7) offers no programming interface, hence this.
 */

/** Comments, strings, templates and regular expressions (which may hold quotes): whatever is not code. */
const NOT_CODE = new RegExp(
  [
    /(?<comment>\/\*[\s\S]*?\*\/|\/\/[^\n]*)/,
    /(?<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')/,
    /(?<template>`(?:\\[\s\S]|[^`\\])*`)/,
    // A slash begins a regular expression only where no value can have just ended.
    /(?<=(?:^|[(,=:[!&|?{};\n]|=>|return)[ \t]*)(?<regex>\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[a-z]*)/,
  ]
    .map((pattern) => pattern.source)
    .join("|"),
  "g",
)

/** The source without comments; strings stay. */
export function withoutComments(source) {
  return source.replace(NOT_CODE, (text, ...rest) => (rest.at(-1).comment === undefined ? text : blank(text)))
}

/** Only code: all else is blanked, so that a word found is a word used. What stands in a template's `${}` is code. */
export function onlyCode(source) {
  return source.replace(NOT_CODE, (text, ...rest) =>
    rest.at(-1).template === undefined ? blank(text) : text.replace(/(\$\{[^{}]*\})|[^\n]/g, (_, code) => code ?? " "),
  )
}

/** The modules that this source names: `import … from`, `export … from`, `import "…"`, `import("…")`; types and values alike. */
export function importsOf(source) {
  const patterns = [
    /\b(?:import|export)\b[^"';]*?\bfrom\s*["']([^"']+)["']/g,
    /\bimport\s*["']([^"']+)["']/g,
    /\bimport\s*\(\s*["']([^"']+)["']/g,
  ]
  const code = withoutComments(source)
  return [...new Set(patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1])))]
}

/** The comment that the file begins with (all of its lines, when it is made of `//` lines); "" when it begins with code. */
export function headComment(source) {
  return /^(?:#![^\n]*\n)?\s*(\/\*[\s\S]*?\*\/|(?:\/\/[^\n]*\n?)+)/.exec(source)?.[1] ?? ""
}

/** How many lines the file has; a last line feed begins no line of its own. */
export function lineCount(source) {
  return source.replace(/\n$/, "").split("\n").length
}

function blank(text) {
  return text.replace(/[^\n]/g, " ")
}
