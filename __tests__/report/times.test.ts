import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Times } from '../../src/report/times.js'
import { csvOfRecords, reportOf } from '../helpers/read-export.js'

const parse = (text: string): number => new Times().parse(text)
const iso = (text: string): string => new Date(parse(text)).toISOString()

describe('a time', () => {
  test.each([
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T13:00:00Z', '2026-11-01T13:00:00.000Z'],
    ['2026-11-01t13:00:00z', '2026-11-01T13:00:00.000Z'],
    ['2026-11-01 13:00', '2026-11-01T13:00:00.000Z'],
    ['2026-11-01T13:00:00.1234567Z', '2026-11-01T13:00:00.123Z'],
    ['2026-11-01T13:00:00,5', '2026-11-01T13:00:00.500Z'],
    ['2026-11-01T13:00:00+00:00', '2026-11-01T13:00:00.000Z'],
    ['2026-11-01T13:00:00+00', '2026-11-01T13:00:00.000Z'],
    ['2026-11-01T13:00:00.5+0700', '2026-11-01T06:00:00.500Z'],
    ['2026-11-01 01:00:00 -03:30', '2026-11-01T04:30:00.000Z'],
    ['2026-11-01 13:00:00 UTC', '2026-11-01T13:00:00.000Z'],
    ['11/01/2026 13:00:00', '2026-11-01T13:00:00.000Z'],
    ['11/1/2026 1:00:00 PM', '2026-11-01T13:00:00.000Z'],
    ['11/1/2026 12:30:00 AM', '2026-11-01T00:30:00.000Z'],
    ['11/01/2026 13:00:00 +07:00', '2026-11-01T06:00:00.000Z'],
    ['2026/11/01 13:00:00', '2026-11-01T13:00:00.000Z'],
    ['01.11.2026 13:00', '2026-11-01T13:00:00.000Z'],
    ['Sun, 01 Nov 2026 13:00:00 GMT', '2026-11-01T13:00:00.000Z'],
    ['1-Nov-2026 13:00', '2026-11-01T13:00:00.000Z'],
    ['November 1, 2026', '2026-11-01T00:00:00.000Z'],
    ['20261101T130000Z', '2026-11-01T13:00:00.000Z'],
  ])('is read in a form that has one meaning: %s', (text, expected) => {
    expect(iso(text)).toBe(expected)
  })

  test.each([
    ...['', 'yesterday', '25/11/2026 13:00:00', '2026-02-30', '2026-13-01', '2026-11-01T24:00:00Z'],
    ...[
      '2026-11-01T13:60:00Z',
      '2026-11-01T13',
      '2026-11-01T13:00:00.Z',
      '2026-11-01T13:00:00 EST',
    ],
    ...['2026-11-01T13:00:00+25:00', '11/01/26', '0000-01-01T00:00:00+01:00', '6591234567'],
    ...['2026-11-01T13:00:00Zz', '2026-11-01x13:00:00Z', '1'.repeat(1_000_000)],
  ])('is none: %s', (text) => {
    expect(parse(text)).toBeNaN()
  })

  test.each([
    '2026-10-31T23:59:59.9999999Z',
    '2026-10-31T23:59:59.999999999Z',
    '2026-10-31T23:59:59.9999999+00:00',
    '2026-11-01T02:59:59.99999999+03:00',
  ])('of the last moment of a day is of that day: %s', (createdat) => {
    const { days } = reportOf([csvOfRecords([{ createdat }])])

    expect(Object.keys(days ?? {})).toEqual(['2026-10-31'])
  })

  test('of any instant and zone is what Date makes of it', () => {
    const times = new Times()

    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true }),
        fc.integer({ min: -14 * 60, max: 14 * 60 }),
        (date, offset) => {
          const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1)
          const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60]
          const zone = [hours, minutes].map((part) => String(part).padStart(2, '0')).join(':')
          const ms = times.parse(`${local}${offset < 0 ? '-' : '+'}${zone}`)

          expect(ms).toBeCloseTo(date.getTime(), 3)
          expect(times.periodOf(date.getTime())).toEqual({
            day: date.toISOString().slice(0, 10),
            hour: date.toISOString().slice(0, 13),
          })
        },
      ),
    )
  })
})
