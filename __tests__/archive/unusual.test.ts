import { describe, expect, test } from 'vitest'
import { daysFrom, shiftDay } from '../../src/archive/days.js'
import { findUnusualRates, findUnusualTraffic, type Route } from '../../src/archive/unusual.js'

const DAY = '2026-11-24'

const route = (country: string, operator: string, records: number, delivered = records): Route => ({
  country,
  operator,
  records,
  delivered,
})

/** What each of the days before has, and the day itself. */
function trafficOf(
  before: (day: string) => readonly Route[] | undefined,
  today: readonly Route[],
  days = 60,
) {
  const known = new Map<string, readonly Route[]>([[DAY, today]])
  for (const day of daysFrom(shiftDay(DAY, -days), shiftDay(DAY, -1))) {
    const routes = before(day)
    if (routes) known.set(day, routes)
  }
  return (day: string) => known.get(day)
}

const signsOf = (routesOf: (day: string) => readonly Route[] | undefined) =>
  findUnusualTraffic(DAY, routesOf).map(({ sign, country, operator }) => [sign, country, operator])

const usual = [route('SG', 'Singtel', 60), route('SG', 'M1', 40), route('MY', 'Maxis', 100)]

describe('a day like the others', () => {
  test('has nothing unusual', () => {
    expect(signsOf(trafficOf(() => usual, usual))).toEqual([])
  })

  test('is not judged before 14 days are there', () => {
    const wild = [route('VN', 'Viettel', 5_000)]

    expect(signsOf(trafficOf(() => usual, wild, 13))).toEqual([])
    expect(signsOf(trafficOf(() => usual, wild, 14))).not.toEqual([])
  })
})

describe('volume-spike', () => {
  const spikesOf = (earlier: (day: string) => readonly Route[], today: readonly Route[]) =>
    findUnusualTraffic(DAY, trafficOf(earlier, today)).filter(({ sign }) => sign === 'volume-spike')

  test('is of a country, and of an operator in it', () => {
    const today = [route('SG', 'Singtel', 600), route('SG', 'M1', 40), route('MY', 'Maxis', 100)]

    expect(spikesOf(() => usual, today)).toEqual([
      {
        day: DAY,
        sign: 'volume-spike',
        country: 'SG',
        operator: null,
        records: 640,
        value: 640,
        usual: 100,
      },
      {
        day: DAY,
        sign: 'volume-spike',
        country: 'SG',
        operator: 'Singtel',
        records: 600,
        value: 600,
        usual: 60,
      },
    ])
  })

  test('is held against the same weekday', () => {
    const isTuesday = (day: string) => new Date(day).getUTCDay() === 2
    const earlier = (day: string) => [route('SG', 'Singtel', isTuesday(day) ? 1_000 : 100)]

    expect(spikesOf(earlier, [route('SG', 'Singtel', 1_000)])).toEqual([])
  })

  test.each([
    [299, 100, 0],
    [300, 100, 2],
    [49, 10, 0],
    [50, 10, 2],
  ])('of %i records where %i are usual: %i', (records, before, found) => {
    expect(spikesOf(() => [route('SG', 'M1', before)], [route('SG', 'M1', records)])).toHaveLength(
      found,
    )
  })

  test('allows for days that differ much', () => {
    // The median is 200, and half of the days are 100 or more away from it.
    const counts = [100, 300, 100, 300, 200, 100, 300, 200]
    const earlier = (day: string) => {
      const weeks = Math.round((Date.parse(DAY) - Date.parse(day)) / (7 * 86_400_000))
      return [route('SG', 'M1', counts[weeks - 1] ?? 200)]
    }

    expect(spikesOf(earlier, [route('SG', 'M1', 800)])).toEqual([])
    expect(spikesOf(earlier, [route('SG', 'M1', 801)])).toHaveLength(2)
  })
})

describe('country-share and operator-share', () => {
  test('say what has moved by more than 20 points, up or down', () => {
    const today = [route('SG', 'Singtel', 5), route('SG', 'M1', 95), route('MY', 'Maxis', 100)]

    expect(
      findUnusualTraffic(
        DAY,
        trafficOf(() => usual, today),
      ),
    ).toEqual([
      {
        day: DAY,
        sign: 'operator-share',
        country: 'SG',
        operator: 'Singtel',
        records: 5,
        value: 5,
        usual: 60,
      },
      {
        day: DAY,
        sign: 'operator-share',
        country: 'SG',
        operator: 'M1',
        records: 95,
        value: 95,
        usual: 40,
      },
    ])
  })

  test('see an operator and a country that are gone', () => {
    const today = [route('SG', 'Singtel', 100)]

    expect(signsOf(trafficOf(() => usual, today))).toEqual([
      ['country-share', 'SG', null],
      ['country-share', 'MY', null],
      ['operator-share', 'SG', 'Singtel'],
      ['operator-share', 'SG', 'M1'],
    ])
  })

  test.each([
    [70, 30, false],
    [71, 29, true],
  ])('of %i and %i where half is usual: %s', (first, second, isFound) => {
    const earlier = () => [route('SG', 'M1', 50), route('MY', 'Maxis', 50)]
    const today = [route('SG', 'M1', first), route('MY', 'Maxis', second)]

    expect(signsOf(trafficOf(earlier, today)).length > 0).toBe(isFound)
  })

  test('leave out days with fewer than 100 records', () => {
    expect(
      signsOf(trafficOf(() => usual, [route('SG', 'M1', 49), route('MY', 'Maxis', 50)])),
    ).toEqual([])
  })
})

describe('new-country', () => {
  const earlier = () => [route('SG', 'M1', 1_000)]

  test.each([
    [19, []],
    [20, [['new-country', 'VN', null]]],
  ])('with %i records: %j', (records, found) => {
    expect(signsOf(trafficOf(earlier, [...earlier(), route('VN', 'Viettel', records)]))).toEqual(
      found,
    )
  })

  test('is none that was there within 28 days', () => {
    const once = (day: string) =>
      day === shiftDay(DAY, -28) ? [...earlier(), route('VN', 'Viettel', 1)] : earlier()
    const longAgo = (day: string) =>
      day === shiftDay(DAY, -29) ? [...earlier(), route('VN', 'Viettel', 1)] : earlier()
    const today = [...earlier(), route('VN', 'Viettel', 30)]

    expect(signsOf(trafficOf(once, today))).toEqual([])
    expect(signsOf(trafficOf(longAgo, today))).toEqual([['new-country', 'VN', null]])
  })
})

describe('delivery-rate', () => {
  const earlier = () => [route('SG', 'M1', 200, 190)]

  test.each([
    [100, 80, []],
    [100, 79, [{ country: 'SG', operator: null, records: 100, value: 79, usual: 95 }]],
    [99, 10, []],
    [100, 100, []],
  ])('of %i with %i delivered, where 95 %% are usual', (records, delivered, found) => {
    const routesOf = trafficOf(earlier, [route('SG', 'M1', records, delivered)])

    expect(findUnusualRates(DAY, routesOf)).toMatchObject(found)
    expect(findUnusualRates(DAY, routesOf)).toHaveLength(found.length)
  })
})
