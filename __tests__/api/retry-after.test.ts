import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseRetryAfter } from '../../src/api/retry-after.js'

const NOW = Date.parse('2026-11-24T10:20:30Z')

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    ['1', 1_000],
    ['120', 120_000],
    [' 5 ', 5_000],
    ['007', 7_000],
    ['Tue, 24 Nov 2026 10:21:00 GMT', 30_000],
    ['Tuesday, 24-Nov-26 10:21:00 GMT', 30_000],
    ['Tue Nov 24 10:21:00 2026', 30_000],
    ['Tue, 24 Nov 2026 10:20:30 GMT', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 0],
  ])('%j is %i ms', (header, ms) => {
    expect(parseRetryAfter(header, NOW)).toBe(ms)
  })

  test.each([
    undefined,
    '',
    ' ',
    '-1',
    '+1',
    '1.5',
    '1e3',
    '0x10',
    '5s',
    '1, 2',
    'soon',
    'never',
    '2026-11-24T10:21:00Z',
    'Tue, 99 Nov 2026 10:21:00 GMT',
    'Tue, 24 Foo 2026 10:21:00 GMT',
    '٣',
  ])('%j is none', (header) => {
    expect(parseRetryAfter(header, NOW)).toBeUndefined()
  })

  test('is never negative and never broken', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const ms = parseRetryAfter(header, NOW)
        if (ms !== undefined) expect(ms).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 500 },
    )
  })

  test('as a date of HTTP is the time until then', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (seconds) => {
        const header = new Date(NOW + seconds * 1_000).toUTCString()
        expect(parseRetryAfter(header, NOW)).toBe(seconds * 1_000)
      }),
    )
  })
})
