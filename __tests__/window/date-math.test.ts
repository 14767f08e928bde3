import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Mistake } from '../../src/errors.js'
import { parseMoment } from '../../src/window/moment.js'
import { parseTimeZone } from '../../src/window/time-zone.js'
import { mistakeOf } from '../helpers/mistakes.js'
import {
  firstInstantOn,
  instantOfApiForm,
  instantsShowing,
  wallClockAt,
} from '../helpers/wall-clock.js'

const NOW = '2026-11-24T10:20:30Z'

const sent = (text: string, { zone = 'UTC', now = NOW } = {}): string =>
  parseMoment(text, { zone: parseTimeZone(zone), now: Date.parse(now) }).sent

describe('date math in UTC on 2026-11-24 at 10:20:30', () => {
  test.each([
    ['now', '2026-11-24T10:20:30+00:00'],
    ['now-7d', '2026-11-17T10:20:30+00:00'],
    ['now+1h', '2026-11-24T11:20:30+00:00'],
    ['now-90s', '2026-11-24T10:19:00+00:00'],
    ['now+40m', '2026-11-24T11:00:30+00:00'],
    ['now-2w', '2026-11-10T10:20:30+00:00'],
    ['now-1M', '2026-10-24T10:20:30+00:00'],
    ['now-1y', '2025-11-24T10:20:30+00:00'],
    ['now-0d', '2026-11-24T10:20:30+00:00'],
    ['now-1d+2h-30m', '2026-11-23T11:50:30+00:00'],
    ['now+1M-1d', '2026-12-23T10:20:30+00:00'],
    ['now/s', '2026-11-24T10:20:30+00:00'],
    ['now/m', '2026-11-24T10:20:00+00:00'],
    ['now/h', '2026-11-24T10:00:00+00:00'],
    ['now/d', '2026-11-24T00:00:00+00:00'],
    ['now/w', '2026-11-23T00:00:00+00:00'],
    ['now/M', '2026-11-01T00:00:00+00:00'],
    ['now/y', '2026-01-01T00:00:00+00:00'],
    ['now-1M/M', '2026-10-01T00:00:00+00:00'],
    ['now-1w/w', '2026-11-16T00:00:00+00:00'],
    ['now-11M/M', '2025-12-01T00:00:00+00:00'],
  ])('%s is %s', (text, expected) => {
    expect(sent(text)).toBe(expected)
  })
})

describe('a step by the calendar', () => {
  test.each([
    ['now-1M', '2026-03-31T12:00:00Z', '2026-02-28T12:00:00+00:00'],
    ['now-1M', '2024-03-31T12:00:00Z', '2024-02-29T12:00:00+00:00'],
    ['now+1M', '2026-01-31T12:00:00Z', '2026-02-28T12:00:00+00:00'],
    ['now-1y', '2024-02-29T12:00:00Z', '2023-02-28T12:00:00+00:00'],
    ['now-1M-1M', '2026-03-31T12:00:00Z', '2026-01-28T12:00:00+00:00'],
    ['now-1d', '2026-03-01T00:00:00Z', '2026-02-28T00:00:00+00:00'],
  ])('%s from %s stays in the month that it leads to: %s', (text, now, expected) => {
    expect(sent(text, { now })).toBe(expected)
  })

  test.each([
    ['now-1d', '2026-03-29T10:00:00Z', 'Europe/Berlin', '2026-03-28T12:00:00+01:00'],
    ['now-24h', '2026-03-29T10:00:00Z', 'Europe/Berlin', '2026-03-28T11:00:00+01:00'],
    ['now-1w', '2026-11-02T17:00:00Z', 'America/New_York', '2026-10-26T12:00:00-04:00'],
    ['now+1d', '2026-10-03T15:15:00Z', 'Australia/Lord_Howe', '2026-10-05T01:45:00+11:00'],
  ])(
    'keeps the time of the day where clocks change: %s at %s in %s is %s',
    (text, now, zone, expected) => {
      expect(sent(text, { now, zone })).toBe(expected)
    },
  )

  test('that leads into a gap goes as far past it', () => {
    expect(sent('now-1d', { now: '2026-03-30T00:30:00Z', zone: 'Europe/Berlin' })).toBe(
      '2026-03-29T03:30:00+02:00',
    )
    expect(sent('now+1d', { now: '2026-10-02T15:45:00Z', zone: 'Australia/Lord_Howe' })).toBe(
      '2026-10-04T02:45:00+11:00',
    )
  })

  test('that leads to a time that comes twice takes the first', () => {
    expect(sent('now-1d', { now: '2026-10-26T01:30:00Z', zone: 'Europe/Berlin' })).toBe(
      '2026-10-25T02:30:00+02:00',
    )
  })

  test('of nothing stays where it is, also in the second of two hours', () => {
    expect(sent('now-0d', { now: '2026-10-25T01:30:00Z', zone: 'Europe/Berlin' })).toBe(
      '2026-10-25T02:30:00+01:00',
    )
  })
})

describe('rounding down', () => {
  test.each([
    [
      'the first of two hours',
      'now/h',
      '2026-11-01T05:30:00Z',
      'America/New_York',
      '2026-11-01T01:00:00-04:00',
    ],
    [
      'the second of two hours',
      'now/h',
      '2026-11-01T06:30:00Z',
      'America/New_York',
      '2026-11-01T01:00:00-05:00',
    ],
    [
      'the second of two hours',
      'now/m',
      '2026-11-01T06:30:40Z',
      'America/New_York',
      '2026-11-01T01:30:00-05:00',
    ],
    [
      'an hour that lasts 90 minutes',
      'now/h',
      '2026-04-04T15:15:00Z',
      'Australia/Lord_Howe',
      '2026-04-05T01:00:00+11:00',
    ],
    [
      'an hour of 30 minutes',
      'now/h',
      '2026-10-03T15:45:00Z',
      'Australia/Lord_Howe',
      '2026-10-04T02:30:00+11:00',
    ],
    [
      'an hour at a half hour’s offset',
      'now/h',
      '2026-11-24T10:20:30Z',
      'Asia/Kolkata',
      '2026-11-24T15:00:00+05:30',
    ],
    [
      'a day without midnight',
      'now/d',
      '2026-04-24T10:00:00Z',
      'Africa/Cairo',
      '2026-04-24T01:00:00+03:00',
    ],
    [
      'a day with two midnights',
      'now/d',
      '2026-11-01T05:30:00Z',
      'America/Havana',
      '2026-11-01T00:00:00-04:00',
    ],
    [
      'a day of the zone',
      'now/d',
      '2026-11-24T16:30:00Z',
      'Asia/Singapore',
      '2026-11-25T00:00:00+08:00',
    ],
    ['a week', 'now/w', '2026-11-22T15:59:59Z', 'Asia/Singapore', '2026-11-16T00:00:00+08:00'],
    ['a week', 'now/w', '2026-11-22T16:00:00Z', 'Asia/Singapore', '2026-11-23T00:00:00+08:00'],
    [
      'a week over a clock change',
      'now/w',
      '2026-04-01T10:00:00Z',
      'Europe/Berlin',
      '2026-03-30T00:00:00+02:00',
    ],
    [
      'a month over a clock change',
      'now/M',
      '2026-04-01T10:00:00Z',
      'Europe/Berlin',
      '2026-04-01T00:00:00+02:00',
    ],
    [
      'a year of the zone',
      'now/y',
      '2026-12-31T20:00:00Z',
      'Asia/Tokyo',
      '2027-01-01T00:00:00+09:00',
    ],
    [
      'a month without its first midnight',
      'now/M',
      '2026-03-31T22:00:00Z',
      'UTC',
      '2026-03-01T00:00:00+00:00',
    ],
  ])('stays in %s: %s at %s in %s is %s', (_, text, now, zone, expected) => {
    expect(sent(text, { now, zone })).toBe(expected)
  })
})

describe('what is no date math', () => {
  test.each([
    'now-',
    'now-d',
    'now-7',
    'now7d',
    'now-1.5d',
    'now/',
    'now/q',
    'now/d/d',
    'now--1d',
    'nowish',
    'now||-1d',
    'now-１d',
  ])('%j is refused, with how it is written', (text) => {
    const mistake = mistakeOf(sent, text)

    expect(mistake).toContain(`"${text}"`)
    expect(mistake).not.toContain('?')
    expect(mistake).toContain('y M w d h m s')
  })

  test.each([
    ['now-7D', 'now-7d'],
    ['now-7days', 'now-7d'],
    ['now-1month/month', 'now-1M/M'],
    ['now-30min', 'now-30m'],
    ['now - 7d', 'now-7d'],
    ['now/Y', 'now/y'],
    ['now/d-1d', 'now-1d/d'],
    ['NOW', 'now'],
    ['Now-1d', 'now-1d'],
    ['now\n', 'now'],
  ])('%j is refused, and %s is meant', (text, meant) => {
    expect(mistakeOf(sent, text)).toContain(`did you mean ${meant}?`)
  })

  test.each([
    'now-3000y',
    'now+8000y',
    'now-99999999999999999999d',
    'now+999999999999h',
    'now-9999999999999s',
  ])('%s leads too far', (text) => {
    expect(() => sent(text)).toThrow(Mistake)
    expect(() => sent(text)).toThrow('0001 to 9999')
    expect(() => sent(text, { zone: 'Asia/Singapore' })).toThrow('0001 to 9999')
  })
})

describe('any date math', () => {
  const zones = fc.constantFrom('UTC', ...Intl.supportedValuesOf('timeZone'))
  const nows = fc.integer({
    min: Date.parse('1995-01-01T00:00:00Z') / 1000,
    max: Date.parse('2035-01-01T00:00:00Z') / 1000,
  })

  test('rounds to the day as an independent reckoning does', () => {
    fc.assert(
      fc.property(zones, nows, (zone, seconds) => {
        const now = seconds * 1000

        const text = sent('now/d', { zone, now: new Date(now).toISOString() })

        expect(instantOfApiForm(text)).toBe(
          firstInstantOn(wallClockAt(now, zone).slice(0, 10), zone),
        )
      }),
      { numRuns: 60 },
    )
  })

  test('steps by days as an independent reckoning does', () => {
    fc.assert(
      fc.property(zones, nows, fc.integer({ min: 1, max: 400 }), (zone, seconds, days) => {
        const now = new Date(seconds * 1000).toISOString()
        const wall = wallClockAt(seconds * 1000, zone)
        const target = new Date(Date.parse(`${wall}Z`) - days * 86_400_000)
          .toISOString()
          .slice(0, 19)
        const [first] = instantsShowing(target, zone)

        const stepped = instantOfApiForm(sent(`now-${days}d`, { zone, now }))

        // A step into a gap has no wall clock to compare with: it is past it by less than a day.
        if (first === undefined) expect(wallClockAt(stepped, zone) > target).toBe(true)
        else expect(stepped).toBe(first)
      }),
      { numRuns: 150 },
    )
  })

  test('steps by hours as the clock goes, whatever the zone', () => {
    fc.assert(
      fc.property(zones, nows, fc.integer({ min: -5000, max: 5000 }), (zone, seconds, hours) => {
        const text = `now${hours < 0 ? '' : '+'}${hours}h`

        const stepped = instantOfApiForm(
          sent(text, { zone, now: new Date(seconds * 1000).toISOString() }),
        )

        expect(stepped).toBe((seconds + hours * 3600) * 1000)
      }),
      { numRuns: 150 },
    )
  })

  test('rounds to no later than itself, and to the same when rounded again', () => {
    const units = fc.constantFrom('y', 'M', 'w', 'd', 'h', 'm', 's')
    fc.assert(
      fc.property(zones, nows, units, (zone, seconds, unit) => {
        const once = sent(`now/${unit}`, { zone, now: new Date(seconds * 1000).toISOString() })
        const rounded = instantOfApiForm(once)

        expect(rounded).toBeLessThanOrEqual(seconds * 1000)
        expect(sent(`now/${unit}`, { zone, now: new Date(rounded).toISOString() })).toBe(once)
      }),
      { numRuns: 300 },
    )
  })

  test('is a moment or a mistake, whatever is written', () => {
    const pieces = fc.array(
      fc.constantFrom('-', '+', '/', '1', '9999', 'd', 'M', 'y', 'h', ' ', 'now'),
      {
        maxLength: 12,
      },
    )
    fc.assert(
      fc.property(pieces, zones, (parts, zone) => {
        try {
          expect(instantOfApiForm(sent(`now${parts.join('')}`, { zone }))).not.toBeNaN()
        } catch (error) {
          expect(error).toBeInstanceOf(Mistake)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
