import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['__tests__/**/*.test.ts'],
    // Much of the time a test waits for a child process or a clock: more workers than cores.
    maxWorkers: availableParallelism() + 1,
    // A child process that hangs is ended by its own limit; this one is behind it.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', ['json', { outputFile: 'reports/tests.json' }]],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text', 'json-summary'],
      reportsDirectory: 'reports/coverage',
      // Branches that only the tests of dist reach do not count here.
      thresholds: { lines: 95, branches: 93 },
    },
  },
})
