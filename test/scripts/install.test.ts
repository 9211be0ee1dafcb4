/**
 * When the scripts install the dependencies and when they leave them alone, seen on small folders made for it.
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

const SCRIPT = new URL("../../scripts/lib/install.mjs", import.meta.url).href
const LOCKED = {
  "": { name: "terrapin" },
  "node_modules/xstate": { version: "5.1.0", integrity: "sha512-a" },
  "node_modules/@biomejs/cli-other": { version: "2.0.0", integrity: "sha512-b", optional: true },
}
const INSTALLED = { "node_modules/xstate": LOCKED["node_modules/xstate"] }

describe("the dependencies", () => {
  it("are left alone when they are as the lock file says, without what is for another platform", () => {
    write("node_modules/.package-lock.json", INSTALLED)
    expect(whyInstall()).toBe("nothing")
  })

  it("are installed when there are none", () => {
    expect(whyInstall()).toBe("node_modules is absent")
  })

  it("are installed when an earlier installation was cut short", () => {
    writeFileSync(join(root, "node_modules/.package-lock.json"), '{ "packages": {')
    expect(whyInstall()).toBe("node_modules is absent")
  })

  it.each([
    ["one has another version", { "node_modules/xstate": { version: "5.0.9", integrity: "sha512-a" } }],
    ["one has other bytes", { "node_modules/xstate": { version: "5.1.0", integrity: "sha512-c" } }],
    ["one is missing from the list", {}],
    ["one is too many", { ...INSTALLED, "node_modules/left-over": { version: "1.0.0" } }],
  ])("are installed when %s", (_, installed) => {
    write("node_modules/.package-lock.json", installed)
    expect(whyInstall()).not.toBe("nothing")
  })

  it("are installed when one was deleted by hand", () => {
    write("node_modules/.package-lock.json", INSTALLED)
    rmSync(join(root, "node_modules/xstate"), { recursive: true })
    expect(whyInstall()).toBe("node_modules/xstate is missing")
  })
})

let root = ""
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "terrapin-install-"))
  mkdirSync(join(root, "node_modules/xstate"), { recursive: true })
  write("package-lock.json", LOCKED)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, packages: object): void {
  writeFileSync(join(root, path), JSON.stringify({ packages }))
}

function whyInstall(): string {
  const code = `import { whyInstall } from ${JSON.stringify(SCRIPT)}; console.log(whyInstall(process.argv[1]) ?? "nothing")`
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code, root], {
    encoding: "utf8",
  })
  expect(stderr).toBe("")
  return stdout.trim()
}
