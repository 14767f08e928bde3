import { type Decimal, DecimalSum, formatDecimal, parseDecimal } from './decimal.js'
import {
  type Cost,
  MEASURE_NAMES,
  type MEASURES,
  type MeasureName,
  type Measures,
  OTHER,
  pick,
  type Row,
  type ShownMeasures,
  type SmsRecord,
  TABLE_KEYS,
  TABLES,
  type TableName,
  UNKNOWN,
} from './figures.js'
import { Names, Room, type Takes } from './names.js'
import { Sketch } from './sketch.js'

export type Rename = (name: string) => string

export const asItIs: Rename = (name) => name

/** A measure while it is counted, by its kind. */
interface Counting {
  readonly count: number
  readonly money: Costs
  readonly times: Sketch
}

type CountingMeasures = { [M in MeasureName]: Counting[(typeof MEASURES)[M]['kind']] }

/** Sums by currency. */
class Costs {
  readonly #sums: Names<DecimalSum>

  constructor(takes: Takes) {
    this.#sums = new Names(() => new DecimalSum(), takes)
  }

  add(currency: string, amount: Decimal, times = 1): void {
    this.#sums.at(currency).add(amount, times)
  }

  addAll(cost: Cost, rename: Rename): void {
    for (const [currency, text] of Object.entries(cost)) {
      const amount = parseDecimal(text)
      if (amount) this.add(rename(currency), amount)
    }
  }

  plain(): Cost {
    const sums = inOrder(this.#sums.entries())
    return Object.fromEntries(sums.map(([name, sum]) => [name, formatDecimal(sum.total())]))
  }
}

/** The measures of one group, or of all records, while they are counted. */
export class Group implements CountingMeasures {
  records = 0
  outbound = 0
  parts = 0
  delivered = 0
  pending = 0
  readonly cost: Costs
  readonly timeToDeliver: Sketch

  constructor(room: Room, takesCurrency: Takes) {
    this.cost = new Costs(takesCurrency)
    this.timeToDeliver = new Sketch(room)
  }

  /** Counts records that are alike; their times to delivery are counted one by one. */
  count(record: SmsRecord, times: number): void {
    this.records += times
    this.parts += record.parts * times
    if (record.isOutbound) this.outbound += times
    if (record.isDelivered) this.delivered += times
    if (record.isPending) this.pending += times
    if (record.price !== undefined) this.cost.add(record.currency, record.price, times)
  }

  countOne(record: SmsRecord, timeBucket: number): void {
    this.count(record, 1)
    if (timeBucket >= 0) this.timeToDeliver.add(timeBucket)
  }

  add(measures: Partial<Measures>, rename: Rename): void {
    for (const name of MEASURE_NAMES) {
      const counting = this[name]
      const value = measures[name]
      if (value === undefined) continue
      if (counting instanceof Costs) counting.addAll(value as Cost, rename)
      else if (counting instanceof Sketch) counting.addAll(value as number[])
      else (this as Record<MeasureName, unknown>)[name] = counting + (value as number)
    }
  }

  plain(): Measures {
    const plainOf = (name: MeasureName) => {
      const counting = this[name]
      return typeof counting === 'number' ? safe(counting) : counting.plain()
    }
    return Object.fromEntries(MEASURE_NAMES.map((name) => [name, plainOf(name)])) as Measures
  }
}

/** Counts records by several names together. */
export class Table {
  readonly #keys: readonly (keyof typeof TABLE_KEYS)[]
  /** By the names of a row as JSON: any character may be in a name. */
  readonly #rows: Names<Counts>

  constructor(title: TableName, room: Room) {
    this.#keys = TABLES[title].by
    this.#rows = new Names(
      () => ({ records: 0, delivered: 0 }),
      room.takes(title),
      JSON.stringify(this.#keys.map(() => OTHER)),
    )
  }

  rowOf(record: SmsRecord): Counts {
    return this.#at((key) => TABLE_KEYS[key](record))
  }

  add(row: Row<'routes'> & Partial<Row>, rename: Rename): void {
    const sum = this.#at((key) => rename(row[key] ?? UNKNOWN))
    sum.records += row.records
    sum.delivered += row.delivered
  }

  /** The largest first. */
  plain(): Row[] {
    const rows = this.#rows.entries().map(([key, { records, delivered }]) => {
      const names = JSON.parse(key) as string[]
      const named = Object.fromEntries(this.#keys.map((name, at) => [name, names[at]]))
      const row = { ...named, records: safe(records), delivered: safe(delivered) } as Row
      return [names.join('\0'), row] as const
    })
    return largestFirst(rows).map(([, row]) => row)
  }

  #at(nameOf: (key: keyof typeof TABLE_KEYS) => string): Counts {
    return this.#rows.at(JSON.stringify(this.#keys.map(nameOf)))
  }
}

interface Counts {
  records: number
  delivered: number
}

/** The most records first; with as many, by name. */
export function largestFirst<T extends { readonly records: number }>(
  members: readonly (readonly [string, T])[],
): (readonly [string, T])[] {
  return members.toSorted(([a, x], [b, y]) => y.records - x.records || (a < b ? -1 : 1))
}

export function inOrder<T>(members: readonly (readonly [string, T])[]): (readonly [string, T])[] {
  return members.toSorted(([a], [b]) => (a < b ? -1 : 1))
}

/** At most what a report-file may hold, whatever has been added up. */
export function safe(count: number): number {
  return Math.min(count, Number.MAX_SAFE_INTEGER)
}

/** The sum of groups of one report; measures that none of them has are left out. */
export function addMeasures(groups: readonly ShownMeasures[]): ShownMeasures {
  const sum = new Group(new Room(), () => true)
  for (const group of groups) sum.add(group, asItIs)
  const known = MEASURE_NAMES.filter(
    (name) =>
      name === 'records' ||
      name === 'outbound' ||
      groups.some((group) => group[name] !== undefined),
  )
  return pick(sum.plain(), known) as ShownMeasures
}
