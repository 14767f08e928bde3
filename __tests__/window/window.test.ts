import { describe, expect, test } from 'vitest'
import { InputError } from '../../src/errors.js'
import { parseMoment } from '../../src/window/moment.js'
import { parseTimeZone, UTC } from '../../src/window/time-zone.js'
import { checkWindow } from '../../src/window/window.js'

const NOW = Date.parse('2026-11-24T10:20:30Z')

function check(from?: string, to?: string): string[] {
  const moment = (text?: string) =>
    text === undefined ? undefined : parseMoment(text, { zone: UTC, now: NOW })
  return checkWindow({ from: moment(from), to: moment(to) }, { zone: UTC, now: NOW })
}

function mistakeOf(from?: string, to?: string): string {
  try {
    check(from, to)
  } catch (error) {
    if (error instanceof InputError) return error.message
    throw error
  }
  return 'none'
}

describe('a window with both ends', () => {
  test.each([
    ['2026-11-01', '2026-11-02'],
    ['2026-11-01T00:00:00+08:00', '2026-11-01'],
    ['2026-11-01T00:00:00', '2026-11-01T00:00:01'],
  ])('from %s to %s is fine', (from, to) => {
    expect(check(from, to)).toEqual([])
  })

  test.each([
    ['2026-11-02', '2026-11-01'],
    ['2026-11-01', '2026-11-01'],
    ['2026-11-01', '2026-11-01T08:00:00+08:00'],
    ['now', 'now'],
  ])('from %s to %s is empty, and refused', (from, to) => {
    expect(mistakeOf(from, to)).toMatch(/^from: .* than to, /)
  })

  test.each([
    ['2026-11-01', '2026-11-01', true],
    ['2026-11-01T00:00:00+08:00', '2026-11-01T00:00:00+08:00', true],
    ['2026-11-02', '2026-11-01', false],
    ['now', 'now', false],
  ])('from %s to %s is told of the next day: %s', (from, to, isTold) => {
    expect(mistakeOf(from, to).includes('the next day')).toBe(isTold)
  })
})

describe('a window whose end is left to the API', () => {
  test('begins in the past', () => {
    expect(check('2026-11-23T23:59:59')).toEqual([])
    expect(mistakeOf('2026-11-24T10:20:29')).toBe('none')
  })

  test.each(['now', '2026-11-24T10:20:30', '2026-11-25'])(
    'is refused where it begins at %s',
    (from) => {
      expect(mistakeOf(from)).toMatch(/^from: .* past/)
    },
  )

  test.each(['2026-11-24', '2026-11-24T10:20:29'])(
    'gets a warning where it begins today, at %s',
    (from) => {
      expect(check(from)).toEqual([expect.stringMatching(/from is today.*to: now/)])
    },
  )

  test('gets no warning where its end is given', () => {
    expect(check('2026-11-24', 'now')).toEqual([])
  })
})

describe('a window whose start is left to the API', () => {
  test.each(['2026-11-17T00:00:01', '2026-11-18', 'now'])('may end at %s', (to) => {
    expect(check(undefined, to)).toEqual([])
  })

  test.each(['2026-11-17', '2026-11-16T23:59:59', '2025-01-01'])(
    'is refused where it ends at %s',
    (to) => {
      expect(mistakeOf(undefined, to)).toMatch(
        /^to: \S+ is not later than 2026-11-17T00:00:00\+00:00/,
      )
    },
  )
})

describe('a window that is all the API’s', () => {
  test('is fine', () => {
    expect(check()).toEqual([])
  })
})

describe('a window older than the 6 months that the API keeps', () => {
  test('gets a warning of what will be missing', () => {
    expect(check('2026-05-24T10:20:29', '2026-06-01')).toEqual([
      expect.stringMatching(
        /6 months.*2026-05-24T10:20:29: .*before 2026-05-24T10:20:30\+00:00 will be missing/,
      ),
    ])
  })

  test('gets a warning where nothing will be left', () => {
    expect(check('2020-01-01', '2026-05-24T10:20:30')).toEqual([
      expect.stringMatching(/6 months.*2020-01-01: .*empty/),
    ])
  })

  test('gets a warning where its end is left to the API, too', () => {
    expect(check('2020-01-01')).toEqual([
      expect.stringMatching(/6 months.*2020-01-01: .*2026-05-24T10:20:30\+00:00 will be missing/),
    ])
  })

  test('is not one that begins 6 months ago to the second', () => {
    expect(check('2026-05-24T10:20:30', 'now')).toEqual([])
  })

  test('is not one that begins at now-6M, in whatever zone and at whatever time', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Singapore', 'Pacific/Auckland']
    for (const name of zones) {
      const zone = parseTimeZone(name)
      for (let hours = 0; hours < 366 * 24; hours += 5) {
        const now = NOW + hours * 3_600_000
        const from = parseMoment('now-6M', { zone, now })
        expect(checkWindow({ from, to: { instant: now, sent: 'now' } }, { zone, now })).toEqual([])
      }
    }
  })

  test('is one that begins a day before now-6M in its zone', () => {
    const zone = parseTimeZone('Asia/Singapore')
    const from = parseMoment('now-6M-1d', { zone, now: NOW })

    expect(checkWindow({ from }, { zone, now: NOW })).toHaveLength(1)
  })
})

describe('a window in the future', () => {
  test('gets a warning', () => {
    expect(check('2026-11-24T10:20:31', '2026-11-25')).toEqual([
      expect.stringMatching(/2026-11-24T10:20:31.*future.*empty/),
    ])
  })

  test('is not one that begins now', () => {
    expect(check('now', '2026-11-25')).toEqual([])
  })
})
