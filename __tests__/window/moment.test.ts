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

const NOW = Date.parse('2026-11-24T10:20:30Z')

const momentIn = (text: string, zone = 'UTC') =>
  parseMoment(text, { zone: parseTimeZone(zone), now: NOW })
const sent = (text: string, zone?: string): string => momentIn(text, zone).sent

describe('a form of the API', () => {
  test.each([
    ['2026-11-01', '2026-11-01T00:00:00Z'],
    ['2026-11-01T13:00:00', '2026-11-01T13:00:00Z'],
    ['2026-11-01T13:00:00Z', '2026-11-01T13:00:00Z'],
    ['2026-11-01T13:00:00+07:00', '2026-11-01T06:00:00Z'],
    ['2026-11-01T00:30:00-09:30', '2026-11-01T10:00:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
    ['2000-02-29T23:59:59', '2000-02-29T23:59:59Z'],
    ['0001-01-01', '0001-01-01T00:00:00Z'],
    ['9999-12-31', '9999-12-31T00:00:00Z'],
  ])('%s is sent as it is under UTC, and stands for %s', (text, instant) => {
    expect(momentIn(text)).toEqual({ sent: text, instant: Date.parse(instant) })
  })

  test.each(['2026-11-01T13:00:00Z', '2026-11-01T13:00:00+07:00', '2026-11-01T13:00:00-00:00'])(
    '%s says its own offset, and is sent as it is in every zone',
    (text) => {
      expect(sent(text, 'Asia/Tokyo')).toBe(text)
    },
  )

  test.each([
    ['2026-11-01', 'Asia/Singapore', '2026-11-01T00:00:00+08:00'],
    ['2026-11-01T13:00:00', 'Asia/Kathmandu', '2026-11-01T13:00:00+05:45'],
    ['2026-07-01', 'America/St_Johns', '2026-07-01T00:00:00-02:30'],
    ['2026-07-01T08:00:00', 'Europe/London', '2026-07-01T08:00:00+01:00'],
    ['2026-12-01T08:00:00', 'Europe/London', '2026-12-01T08:00:00+00:00'],
    ['2026-12-01T08:00:00', 'america/new_york', '2026-12-01T08:00:00-05:00'],
    // Less than an hour behind UTC, and by odd seconds.
    ['1965-01-01', 'Africa/Monrovia', '1965-01-01T00:44:30Z'],
    ['1910-01-01T12:00:00', 'Europe/Dublin', '1910-01-01T12:25:21Z'],
  ])('%s in %s is sent as %s', (text, zone, expected) => {
    expect(sent(text, zone)).toBe(expected)
  })

  test.each([
    '',
    ' ',
    '26-11-01',
    '2026-11-01Z',
    '2026-11-01+07:00',
    '2026-11-01\n',
    '2026-11-01T13:00:00Z\n',
    '２０２６-11-01',
    '+2026-11-01',
    '-2026-11-01',
    '1761955200',
    '2026-W45',
  ])('%j is not one', (text) => {
    expect(mistakeOf(sent, text)).toMatch(/is not a moment\. .*2026-11-01T13:00:00.*now-7d/)
  })

  test.each([
    ['yesterday', 'now-1d/d'],
    ['Today', 'now/d'],
    ['last month', 'now-1M/M'],
    ['Last  Week', 'now-1w/w'],
    ['previous year', 'now-1y/y'],
    ['this month', 'now/M'],
    ['last 7 days', 'now-7d'],
    ['last-month', 'now-1M/M'],
    ['this_week', 'now/w'],
    ['last-30-days', 'now-30d'],
    ['3 months ago', 'now-3M'],
    ['-7d', 'now-7d'],
    ['2026-11', '2026-11-01'],
    ['2026-1-1', '2026-01-01'],
    ['2026/11/01', '2026-11-01'],
    ['1.11.2026', '2026-11-01'],
    ['20261101', '2026-11-01'],
    ['2026-11-01 13:00:00', '2026-11-01T13:00:00'],
    ['2026-11-01T13:00', '2026-11-01T13:00:00'],
    ['2026-11-01T9:00Z', '2026-11-01T09:00:00Z'],
    ['2026-11-01T13:00:00.5Z', '2026-11-01T13:00:00Z'],
    ['2026-11-01t13:00:00z', '2026-11-01T13:00:00Z'],
    ['2026-11-01T13:00:00 +07:00', '2026-11-01T13:00:00+07:00'],
    ['2026-11-01T13:00:00+0700', '2026-11-01T13:00:00+07:00'],
    ['2026-11-01T13:00:00+07', '2026-11-01T13:00:00+07:00'],
    ['2026-11-01T13:00:00-7:00', '2026-11-01T13:00:00-07:00'],
    ['2026-11-01 13:00:00 UTC', '2026-11-01T13:00:00Z'],
    ['20261101T130000Z', undefined],
    ['2026/02/30', undefined],
    ['11/01/2026', undefined],
    ['toString', undefined],
  ])('%s is not one, and %s is meant', (text, meant) => {
    const mistake = mistakeOf(sent, text)

    expect(mistake).toContain(`"${text.replace(/ +/, ' ')}"`)
    expect(mistake).toContain(meant ? ` ${meant}?` : '2026-11-01T13:00:00')
    expect(mistake.includes('?')).toBe(meant !== undefined)
  })

  test.each(['01/11/2026', '1-11-2026'])('%s is told that the year comes first', (text) => {
    expect(mistakeOf(sent, text)).toMatch(/year.* first.*2026-11-01/)
  })

  test.each([
    ['2026-11-01T13:00:00.000Z', '2026-11-01T13:00:00Z'],
    ['2026-11-01T13:00:00.0', '2026-11-01T13:00:00'],
    ['2026-11-01T13:00:00.000000000+07:00', '2026-11-01T13:00:00+07:00'],
  ])('%s is sent without its fraction of zeros: %s', (text, expected) => {
    expect(momentIn(text)).toEqual(momentIn(expected))
    expect(sent(text)).toBe(expected)
  })

  test.each([
    ['2026-02-30', /"2026-02-30".* 28 days/],
    ['2026-02-29', /"2026-02-29".* 28 days/],
    ['2024-02-30', /"2024-02-30".* 29 days/],
    ['1900-02-29', /"1900-02-29".* 28 days/],
    ['2026-04-31T10:00:00Z', /"2026-04-31".* 30 days/],
    ['2026-01-00', /"2026-01-00".* 31 days/],
    ['2026-00-10', /0001 to 9999.* 01 to 12/],
    ['2026-13-01', /0001 to 9999.* 01 to 12/],
    ['0000-01-01', /0001 to 9999.* 01 to 12/],
    ['2026-11-01T25:00:00', /"25:00:00".* 00:00:00 to 23:59:59/],
    ['2026-11-01T24:00:00', /"24:00:00".* 00:00:00 to 23:59:59/],
    ['2026-11-01T23:60:00', /"23:60:00".* 00:00:00 to 23:59:59/],
    ['2026-11-01T23:59:60Z', /"23:59:60".* 00:00:00 to 23:59:59/],
    ['2026-11-01T10:00:00+25:00', /"\+25:00".* \+07:00 or Z/],
    ['2026-11-01T10:00:00+24:00', /"\+24:00".*UTC/],
    ['2026-11-01T10:00:00-07:60', /"-07:60".*UTC/],
  ])('%s is refused with its reason', (text, reason) => {
    expect(() => sent(text)).toThrow(Mistake)
    expect(() => sent(text)).toThrow(reason)
  })

  test.each(['+23:59', '-23:59', '+14:00', '-00:30'])('may have the offset %s', (offset) => {
    const text = `2026-11-01T12:00:00${offset}`

    expect(momentIn(text).instant).toBe(Date.parse(text))
  })
})

describe('a date', () => {
  test.each([
    ['where midnight is skipped', '2026-04-24', 'Africa/Cairo', '2026-04-24T01:00:00+03:00'],
    ['where midnight is skipped', '2026-03-08', 'America/Havana', '2026-03-08T01:00:00-04:00'],
    ['where midnight comes twice', '2026-11-01', 'America/Havana', '2026-11-01T00:00:00-04:00'],
    ['after a second last hour', '2018-02-18', 'America/Sao_Paulo', '2018-02-18T00:00:00-03:00'],
    ['whose clocks change later', '2026-03-29', 'Europe/Berlin', '2026-03-29T00:00:00+01:00'],
  ])('%s begins at its first instant: %s in %s is %s', (_, date, zone, expected) => {
    expect(sent(date, zone)).toBe(expected)
  })

  test('that a zone has skipped is refused, with the gap', () => {
    expect(() => momentIn('2011-12-30', 'Pacific/Apia')).toThrow(
      /"2011-12-30".* Pacific\/Apia.* 2011-12-30 00:00 .* 2011-12-31 00:00/,
    )
  })
})

describe('a local time', () => {
  test.each([
    ['2026-03-29T02:30:00', 'Europe/Berlin', 'from 2026-03-29 02:00 straight to 2026-03-29 03:00'],
    ['2026-03-29T02:00:00', 'Europe/Berlin', 'from 2026-03-29 02:00 straight to 2026-03-29 03:00'],
    ['2026-03-29T02:59:59', 'Europe/Berlin', 'from 2026-03-29 02:00 straight to 2026-03-29 03:00'],
    [
      '2026-10-04T02:15:00',
      'Australia/Lord_Howe',
      'from 2026-10-04 02:00 straight to 2026-10-04 02:30',
    ],
    ['2026-04-24T00:30:00', 'Africa/Cairo', 'from 2026-04-24 00:00 straight to 2026-04-24 01:00'],
  ])('%s that %s skips is refused, with the gap', (text, zone, gap) => {
    expect(() => momentIn(text, zone)).toThrow(Mistake)
    expect(() => momentIn(text, zone)).toThrow(
      `does not exist in ${zone}: the clocks there go ${gap}.`,
    )
  })

  test.each([
    ['2026-03-29T01:59:59', 'Europe/Berlin', '2026-03-29T01:59:59+01:00'],
    ['2026-03-29T03:00:00', 'Europe/Berlin', '2026-03-29T03:00:00+02:00'],
    ['2026-10-04T02:30:00', 'Australia/Lord_Howe', '2026-10-04T02:30:00+11:00'],
  ])('%s at the edge of a gap in %s is sent as %s', (text, zone, expected) => {
    expect(sent(text, zone)).toBe(expected)
  })

  test.each([
    ['2026-10-25T02:30:00', 'Europe/Berlin', '2026-10-25T02:30:00+02:00'],
    ['2026-10-25T03:00:00', 'Europe/Berlin', '2026-10-25T03:00:00+01:00'],
    ['2026-11-01T01:30:00', 'America/New_York', '2026-11-01T01:30:00-04:00'],
    ['2026-04-05T01:45:00', 'Australia/Lord_Howe', '2026-04-05T01:45:00+11:00'],
  ])('%s that comes twice in %s is its first: %s', (text, zone, expected) => {
    expect(sent(text, zone)).toBe(expected)
  })
})

describe('any moment', () => {
  const zones = fc.constantFrom('UTC', ...Intl.supportedValuesOf('timeZone'))
  const instants = fc.integer({
    min: Date.parse('1990-01-01T00:00:00Z') / 1000,
    max: Date.parse('2037-12-31T00:00:00Z') / 1000,
  })
  /** Instants near a zone's clock changes, which chance would hardly meet. */
  const changes = fc
    .tuple(zones, fc.integer({ min: 1990, max: 2037 }), fc.integer({ min: 0, max: 11 }), fc.nat())
    .map(([zone, year, month, within]) => {
      for (let day = 1; day <= 28; day++) {
        const at = Date.UTC(year, month, day)
        if (offsetAt(at, zone) !== offsetAt(at + 86_400_000, zone)) {
          return { zone, instant: at / 1000 + (within % 86_400) }
        }
      }
      return { zone, instant: Date.UTC(year, month, 1) / 1000 + (within % 2_000_000) }
    })
  const places = fc.oneof(fc.record({ zone: zones, instant: instants }), changes)

  const offsetAt = (instant: number, zone: string): number =>
    Date.parse(`${wallClockAt(instant, zone)}Z`) - instant

  test('is sent as the instant that an independent reckoning gives', () => {
    fc.assert(
      fc.property(places, ({ zone, instant }) => {
        const wall = wallClockAt(instant * 1000, zone)

        const moment = momentIn(wall, zone)

        const [first] = instantsShowing(wall, zone)
        expect(moment.instant).toBe(first)
        expect(instantOfApiForm(moment.sent)).toBe(first)
      }),
      { numRuns: 150 },
    )
  })

  test('that no clock shows is refused', () => {
    fc.assert(
      fc.property(
        changes,
        fc.integer({ min: -10_800, max: 10_800 }),
        ({ zone, instant }, shift) => {
          const wall = new Date((instant + shift) * 1000).toISOString().slice(0, 19)
          const [first] = instantsShowing(wall, zone)

          if (first === undefined) expect(() => momentIn(wall, zone)).toThrow(Mistake)
          else expect(momentIn(wall, zone).instant).toBe(first)
        },
      ),
      { numRuns: 150 },
    )
  })

  test('that is a date is sent as the first instant of its day', () => {
    fc.assert(
      fc.property(places, ({ zone, instant }) => {
        const day = wallClockAt(instant * 1000, zone).slice(0, 10)

        const moment = momentIn(day, zone)

        expect(moment.instant).toBe(firstInstantOn(day, zone))
        expect(instantOfApiForm(moment.sent)).toBe(moment.instant)
      }),
      { numRuns: 60 },
    )
  })

  test('is a moment or a mistake, whatever the text', () => {
    const likely = fc.stringMatching(
      /^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:]{5,8}(Z|[+-][0-9:]{4,5})?)?$/,
    )
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), likely)
    fc.assert(
      fc.property(texts, zones, (text, zone) => {
        try {
          expect(instantOfApiForm(momentIn(text, zone).sent)).not.toBeNaN()
        } catch (error) {
          expect(error).toBeInstanceOf(Mistake)
        }
      }),
      { numRuns: 300 },
    )
  })
})

function isTaken(name: string): boolean {
  try {
    return parseTimeZone(name) !== undefined
  } catch {
    return false
  }
}

describe('a time zone', () => {
  test.each([
    'UTC',
    'utc',
    'Etc/UTC',
    'GMT',
    'Asia/Singapore',
    'asia/singapore',
    'Singapore',
    'US/Pacific',
    ...'CET EET EST EST5EDT CST6CDT GMT HST MET MST MST7MDT PRC PST8PDT ROC ROK UCT WET'.split(' '),
    ...'Zulu Universal Greenwich GMT0 GMT+0 Etc/GMT-14 GB Eire W-SU Asia/Calcutta'.split(' '),
  ])('%s is known', (name) => {
    expect(parseTimeZone(name).offsetMs(NOW)).toEqual(expect.any(Number))
  })

  test.each([
    '',
    'Mars/Olympus',
    'Asia',
    'Asia/Singapore ',
    'Asia/Singapore+05',
    'Mars-03:00',
    'constructor',
    'toString',
    '\n',
  ])('%j is not known', (name) => {
    expect(mistakeOf(parseTimeZone, name)).toMatch(/IANA[^?]*Asia\/Singapore/)
  })

  test.each([
    ['BST', 'Europe/London'],
    ['bst', 'Asia/Dhaka'],
    ['CST', 'America/Chicago'],
    ['CST', 'Asia/Shanghai'],
    ['IST', 'Asia/Kolkata'],
    ['AST', 'America/Halifax'],
    ['PST', 'America/Los_Angeles'],
    ['SGT', 'Asia/Singapore'],
    ['CEST', 'Europe/Berlin'],
    ['GMT+8', 'Etc/GMT-8'],
    ['UTC+7', 'Etc/GMT-7'],
    ['+07:00', 'Etc/GMT-7'],
    ['-0300', 'Etc/GMT+3'],
    ['Z', 'UTC'],
    ['London', 'Europe/London'],
    ['new york', 'America/New_York'],
    ['Kuala Lumpur', 'Asia/Kuala_Lumpur'],
  ])('%s is not known, and %s may be meant', (name, meant) => {
    const mistake = mistakeOf(parseTimeZone, name)

    expect(mistake).toContain(`"${name}"`)
    expect(mistake).toContain(meant)
    expect(parseTimeZone(meant).name).toBe(meant)
  })

  test('is not one that ICU alone knows, whatever it is called', () => {
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
    const names = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)))
    const knownToIcu = names.filter((timeZone) => {
      try {
        return new Intl.DateTimeFormat('en', { timeZone })
      } catch {
        return false
      }
    })

    // The names of three letters that the database has.
    expect(knownToIcu.length).toBeGreaterThan(30)
    expect(knownToIcu.filter(isTaken)).toEqual(
      'CET EET EST GMT HST MET MST PRC ROC ROK UCT UTC WET'.split(' '),
    )
    for (const name of ['SystemV/EST5', 'systemv/pst8pdt', 'US/Pacific-New']) {
      expect(isTaken(name)).toBe(false)
    }
  })

  test.each(Intl.supportedValuesOf('timeZone'))('%s is one of the database', (name) => {
    expect(parseTimeZone(name).name).toBe(name)
  })
})
