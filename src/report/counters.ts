import { type Decimal, DecimalSum, formatDecimal, parseDecimal } from './decimal.js'
import {
  type Cost,
  MEASURE_NAMES,
  type MEASURES,
  type MeasureName,
  type Measures,
  type Named,
  OTHER,
  pick,
  type Row,
  type ShownMeasures,
  type SmsRecord,
  TABLE_KEYS,
  type TABLE_NAMES,
  TABLE_RULES,
} from './figures.js'
import { detached, Names, Room } from './names.js'
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

  constructor(takes: (currency: string, size: number) => boolean) {
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
    const sums = this.#sums.entries().sort(([a], [b]) => (a < b ? -1 : 1))
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

  constructor(room: Room, takesCurrency: (currency: string, size: number) => boolean) {
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
  readonly #title: string
  readonly #room: Room
  readonly #keys: readonly (keyof typeof TABLE_KEYS)[]
  /** One map in another for each key; the innermost holds the counts. */
  readonly #rows: Level = new Map()
  #size = 0

  constructor(title: (typeof TABLE_NAMES)[number], room: Room) {
    this.#title = title
    this.#room = room
    this.#keys = TABLE_RULES[title].by
  }

  rowOf(record: SmsRecord): Counts {
    return this.#at((key) => TABLE_KEYS[key](record))
  }

  add(row: Readonly<Counts>, rename: Rename): void {
    const counts = this.#at((key) => rename((row as unknown as Named<string>)[key] as string))
    counts.records += row.records
    counts.delivered += row.delivered
  }

  /** The largest first. */
  plain(): Row[] {
    const rowsOf = (level: Level, names: readonly string[]): [readonly string[], Counts][] =>
      [...level].flatMap(([name, next]) =>
        next instanceof Map
          ? rowsOf(next, [...names, name])
          : [[[...names, name], next] as [readonly string[], Counts]],
      )
    return rowsOf(this.#rows, [])
      .sort(
        ([a, { records: x }], [b, { records: y }]) =>
          y - x || (a.join('\0') < b.join('\0') ? -1 : 1),
      )
      .map(
        ([names, counts]) =>
          ({
            ...Object.fromEntries(this.#keys.map((key, at) => [key, names[at]])),
            records: safe(counts.records),
            delivered: safe(counts.delivered),
          }) as Row,
      )
  }

  #at(nameOf: (key: keyof typeof TABLE_KEYS) => string): Counts {
    let next: Level | Counts | undefined = this.#rows
    for (let at = 0; at < this.#keys.length && next !== undefined; at++) {
      next = (next as Level).get(nameOf(this.#keys[at] as keyof typeof TABLE_KEYS))
    }
    return (next as Counts | undefined) ?? this.#add(this.#keys.map(nameOf))
  }

  #add(names: readonly string[]): Counts {
    const length = names.reduce((sum, name) => sum + name.length, 0)
    const isOther = names.every((name) => name === OTHER)
    if (!isOther && !this.#room.takeName(this.#title, this.#size, length)) {
      return this.#at(() => OTHER)
    }
    if (!isOther) this.#size += 1
    const counts = { records: 0, delivered: 0 }
    let level = this.#rows
    for (const name of names.slice(0, -1)) {
      const next = (level.get(name) as Level | undefined) ?? new Map()
      level.set(detached(name), next)
      level = next
    }
    level.set(detached(names.at(-1) as string), counts)
    return counts
  }
}

type Level = Map<string, Level | Counts>

interface Counts {
  records: number
  delivered: number
}

export class Count {
  value = 0
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
