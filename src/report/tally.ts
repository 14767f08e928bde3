import type { Decimal } from './decimal.js'
import { DecimalSum, formatDecimal, parseDecimal } from './decimal.js'
import {
  COLUMNS,
  COUNT_NAMES,
  COUNT_RULES,
  type Column,
  type Cost,
  type Figures,
  GROUP_NAMES,
  GROUP_RULES,
  hasHours,
  MEASURE_NAMES,
  type MEASURES,
  type MeasureName,
  type Measures,
  type Named,
  NOTED,
  OTHER,
  pick,
  type Row,
  type ShownMeasures,
  type SmsRecord,
  TABLE_KEYS,
  TABLE_NAMES,
  TABLE_RULES,
} from './figures.js'
import { detached, Names, Room } from './names.js'
import { Sketch } from './sketch.js'

type Rename = (name: string) => string

const asItIs: Rename = (name) => name

/** The measures of one group while it is counted, by their kind. */
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

/** What is counted of one group, or of all records. */
class Group implements CountingMeasures {
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

  /** Counts so many records that are alike; their times to be delivered are counted one by one. */
  count(record: SmsRecord, times: number): void {
    this.records += times
    this.parts += record.parts * times
    if (record.isOutbound) this.outbound += times
    if (record.isDelivered) this.delivered += times
    if (record.isPending) this.pending += times
    if (record.price !== undefined) this.cost.add(record.currency, record.price, times)
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

/** How many records have several names together. */
class Table {
  readonly #title: string
  readonly #room: Room
  readonly #keys: readonly (keyof typeof TABLE_KEYS)[]
  /** A map in a map for each key, with the counts in the last. */
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

class Count {
  value = 0
}

/**
 * Figures while they are counted or added up. Its memory follows the distinct names, and has an end;
 * it does not follow the records.
 */
export class Tally {
  readonly #room = new Room()
  readonly #total: Group
  readonly #groups: readonly Names<Group>[]
  readonly #isOfOutbound = GROUP_NAMES.map((name) => GROUP_RULES[name].of === 'outbound')
  readonly #counts: readonly Names<Count>[]
  readonly #tables: readonly Table[]
  readonly #noted: Record<(typeof NOTED)[number], number> = {
    unreadable: 0,
    unpriced: 0,
    undated: 0,
  }
  #hasPrices = true
  #hasTimes = true
  #firstMs = Number.POSITIVE_INFINITY
  #lastMs = Number.NEGATIVE_INFINITY
  #hasHours = true
  #missing: readonly Column[] | undefined

  constructor() {
    const room = this.#room
    const takes = (map: string) => (name: string, size: number) =>
      room.takeName(map, size, name.length)
    const takesCurrency = takes('cost')
    const takesSum = (currency: string, size: number): boolean => {
      if (room.sums > 0) {
        room.sums -= 1
        return takesCurrency(currency, size)
      }
      room.crowded.add('cost')
      return false
    }
    this.#total = new Group(room, takesCurrency)
    this.#groups = GROUP_NAMES.map(
      (name) => new Names(() => new Group(room, takesSum), takes(name)),
    )
    this.#counts = COUNT_NAMES.map((name) => new Names(() => new Count(), takes(name)))
    this.#tables = TABLE_NAMES.map((name) => new Table(name, room))
  }

  /** Whether the records lie close enough together to be counted by hour. */
  get hasHours(): boolean {
    return this.#hasHours
  }

  /** Says which columns the file lacks whose records are counted. */
  lack(columns: readonly Column[]): void {
    this.#missing = columns
    this.#hasPrices = !columns.includes('price_total')
    this.#hasTimes = !columns.includes('createdat')
  }

  /** Counts records that are like this one. */
  alike(record: SmsRecord): Alike {
    const groups = this.#groups.flatMap((group, at) => {
      const isLeftOut =
        (at === HOURS && !this.#hasHours) || (this.#isOfOutbound[at] && !record.isOutbound)
      return isLeftOut ? [] : [group.at(record.names[at] as string)]
    })
    const counts = this.#counts.flatMap((count, at) => {
      const name = COUNTED[at]?.nameOf(record)
      return name === undefined ? [] : [count.at(name)]
    })
    const rows = this.#tables.flatMap((table, at) =>
      TABLED[at]?.takes(record) ? [table.rowOf(record)] : [],
    )
    return new Alike([this.#total, ...groups], (times) => {
      for (const group of [this.#total, ...groups]) group.count(record, times)
      for (const count of counts) count.value += times
      for (const row of rows) {
        row.records += times
        if (record.isDelivered) row.delivered += times
      }
      const isUnpriced = this.#hasPrices && record.isDelivered && record.price === undefined
      if (isUnpriced) this.#noted.unpriced += times
      if (this.#hasTimes && !record.isDated) this.#noted.undated += times
    })
  }

  /** Counts a record that makes no sense. */
  countUnreadable(): void {
    this.#noted.unreadable += 1
  }

  /** Adds the figures of others, under names of another kind where they are not in UTF-8 yet. */
  add(figures: Figures, rename: Rename = asItIs): void {
    this.#total.add(figures, rename)
    for (const name of NOTED) this.#noted[name] += figures[name]
    if (figures.span) this.reach(...figures.span)
    GROUP_NAMES.forEach((name, at) => {
      if (at === HOURS && !this.#hasHours) return
      for (const [key, group] of Object.entries(figures[name])) {
        this.#groups[at]?.at(rename(key)).add(group, rename)
      }
    })
    COUNT_NAMES.forEach((name, at) => {
      for (const [key, count] of Object.entries(figures[name])) {
        ;(this.#counts[at] as Names<Count>).at(rename(key)).value += count
      }
    })
    TABLE_NAMES.forEach((name, at) => {
      for (const row of figures[name]) this.#tables[at]?.add(row, rename)
    })
    for (const map of figures.crowded) this.#room.crowded.add(map)
    // What one file lacks, another may have; one without a record says nothing.
    if (figures.records + figures.unreadable > 0) {
      this.#missing =
        this.#missing?.filter((column) => figures.missing.includes(column)) ?? figures.missing
    }
  }

  /** Names by the most records; days and hours in their order. */
  plain(): Figures {
    const groups = GROUP_NAMES.map((name, at) => {
      const found = this.#groups[at]?.entries().map(([key, group]) => [key, group.plain()] as const)
      const isText = GROUP_RULES[name].names === 'text'
      return [
        name,
        isText ? largestFirst(found ?? [], ({ records }) => records) : inOrder(found ?? []),
      ]
    })
    const counts = COUNT_NAMES.map((name, at) => {
      const found = this.#counts[at]
        ?.entries()
        .map(([key, { value }]) => [key, safe(value)] as const)
      return [name, largestFirst(found ?? [], (count) => count)]
    })
    const tables = TABLE_NAMES.map((name, at) => [name, this.#tables[at]?.plain()])
    return {
      ...this.#total.plain(),
      ...this.#noted,
      ...Object.fromEntries([...counts, ...tables, ...groups]),
      span: this.#firstMs <= this.#lastMs ? [this.#firstMs, this.#lastMs] : null,
      missing: COLUMNS.filter((column) => this.#missing?.includes(column)),
      crowded: [...this.#room.crowded].sort(),
    } as Figures
  }

  /** Says when records were created. Hours of such that lie too far apart are not kept. */
  reach(firstMs: number, lastMs: number): void {
    if (!(firstMs < this.#firstMs || lastMs > this.#lastMs)) return
    this.#firstMs = Math.min(this.#firstMs, firstMs)
    this.#lastMs = Math.max(this.#lastMs, lastMs)
    if (!this.#hasHours || hasHours([this.#firstMs, this.#lastMs])) return
    this.#hasHours = false
    this.#groups[HOURS]?.clear()
  }
}

/** Records that differ in nothing but their times: they are counted together. */
export class Alike {
  readonly #groups: readonly Group[]
  readonly #add: (times: number) => void
  /** So many are not in the tally yet. */
  #waiting = 0

  constructor(groups: readonly Group[], add: (times: number) => void) {
    this.#groups = groups
    this.#add = add
  }

  /** One more, with the bucket of the time that it took to be delivered, -1 for none. */
  count(timeBucket: number): void {
    this.#waiting += 1
    if (timeBucket < 0) return
    for (let at = 0; at < this.#groups.length; at++) {
      ;(this.#groups[at] as Group).timeToDeliver.add(timeBucket)
    }
  }

  /** Puts all of them into the tally. */
  settle(): void {
    if (this.#waiting > 0) this.#add(this.#waiting)
    this.#waiting = 0
  }
}

const HOURS = GROUP_NAMES.indexOf('hours')
const COUNTED = COUNT_NAMES.map((name) => COUNT_RULES[name])
const TABLED = TABLE_NAMES.map((name) => TABLE_RULES[name])

/** Groups of one report together; what none of them knows is left out. */
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

/** As much as a report-file may say, whatever has been added up. */
function safe(count: number): number {
  return Math.min(count, Number.MAX_SAFE_INTEGER)
}

function largestFirst<T>(
  members: readonly (readonly [string, T])[],
  sizeOf: (member: T) => number,
): Named<T> {
  return Object.fromEntries(
    [...members].sort(([a, x], [b, y]) => sizeOf(y) - sizeOf(x) || (a < b ? -1 : 1)),
  )
}

function inOrder<T>(members: readonly (readonly [string, T])[]): Named<T> {
  return Object.fromEntries([...members].sort(([a], [b]) => (a < b ? -1 : 1)))
}
