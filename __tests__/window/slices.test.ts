import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Mistake } from '../../src/errors.js'
import type { Moment } from '../../src/window/moment.js'
import { parseTimeZone } from '../../src/window/time-zone.js'
import { SLICES, type Slice, sliceWindow } from '../../src/window/window.js'
import { firstInstantOn, instantOfApiForm, wallClockAt } from '../helpers/wall-clock.js'

const momentAt = (text: string): Moment => ({ instant: Date.parse(text), sent: text })

function sentSlices(from: string, to: string, slice: Slice, zone = 'UTC'): string[] {
  const window = { from: momentAt(from), to: momentAt(to) }
  const slices = sliceWindow(window, slice, parseTimeZone(zone))
  return [...slices.map((one) => one.from.sent), slices.at(-1)?.to.sent ?? '']
}

describe('a window in slices', () => {
  test('is cut where months begin, and keeps its own ends as they were written', () => {
    expect(sentSlices('2026-08-15T09:00:00Z', '2026-10-31', 'month')).toEqual([
      '2026-08-15T09:00:00Z',
      '2026-09-01T00:00:00+00:00',
      '2026-10-01T00:00:00+00:00',
      '2026-10-31',
    ])
  })

  test('is cut on Mondays', () => {
    expect(sentSlices('2026-11-04', '2026-11-17', 'week', 'Asia/Singapore')).toEqual([
      '2026-11-04',
      '2026-11-09T00:00:00+08:00',
      '2026-11-16T00:00:00+08:00',
      '2026-11-17',
    ])
  })

  test('has days of 23 and of 25 hours where clocks change', () => {
    expect(
      sentSlices('2026-03-28T00:00:00+01:00', '2026-03-30T00:00:00+02:00', 'day', 'Europe/Berlin'),
    ).toEqual([
      '2026-03-28T00:00:00+01:00',
      '2026-03-29T00:00:00+01:00',
      '2026-03-30T00:00:00+02:00',
    ])
    expect(
      sentSlices('2026-10-25T00:00:00+02:00', '2026-10-27T00:00:00+01:00', 'day', 'Europe/Berlin'),
    ).toEqual([
      '2026-10-25T00:00:00+02:00',
      '2026-10-26T00:00:00+01:00',
      '2026-10-27T00:00:00+01:00',
    ])
  })

  test('begins a day at its first instant where clocks skip its midnight', () => {
    expect(
      sentSlices('2026-04-23T00:00:00+02:00', '2026-04-25T00:00:00+03:00', 'day', 'Africa/Cairo'),
    ).toEqual([
      '2026-04-23T00:00:00+02:00',
      '2026-04-24T01:00:00+03:00',
      '2026-04-25T00:00:00+03:00',
    ])
  })

  test('has no slice for a day that a zone has left out', () => {
    expect(
      sentSlices('2011-12-29T00:00:00-10:00', '2012-01-01T00:00:00+14:00', 'day', 'Pacific/Apia'),
    ).toEqual([
      '2011-12-29T00:00:00-10:00',
      '2011-12-31T00:00:00+14:00',
      '2012-01-01T00:00:00+14:00',
    ])
  })

  test('has 256 slices at most', () => {
    expect(() => sentSlices('2026-01-01', '2026-09-15', 'day')).toThrow(Mistake)
    expect(sentSlices('2026-01-01', '2026-09-14', 'day')).toHaveLength(257)
  })

  const second = (date: string): number => Date.parse(date) / 1000
  const recent = fc.tuple(
    fc.constantFrom(
      'UTC',
      'Asia/Kathmandu',
      'Europe/Berlin',
      'Australia/Lord_Howe',
      'America/Havana',
    ),
    fc.integer({ min: second('2020-01-01'), max: second('2030-01-01') }),
  )
  // Clocks that went back over midnight, skipped it, or left out a day.
  const odd = fc.oneof(
    fc.tuple(
      fc.constant('America/St_Johns'),
      fc.integer({ min: second('2010-10-01'), max: second('2010-11-08') }),
    ),
    fc.tuple(
      fc.constant('America/Sao_Paulo'),
      fc.integer({ min: second('2017-08-20'), max: second('2018-02-20') }),
    ),
    fc.tuple(
      fc.constant('Pacific/Apia'),
      fc.integer({ min: second('2011-11-15'), max: second('2012-01-05') }),
    ),
  )

  test('loses no instant and has none twice, and is cut where the wall clock begins a slice', () => {
    fc.assert(
      fc.property(
        fc.oneof(recent, odd),
        fc.constantFrom(...SLICES),
        fc.integer({ min: 1, max: 60 * 86_400 }),
        ([zone, startSecond], slice, seconds) => {
          const from = momentAt(new Date(startSecond * 1000).toISOString())
          const to = momentAt(new Date((startSecond + seconds) * 1000).toISOString())

          const slices = sliceWindow({ from, to }, slice, parseTimeZone(zone))

          expect(slices[0]?.from).toBe(from)
          expect(slices.at(-1)?.to).toBe(to)
          for (const [index, { from: start, to: end }] of slices.entries()) {
            expect(start.instant).toBeLessThan(end.instant)
            if (index === 0) continue
            expect(start).toBe(slices[index - 1]?.to)
            expect(instantOfApiForm(start.sent)).toBe(start.instant)
            const day = wallClockAt(start.instant, zone).slice(0, 10)
            expect(firstInstantOn(day, zone)).toBe(start.instant)
            if (slice === 'month') expect(day.slice(8)).toBe('01')
            if (slice === 'week') expect(new Date(day).getUTCDay()).toBe(1)
          }
        },
      ),
      { numRuns: 30 },
    )
  })
})
