import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Room } from '../../src/report/names.js'
import { bucketOf, percentilesOf, Sketch } from '../../src/report/sketch.js'

const TEN_DAYS_MS = 864_000_000

/** Mostly as deliveries are, some of them very quick or very slow. */
const times = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 60_000 }),
    fc.double({ min: 1, max: TEN_DAYS_MS, noNaN: true }),
  ),
  { minLength: 1, maxLength: 200 },
)

function sketchOf(timesMs: readonly number[], room = new Room()): Sketch {
  const sketch = new Sketch(room)
  for (const timeMs of timesMs) sketch.add(bucketOf(timeMs))
  return sketch
}

function truePercentile(timesMs: readonly number[], percent: number): number {
  const sorted = [...timesMs].sort((a, b) => a - b)
  return (sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN) / 1_000
}

describe('a percentile', () => {
  test('is within 1 % of the true one', () => {
    fc.assert(
      fc.property(times, (timesMs) => {
        const found = percentilesOf(sketchOf(timesMs).plain())

        for (const percent of [50, 95, 99] as const) {
          const expected = truePercentile(timesMs, percent)
          const error = Math.abs((found?.[`p${percent}`] ?? Number.NaN) - expected)
          expect(error).toBeLessThanOrEqual(0.01 * expected + 0.001)
        }
      }),
    )
  })

  test('is the same however the times are parted and added up', () => {
    fc.assert(
      fc.property(times, times, (some, others) => {
        const sum = sketchOf(some)
        sum.addAll(sketchOf(others).plain())

        expect(sum.plain()).toEqual(sketchOf([...some, ...others]).plain())
      }),
    )
  })

  test('of whole seconds is a whole number of them', () => {
    const at = (seconds: number) => percentilesOf(sketchOf([seconds * 1_000]).plain())?.p50

    for (const seconds of [0, 1, 2, 3, 7, 17, 28, 59, 90]) expect(at(seconds)).toBe(seconds)
    expect(percentilesOf([])).toBeNull()
  })

  test('leaves out what is negative, above ten days, or no time', () => {
    expect([-1, TEN_DAYS_MS + 1, Number.NaN].map(bucketOf)).toEqual([-1, -1, -1])
    expect(bucketOf(TEN_DAYS_MS)).toBeGreaterThan(0)
  })

  test('is not kept where all sketches together have no room left', () => {
    const room = new Room()
    room.cells = 100
    const spread = Array.from({ length: 40 }, (_, at) => 2 ** (at / 2))

    sketchOf(spread, room)

    expect([...room.crowded]).toEqual(['timeToDeliver'])
  })
})
