import { defineConfig } from 'vitest/config'

// The tests that run the sources themselves: those of dist, which stand at the top and in the rooms
// left out here, would not notice a change in src.
export default defineConfig({
  test: {
    include: ['__tests__/*/**/*.test.ts', '__tests__/{clock,sanitize}.test.ts'],
    exclude: ['__tests__/{repository,runner,sandbox,stand-ins}/**'],
    testTimeout: 60_000,
  },
})
