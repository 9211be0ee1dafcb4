/**
 * The TypeScript in README.md and in docs/ is no copy that may grow stale: each block names the region of a program in
 * docs/examples that it is, and is compared with it verbatim.
 *
 *     <!-- docs/examples/minute.ts#minute -->        // #region minute
 *     ```ts                                          …
 *     …                                              // #endregion
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const ROOT = fileURLToPath(new URL("../../", import.meta.url))
const PAGES = ["README.md", "CONTRIBUTING.md", ...markdownBelow("docs")]

const blocks = PAGES.flatMap(codeBlocks)
const regions = readdirSync(`${ROOT}docs/examples`).flatMap(regionsOf)

describe("the code in the documentation", () => {
  it("is there", () => {
    expect(blocks.length).toBeGreaterThan(0)
  })

  it.each(blocks)("$page, line $line, is the region that it names", ({ source, code }) => {
    expect(source, "a block of TypeScript needs the line <!-- docs/examples/file.ts#region --> above it").toBeDefined()
    expect(code).toBe(regions.find((region) => region.source === source)?.code)
  })

  it.each(regions)("$source is shown somewhere", ({ source }) => {
    expect(blocks.map((block) => block.source)).toContain(source)
  })
})

describe("the links in the documentation", () => {
  it.each(PAGES.flatMap(relativeLinks))("$page: $target leads to a file", ({ page, target }) => {
    expect(existsSync(fileURLToPath(new URL(target, `file://${ROOT}${page}`)))).toBe(true)
  })
})

function markdownBelow(folder: string): readonly string[] {
  return readdirSync(`${ROOT}${folder}`, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith(".md"))
    .map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
}

/** The fenced blocks of TypeScript or JavaScript; `source` is what the comment above a block names. */
function codeBlocks(page: string) {
  const text = readFileSync(ROOT + page, "utf8")
  const fence = /^(?:<!-- (?<source>\S+) -->\n)?```(?:ts|tsx|js|typescript|javascript)\n(?<code>[\s\S]*?)^```$/gm
  return [...text.matchAll(fence)].map((match) => ({
    page,
    line: text.slice(0, match.index).split("\n").length,
    source: match.groups?.["source"],
    code: match.groups?.["code"],
  }))
}

function regionsOf(file: string) {
  const text = readFileSync(`${ROOT}docs/examples/${file}`, "utf8")
  const region = /^\/\/ #region (?<name>\S+)\n(?<code>[\s\S]*?)^\/\/ #endregion$/gm
  return [...text.matchAll(region)].map((match) => ({
    source: `docs/examples/${file}#${match.groups?.["name"]}`,
    code: match.groups?.["code"],
  }))
}

function relativeLinks(page: string) {
  const text = readFileSync(ROOT + page, "utf8")
  return [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map((match) => ({ page, target: match[1] ?? "" }))
}
