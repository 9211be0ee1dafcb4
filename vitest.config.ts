import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"

const source = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url))

/** The package's own name means its sources, so that examples and tests read as a user's program would. */
const alias = [
  { find: /^terrapin$/, replacement: source("index.ts") },
  { find: /^terrapin\/runtime$/, replacement: source("runtime.ts") },
  { find: /^terrapin\/codec$/, replacement: source("codec/index.ts") },
  { find: /^terrapin\/transport$/, replacement: source("transport/index.ts") },
  { find: /^terrapin\/testing$/, replacement: source("testing/index.ts") },
]

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/integration/**", "test/slow/**"],
          // One module graph for all files: loading it anew for each took longer than the tests.
          pool: "threads",
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "slow",
          include: ["test/slow/**/*.test.ts"],
          testTimeout: 240_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          testTimeout: 120_000,
          fileParallelism: false, // They share the machine's two cores and measure time.
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
