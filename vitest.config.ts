import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Tests that change what belongs to the whole process, or the settings of the run. */
const ISOLATED = [
  '__tests__/api/{client,http,route}.test.ts',
  '__tests__/files/save.test.ts',
  '__tests__/runner/in-process.test.ts',
  '__tests__/summary/*.test.ts',
  '__tests__/workflows.test.ts',
]

// A child process that hangs is ended by its own limit; this one is behind it.
const limits = { testTimeout: 120_000, hookTimeout: 120_000 }

export default defineConfig({
  test: {
    projects: [
      {
        // A process of its own for each of these files would cost 0.6 s.
        test: {
          ...limits,
          name: 'shared',
          include: ['__tests__/**/*.test.ts'],
          exclude: ISOLATED,
          isolate: false,
        },
      },
      { test: { ...limits, name: 'isolated', include: ISOLATED } },
    ],
    // Much of the time a test waits for a child process or a clock: more workers than cores.
    maxWorkers: availableParallelism() + 1,
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
