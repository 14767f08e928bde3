import { defineConfig } from 'vitest/config'

// The tests that run the sources themselves: those of dist would not notice a change in src.
export default defineConfig({
  test: {
    include: ['__tests__/{api,inputs,job,start,window}/*.test.ts', '__tests__/*text.test.ts'],
    testTimeout: 20_000,
  },
})
