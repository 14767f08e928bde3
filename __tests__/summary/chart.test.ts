import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatChart } from '../../src/summary/charts.js'
import { parseChart } from '../helpers/mermaid-chart.js'

const sourceOf = (markdown: string): string => /^```mermaid\n(.*)\n```$/s.exec(markdown)?.[1] ?? ''

const chartOf = (values: readonly number[], highest?: number) =>
  parseChart(
    sourceOf(
      formatChart({
        title: 'Messages by day',
        bars: values.map((value, index) => ({ label: `${index + 1} Nov`, value })),
        ...(highest !== undefined && { highest }),
      }),
    ),
  )

describe('a chart, as mermaid reads it', () => {
  test('has the title, the labels and the bars', async () => {
    expect(await chartOf([3, 0, 2.5])).toEqual({
      title: 'Messages by day',
      labels: ['1 Nov', '2 Nov', '3 Nov'],
      values: [3, 0, 2.5],
      axis: [0, 3],
    })
  })

  test.each([
    ['begins at 0 and ends at the highest bar', [1_000_000, 5], undefined, [0, 1_000_000]],
    ['ends where it is told to', [93.9, 12], 100, [0, 100]],
    ['has a height where all bars are 0', [0, 0], undefined, [0, 1]],
    ['goes below 0 where a bar does', [-3.5, 2], undefined, [-3.5, 2]],
    ['has a height where all bars are below 0', [-3], undefined, [-3, 0]],
    ['has room for a very low bar', [0.0001], undefined, [0, 0.0001]],
  ])('%s', async (_, values, highest, axis) => {
    expect((await chartOf(values, highest)).axis).toEqual(axis)
  })

  test('has each bar to four decimals, whatever its size', async () => {
    const value = fc.double({ min: -1e15, max: 1e15, noNaN: true })
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 35 }), async (values) => {
        const { values: bars, axis } = await chartOf(values)

        expect(bars).toEqual(values.map((bar) => Number(bar.toFixed(4)) + 0))
        expect(axis[1]).toBeGreaterThan(axis[0])
      }),
      { numRuns: 20, seed: 3 },
    )
  })
})
