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
      // They begin processes and a thread of their own, which only the tests of dist run: not counted.
      exclude: ['src/**/main.ts', 'src/sandbox/{post,serve}.ts', 'src/report/worker.ts'],
      reporter: ['text', 'json-summary'],
      reportsDirectory: 'reports/coverage',
      thresholds: { lines: 95, branches: 95 },
    },
  },
})
