import { asItIs, Count, Group, type Rename, safe, Table } from './counters.js'
import {
  COLUMNS,
  COUNT_NAMES,
  COUNT_RULES,
  type Column,
  type Figures,
  GROUP_NAMES,
  GROUP_RULES,
  hasHours,
  type Named,
  NOTED,
  type SmsRecord,
  TABLE_NAMES,
  TABLE_RULES,
  UNKNOWN,
} from './figures.js'
import { Names, Room } from './names.js'
import type { Period } from './times.js'

/**
 * Figures while they are counted or added up. Its memory grows with the number of distinct names, up
 * to a limit, and not with the number of records.
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

  /** The records that are counted from here on are of a file that lacks these columns. */
  setMissing(columns: readonly Column[]): void {
    this.#hasPrices = !columns.includes('price_total')
    this.#hasTimes = !columns.includes('createdat')
  }

  /** Notes what a file with records lacks: a column that another has is not missing. */
  addMissing(columns: readonly Column[]): void {
    this.#missing = this.#missing?.filter((column) => columns.includes(column)) ?? columns
  }

  /** A counter for records that are like this one. */
  alike(record: SmsRecord): Alike {
    const groups = this.#groups.flatMap((group, at) => {
      const name = record.names[at]
      const isLeftOut = name === undefined || (this.#isOfOutbound[at] && !record.isOutbound)
      return isLeftOut ? [] : [group.at(name)]
    })
    const counts = this.#counts.flatMap((count, at) => {
      const name = COUNTED[at]?.nameOf(record)
      return name === undefined ? [] : [count.at(name)]
    })
    const rows = this.#tables.flatMap((table, at) =>
      TABLED[at]?.takes(record) ? [table.rowOf(record)] : [],
    )
    const counted = [this.#total, ...groups]
    return new Alike(record, counted, (times) => {
      for (const group of counted) group.count(record, times)
      for (const count of counts) count.value += times
      for (const row of rows) {
        row.records += times
        if (record.isDelivered) row.delivered += times
      }
      const isUnpriced = this.#hasPrices && record.isDelivered && record.price === undefined
      if (isUnpriced) this.#noted.unpriced += times
    })
  }

  /** Counts a record in its day, and in its hour while hours are kept. */
  countTime(record: SmsRecord, { day, hour }: Period, timeBucket: number): void {
    this.#groups[DAYS]?.at(day).countOne(record, timeBucket)
    if (this.#hasHours) this.#groups[HOURS]?.at(hour).countOne(record, timeBucket)
    if (this.#hasTimes && day === UNKNOWN) this.#noted.undated += 1
  }

  /** Counts a record that cannot be read. */
  countUnreadable(): void {
    this.#noted.unreadable += 1
  }

  /** Adds other figures; `rename` converts their names, if they are not in UTF-8 yet. */
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
    // A file without records does not count.
    if (figures.records + figures.unreadable > 0) this.addMissing(figures.missing)
  }

  /** Names with the most records first; days and hours in their order. */
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

  /** Extends the span of creation times. If it becomes too long, hours are no longer kept. */
  reach(firstMs: number, lastMs: number): void {
    if (!(firstMs < this.#firstMs || lastMs > this.#lastMs)) return
    this.#firstMs = Math.min(this.#firstMs, firstMs)
    this.#lastMs = Math.max(this.#lastMs, lastMs)
    if (!this.#hasHours || hasHours([this.#firstMs, this.#lastMs])) return
    this.#hasHours = false
    this.#groups[HOURS]?.clear()
  }
}

/** Records that differ only in their times. They are counted together, except by day and hour. */
export class Alike {
  /** The first of them. */
  readonly record: SmsRecord
  readonly #groups: readonly Group[]
  readonly #add: (times: number) => void
  /** How many are not in the tally yet. */
  #waiting = 0

  constructor(record: SmsRecord, groups: readonly Group[], add: (times: number) => void) {
    this.record = record
    this.#groups = groups
    this.#add = add
  }

  /** Counts one more, with the bucket of its time to delivery; -1 for none. */
  count(timeBucket: number): void {
    this.#waiting += 1
    if (timeBucket < 0) return
    for (let at = 0; at < this.#groups.length; at++) {
      ;(this.#groups[at] as Group).timeToDeliver.add(timeBucket)
    }
  }

  /** Adds all of them to the tally. */
  settle(): void {
    if (this.#waiting > 0) this.#add(this.#waiting)
    this.#waiting = 0
  }
}

const DAYS = GROUP_NAMES.indexOf('days')
const HOURS = GROUP_NAMES.indexOf('hours')
const COUNTED = COUNT_NAMES.map((name) => COUNT_RULES[name])
const TABLED = TABLE_NAMES.map((name) => TABLE_RULES[name])

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
