import { describe, expect, test } from 'vitest'
import { InputError } from '../../src/errors.js'
import { parseMoment, resolveMoment } from '../../src/window/moment.js'
import { UTC } from '../../src/window/time-zone.js'
import { checkWindow } from '../../src/window/window.js'

const NOW = Date.parse('2026-11-24T10:20:30Z')

function check(from?: string, to?: string): string[] {
  const moment = (text?: string) =>
    text === undefined ? undefined : resolveMoment(parseMoment(text), UTC, NOW)
  return checkWindow({ from: moment(from), to: moment(to) }, NOW)
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
    expect(mistakeOf(from, to)).toMatch(
      /^from: \S+ is not earlier than to, \S+\. Write an earlier from, or a later to\.$/,
    )
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
      expect(mistakeOf(from)).toMatch(
        /^from: \S+ is not in the past, and to is left to the API, which ends at today\. Write an earlier from, or give to\.$/,
      )
    },
  )

  test.each(['2026-11-24', '2026-11-24T10:20:29'])(
    'gets a warning where it begins today, at %s',
    (from) => {
      expect(check(from)).toEqual([
        'from is today and to is not given: the API may end the window at the midnight before it, and find nothing. Write to: now.',
      ])
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
        /^to: \S+ is not later than 2026-11-17T00:00:00\+00:00, the start that the API takes where from is not given\. Give from as well\.$/,
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
      'The API keeps logs for 6 months, and from is 2026-05-24T10:20:29: records from before 2026-05-24T10:20:30+00:00 will be missing.',
    ])
  })

  test('gets a warning where nothing will be left', () => {
    expect(check('2020-01-01', '2026-05-24T10:20:30')).toEqual([
      'The API keeps logs for 6 months, and from is 2020-01-01: the export will probably be empty.',
    ])
  })

  test('gets a warning where its end is left to the API, too', () => {
    expect(check('2020-01-01')).toEqual([
      'The API keeps logs for 6 months, and from is 2020-01-01: records from before 2026-05-24T10:20:30+00:00 will be missing.',
    ])
  })

  test('is not one that begins 6 months ago to the second', () => {
    expect(check('2026-05-24T10:20:30', 'now')).toEqual([])
  })
})

describe('a window in the future', () => {
  test('gets a warning', () => {
    expect(check('2026-11-24T10:20:31', '2026-11-25')).toEqual([
      'from is 2026-11-24T10:20:31, which is in the future: the export will probably be empty.',
    ])
  })

  test('is not one that begins now', () => {
    expect(check('now', '2026-11-25')).toEqual([])
  })
})
