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
  /** Null if the sign is about the whole country. */
  readonly operator: string | null
  /** Outbound ones that day. */
  readonly records: number
  readonly value: number
  readonly usual: number
}

/** How many days a day is compared with, and how many of them must be known. */
const DAYS_BEFORE = 28
const MIN_DAYS_BEFORE = 14
const WEEKS_BEFORE = 8

const SPIKE = { deviations: 6, times: 3, minRecords: 50 }
const SHARE = { points: 20, minRecords: 100 }
const NEW_COUNTRY = { minRecords: 20 }
const RATE = { points: 15, minRecords: 100 }

/** The routes of a day; undefined if they are not known. */
type RoutesOf = (day: Day) => readonly Route[] | undefined

/**
 * The vendor's signs of artificially inflated traffic (docs/archive.md) in a day that is new.
 * Nothing is unusual before 14 days are known.
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
    ...findSpikes(traffic, sameWeekdays),
    ...findShares('country-share', traffic.records, before.records, (country) => ({ country })),
    ...[...traffic.operators].flatMap(([country, operators]) =>
      findShares('operator-share', operators, before.operators.get(country), (operator) => ({
        country,
        operator,
      })),
    ),
    ...findNewCountries(traffic, before),
  ].map((found) => toUnusual(day, found))
}

/** The countries of a settled day whose delivery rate has fallen. */
export function findUnusualRates(day: Day, routesOf: RoutesOf): Unusual[] {
  const before = sumBefore(day, routesOf)
  if (before === undefined) return []
  const traffic = new Traffic(routesOf(day) ?? [])
  return [...traffic.records].flatMap(([country, records]) => {
    const earlier = before.recordsOf(country)
    if (earlier === 0 || records < RATE.minRecords) return []
    const value = percent(traffic.delivered.get(country), records)
    const usual = percent(before.delivered.get(country), earlier)
    if (usual - value <= RATE.points) return []
    return [toUnusual(day, { sign: 'delivery-rate', country, records, value, usual })]
  })
}

/** A sign of one day; without an operator it is about the whole country. */
type Found = Omit<Unusual, 'day' | 'operator'> & { readonly operator?: string }

/** Far above what the same weekday has had, and by more than these days differ. */
function findSpikes(today: Traffic, sameWeekdays: readonly Traffic[]): Found[] {
  if (sameWeekdays.length === 0) return []
  return today.all().flatMap(({ records, ...place }) => {
    const counts = sameWeekdays.map((traffic) => traffic.recordsOf(place.country, place.operator))
    const usual = median(counts)
    const deviation = median(counts.map((count) => Math.abs(count - usual)))
    const isSpike =
      records >= SPIKE.minRecords &&
      records > usual + SPIKE.deviations * deviation &&
      records >= SPIKE.times * usual
    return isSpike ? [{ sign: 'volume-spike', ...place, records, value: records, usual }] : []
  })
}

/** Shares of a day's records by name that are far from those of the days before. */
function findShares(
  sign: 'country-share' | 'operator-share',
  today: Counts,
  before: Counts = new Map(),
  placeOf: (name: string) => Pick<Found, 'country' | 'operator'>,
): Found[] {
  const [all, allBefore] = [sum(today), sum(before)]
  if (all < SHARE.minRecords || allBefore === 0) return []
  return [...new Set([...today.keys(), ...before.keys()])].flatMap((name) => {
    const records = today.get(name) ?? 0
    const [value, usual] = [percent(records, all), percent(before.get(name), allBefore)]
    if (Math.abs(value - usual) <= SHARE.points) return []
    return [{ sign, ...placeOf(name), records, value, usual }]
  })
}

function findNewCountries(today: Traffic, before: Traffic): Found[] {
  return [...today.records].flatMap(([country, records]) => {
    if (records < NEW_COUNTRY.minRecords || before.recordsOf(country) > 0) return []
    return [{ sign: 'new-country', country, records, value: records, usual: 0 }]
  })
}

/** What the 28 days before come to; undefined if too few of them are known. */
function sumBefore(day: Day, routesOf: RoutesOf): Traffic | undefined {
  const known = Array.from({ length: DAYS_BEFORE }, (_, index) =>
    routesOf(shiftDay(day, -index - 1)),
  ).filter((routes) => routes !== undefined)
  return known.length < MIN_DAYS_BEFORE ? undefined : new Traffic(known.flat())
}

type Counts = ReadonlyMap<string, number>

/** Outbound records by country, and by operator within each. */
class Traffic {
  readonly records = new Map<string, number>()
  readonly delivered = new Map<string, number>()
  readonly operators = new Map<string, Map<string, number>>()

  constructor(routes: readonly Route[]) {
    for (const { country, operator, records, delivered } of routes) {
      if (records === 0) continue
      const operators = this.operators.get(country) ?? new Map<string, number>()
      this.operators.set(country, operators)
      add(operators, operator, records)
      add(this.records, country, records)
      add(this.delivered, country, delivered)
    }
  }

  recordsOf(country: string, operator?: string): number {
    const counts = operator === undefined ? this.records : this.operators.get(country)
    return counts?.get(operator ?? country) ?? 0
  }

  /** Each country, and each operator in one. */
  all(): { country: string; operator?: string; records: number }[] {
    return [...this.operators].flatMap(([country, operators]) => [
      { country, records: this.recordsOf(country) },
      ...[...operators].map(([operator, records]) => ({ country, operator, records })),
    ])
  }
}

function toUnusual(day: Day, { sign, country, operator, records, ...rest }: Found): Unusual {
  const [value, usual] = [round(rest.value), round(rest.usual)]
  return { day, sign, country, operator: operator ?? null, records, value, usual }
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count)
}

function sum(counts: Counts): number {
  return [...counts.values()].reduce((all, count) => all + count, 0)
}

function percent(part: number | undefined, all: number): number {
  return ((part ?? 0) / all) * 100
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
