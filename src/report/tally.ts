import { asItIs, Group, inOrder, largestFirst, type Rename, safe, Table } from './counters.js'
import {
  COLUMNS,
  COUNT_NAMES,
  COUNTS,
  type Column,
  type Figures,
  GROUP_NAMES,
  GROUPS,
  hasHours,
  mapNames,
  NOTED,
  type SmsRecord,
  TABLE_NAMES,
  TABLES,
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
  readonly #total = new Group(this.#room, this.#room.takes('cost'))
  readonly #groups = mapNames(
    GROUP_NAMES,
    (name) => new Names(() => new Group(this.#room, this.#room.takesSum), this.#room.takes(name)),
  )
  readonly #counts = mapNames(
    COUNT_NAMES,
    (name) => new Names(() => ({ records: 0 }), this.#room.takes(name)),
  )
  readonly #tables = mapNames(TABLE_NAMES, (name) => new Table(name, this.#room))
  readonly #noted = mapNames(NOTED, () => 0)
  #hasPrices = true
  #hasTimes = true
  #firstMs = Number.POSITIVE_INFINITY
  #lastMs = Number.NEGATIVE_INFINITY
  #hasHours = true
  #missing: readonly Column[] | undefined

  /** Sets which columns the file lacks whose records are counted. */
  setMissing(columns: readonly Column[]): void {
    this.#missing = columns
    this.#hasPrices = !columns.includes('price_total')
    this.#hasTimes = !columns.includes('createdat')
  }

  /** A counter for records that are like this one. */
  alike(record: SmsRecord): Alike {
    const groups = GROUP_NAMES.flatMap((group) => {
      const name = record.names[group]
      return name === undefined ? [] : [this.#groups[group].at(name)]
    })
    const counts = COUNT_NAMES.flatMap((count) => {
      const name = COUNTS[count].nameOf(record)
      return name === undefined ? [] : [this.#counts[count].at(name)]
    })
    const rows = TABLE_NAMES.flatMap((table) =>
      TABLES[table].takes(record) ? [this.#tables[table].rowOf(record)] : [],
    )
    const counted = [this.#total, ...groups]
    return new Alike(record, counted, (times) => {
      for (const group of counted) group.count(record, times)
      for (const count of counts) count.records += times
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
    this.#groups.days.at(day).countOne(record, timeBucket)
    if (this.#hasHours) this.#groups.hours.at(hour).countOne(record, timeBucket)
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
    for (const group of GROUP_NAMES) {
      if (group === 'hours' && !this.#hasHours) continue
      for (const [name, measures] of Object.entries(figures[group])) {
        this.#groups[group].at(rename(name)).add(measures, rename)
      }
    }
    for (const count of COUNT_NAMES) {
      for (const [name, records] of Object.entries(figures[count])) {
        this.#counts[count].at(rename(name)).records += records
      }
    }
    for (const table of TABLE_NAMES) {
      for (const row of figures[table]) this.#tables[table].add(row, rename)
    }
    for (const map of figures.crowded) this.#room.crowded.add(map)
    // A column that one file lacks, another may have. A file without records does not count.
    if (figures.records + figures.unreadable > 0) {
      this.#missing =
        this.#missing?.filter((column) => figures.missing.includes(column)) ?? figures.missing
    }
  }

  /** Names with the most records first; days and hours in their order. */
  plain(): Figures {
    const groups = mapNames(GROUP_NAMES, (name) => {
      const sorted = GROUPS[name].names === 'text' ? largestFirst : inOrder
      const members = sorted(this.#groups[name].entries())
      return Object.fromEntries(members.map(([key, group]) => [key, group.plain()]))
    })
    const counts = mapNames(COUNT_NAMES, (name) => {
      const members = largestFirst(this.#counts[name].entries())
      return Object.fromEntries(members.map(([key, { records }]) => [key, safe(records)]))
    })
    return {
      ...this.#total.plain(),
      ...this.#noted,
      ...counts,
      ...mapNames(TABLE_NAMES, (name) => this.#tables[name].plain()),
      ...groups,
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
    this.#groups.hours.clear()
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
