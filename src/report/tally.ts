import { DecimalSum } from './decimal.js'
import { Names } from './names.js'
import type { SmsRecord } from './record.js'

/** Sums of one currency in one group that all groups may have together: memory has its end. */
const MAX_GROUP_COSTS = 100_000

type Rename = (name: string) => string

export class Count {
  value = 0
}

/** What is known of the records of one day, country or operator, or of all. */
export class Group {
  records = 0
  parts = 0
  outbound = 0
  delivered = 0
  /** By currency. */
  readonly costs: Names<DecimalSum>

  constructor(mayAddCurrency?: () => boolean) {
    this.costs = new Names(() => new DecimalSum(), mayAddCurrency)
  }

  add(record: SmsRecord): void {
    this.records += 1
    this.parts += record.parts
    if (record.isOutbound) this.outbound += 1
    if (record.isDelivered) this.delivered += 1
    if (record.price !== undefined) this.costs.at(record.currency).add(record.price)
  }

  addAll(other: Group, rename: Rename): void {
    this.records += other.records
    this.parts += other.parts
    this.outbound += other.outbound
    this.delivered += other.delivered
    for (const [currency, sum] of other.costs.entries()) this.costs.at(rename(currency)).addAll(sum)
  }
}

/** The figures of the records so far. Its memory follows the distinct names, not the records. */
export class Tally {
  readonly total = new Group()
  readonly directions = new Names(() => new Count())
  readonly statuses = new Names(() => new Count())
  readonly errors = new Names(() => new Count())
  readonly days = new Names(() => this.#createGroup())
  readonly countries = new Names(() => this.#createGroup())
  readonly operators = new Names(() => this.#createGroup())
  /** Records that were delivered and have no price. */
  unpriced = 0
  #groupCosts = 0

  add(record: SmsRecord): void {
    this.total.add(record)
    this.directions.at(record.direction).value += 1
    this.statuses.at(record.status).value += 1
    if (record.errorCode !== undefined) this.errors.at(record.errorCode).value += 1
    this.days.at(record.day).add(record)
    this.countries.at(record.country).add(record)
    this.operators.at(record.operator).add(record)
    if (record.isDelivered && record.price === undefined) this.unpriced += 1
  }

  /** Adds what another tally has found, under names of another kind. */
  addAll(other: Tally, rename: Rename): void {
    this.total.addAll(other.total, rename)
    this.unpriced += other.unpriced
    for (const name of ['directions', 'statuses', 'errors'] as const) {
      for (const [key, { value }] of other[name].entries())
        this[name].at(rename(key)).value += value
    }
    for (const name of ['days', 'countries', 'operators'] as const) {
      for (const [key, group] of other[name].entries())
        this[name].at(rename(key)).addAll(group, rename)
    }
  }

  #createGroup(): Group {
    return new Group(() => this.#groupCosts++ < MAX_GROUP_COSTS)
  }
}
