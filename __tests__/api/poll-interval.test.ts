import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pollIntervalMs } from '../../src/api/poll-interval.js'

const elapsed = fc.integer({ min: 0, max: 7 * 24 * 3_600_000 })

describe('the time between two polls', () => {
  test.each([
    [0, 900],
    [5_000, 900],
    [10_000, 900],
    [20_000, 1_800],
    [60_000, 5_400],
    [300_000, 27_000],
    [333_334, 30_000],
    [7_200_000, 30_000],
  ])('after %i ms is %i ms', (elapsedMs, ms) => {
    expect(pollIntervalMs(elapsedMs)).toBe(ms)
  })

  test('is at most 30 s, and never so short that a server is flooded', () => {
    fc.assert(
      fc.property(elapsed, (elapsedMs) => {
        expect(pollIntervalMs(elapsedMs)).toBeLessThanOrEqual(30_000)
        expect(pollIntervalMs(elapsedMs)).toBeGreaterThanOrEqual(900)
      }),
    )
  })

  test('never gets shorter as the job runs longer', () => {
    fc.assert(
      fc.property(elapsed, elapsed, (one, other) => {
        const [shorter, longer] = [Math.min(one, other), Math.max(one, other)]

        expect(pollIntervalMs(shorter)).toBeLessThanOrEqual(pollIntervalMs(longer))
      }),
    )
  })
})
