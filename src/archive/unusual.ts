import { type Day, shiftDay } from './days.js'

/** Outbound records of a day by country and operator, as its report has them. */
export interface Route {
  readonly country: string
  readonly operator: string
  readonly records: number
  readonly delivered: number
}

export const SIGNS = [
  'volume-spike',
  'country-share',
  'operator-share',
  'new-country',
  'delivery-rate',
] as const

/** What stands out in a day. `value` and `usual` are records, or per cent for shares and rates. */
export interface Unusual {
  readonly day: Day
  readonly sign: (typeof SIGNS)[number]
  readonly country: string
  /** Null where it is of all of the country's. */
  readonly operator: string | null
  /** Outbound ones that day. */
  readonly records: number
  readonly value: number
  readonly usual: number
}

/** The days that a day is held against, and how many of them must be known. */
const DAYS_BEFORE = 28
const MIN_DAYS_BEFORE = 14
const WEEKS_BEFORE = 8

const SPIKE = { deviations: 6, times: 3, minRecords: 50 }
const SHARE = { points: 20, minRecords: 100 }
const NEW_COUNTRY = { minRecords: 20 }
const RATE = { points: 15, minRecords: 100 }

/** The routes of a day; undefined where they are not known. */
type RoutesOf = (day: Day) => readonly Route[] | undefined

/**
 * The vendor's signs of artificially inflated traffic (docs/archive.md) in a day that is new. Nothing
 * is unusual before 14 days are known.
 */
export function findUnusualTraffic(day: Day, routesOf: RoutesOf): Unusual[] {
  const before = sumBefore(day, routesOf)
  const today = routesOf(day)
  if (before === undefined || today === undefined) return []
  const traffic = new Traffic(today)
  const weeks = Array.from({ length: WEEKS_BEFORE }, (_, index) => shiftDay(day, -7 * (index + 1)))
  const sameWeekdays = weeks.flatMap((one) => {
    const routes = routesOf(one)
    return routes === undefined ? [] : [new Traffic(routes)]
  })
  return [
    ...findSpikes(day, traffic, sameWeekdays),
    ...findCountryShares(day, traffic, before),
    ...findOperatorShares(day, traffic, before),
    ...findNewCountries(day, traffic, before),
  ]
}

/** The same of delivery rates, in a day whose receipts are in. */
export function findUnusualRates(day: Day, routesOf: RoutesOf): Unusual[] {
  const before = sumBefore(day, routesOf)
  const traffic = new Traffic(routesOf(day) ?? [])
  if (before === undefined) return []
  return [...traffic.countries].flatMap(([country, { records, delivered }]) => {
    const usual = before.countries.get(country)
    if (usual === undefined || records < RATE.minRecords) return []
    const [value, usualValue] = [
      percent(delivered, records),
      percent(usual.delivered, usual.records),
    ]
    if (usualValue - value <= RATE.points) return []
    return [toUnusual({ day, sign: 'delivery-rate', country, records, value, usual: usualValue })]
  })
}

/** Above what such a weekday has had, by far more than these days differ. */
function findSpikes(day: Day, today: Traffic, sameWeekdays: readonly Traffic[]): Unusual[] {
  if (sameWeekdays.length === 0) return []
  const isSpike = (records: number, usual: readonly number[]): boolean => {
    const middle = median(usual)
    const deviation = median(usual.map((count) => Math.abs(count - middle)))
    return (
      records >= SPIKE.minRecords &&
      records > middle + SPIKE.deviations * deviation &&
      records >= SPIKE.times * middle
    )
  }
  return today.all().flatMap(({ country, operator, records }) => {
    const usual = sameWeekdays.map((traffic) => traffic.recordsOf(country, operator))
    if (!isSpike(records, usual)) return []
    const amounts = { records, value: records, usual: median(usual) }
    return [toUnusual({ day, sign: 'volume-spike', country, operator, ...amounts })]
  })
}

function findCountryShares(day: Day, today: Traffic, before: Traffic): Unusual[] {
  const countries = new Set([...today.countries.keys(), ...before.countries.keys()])
  return [...countries].flatMap((country) => {
    const records = today.recordsOf(country)
    const moved = moveOfShare(records, today.records, before.recordsOf(country), before.records)
    return moved ? [toUnusual({ day, sign: 'country-share', country, records, ...moved })] : []
  })
}

function findOperatorShares(day: Day, today: Traffic, before: Traffic): Unusual[] {
  return [...today.countries].flatMap(([country, { records: all, operators }]) => {
    const usual = before.countries.get(country)
    if (usual === undefined) return []
    const names = new Set([...operators.keys(), ...usual.operators.keys()])
    return [...names].flatMap((operator) => {
      const records = operators.get(operator) ?? 0
      const moved = moveOfShare(records, all, usual.operators.get(operator) ?? 0, usual.records)
      if (!moved) return []
      return [toUnusual({ day, sign: 'operator-share', country, operator, records, ...moved })]
    })
  })
}

function findNewCountries(day: Day, today: Traffic, before: Traffic): Unusual[] {
  return [...today.countries].flatMap(([country, { records }]) => {
    if (records < NEW_COUNTRY.minRecords || before.recordsOf(country) > 0) return []
    return [toUnusual({ day, sign: 'new-country', country, records, value: records, usual: 0 })]
  })
}

/** The share of a day and of the days before, where the first is far from the second. */
function moveOfShare(records: number, all: number, usual: number, allUsual: number) {
  if (all < SHARE.minRecords || allUsual === 0) return undefined
  const [value, usualValue] = [percent(records, all), percent(usual, allUsual)]
  return Math.abs(value - usualValue) > SHARE.points ? { value, usual: usualValue } : undefined
}

/** What the 28 days before come to; undefined where too few of them are known. */
function sumBefore(day: Day, routesOf: RoutesOf): Traffic | undefined {
  const known = Array.from({ length: DAYS_BEFORE }, (_, index) =>
    routesOf(shiftDay(day, -index - 1)),
  ).filter((routes) => routes !== undefined)
  return known.length < MIN_DAYS_BEFORE ? undefined : new Traffic(known.flat())
}

/** Outbound records by country, and by operator within each. */
class Traffic {
  records = 0
  readonly countries = new Map<
    string,
    { records: number; delivered: number; operators: Map<string, number> }
  >()

  constructor(routes: readonly Route[]) {
    for (const { country, operator, records, delivered } of routes) {
      if (records === 0) continue
      const found = this.countries.get(country) ?? {
        records: 0,
        delivered: 0,
        operators: new Map(),
      }
      found.records += records
      found.delivered += delivered
      found.operators.set(operator, (found.operators.get(operator) ?? 0) + records)
      this.countries.set(country, found)
      this.records += records
    }
  }

  recordsOf(country: string, operator: string | null = null): number {
    const found = this.countries.get(country)
    return (operator === null ? found?.records : found?.operators.get(operator)) ?? 0
  }

  /** Each country, and each operator in one. */
  all(): { country: string; operator: string | null; records: number }[] {
    return [...this.countries].flatMap(([country, { records, operators }]) => [
      { country, operator: null, records },
      ...[...operators].map(([operator, count]) => ({ country, operator, records: count })),
    ])
  }
}

function toUnusual(found: Omit<Unusual, 'operator'> & { operator?: string | null }): Unusual {
  const { day, sign, country, operator = null, records, value, usual } = found
  return { day, sign, country, operator, records, value: round(value), usual: round(usual) }
}

function percent(part: number, all: number): number {
  return all === 0 ? 0 : (part / all) * 100
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}
