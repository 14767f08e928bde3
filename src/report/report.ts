import { type DecimalSum, formatDecimal } from './decimal.js'
import type { Names } from './names.js'
import type { Column } from './record.js'
import type { Count, Group, Tally } from './tally.js'

/** Amounts by currency, as exact decimals: `{"EUR": "41.2175"}`. */
export type Cost = Readonly<Record<string, string>>

/** What is known of the records of one day, country or operator, or of all. */
export interface GroupFigures {
  readonly records: number
  readonly outbound: number
  readonly parts?: number
  readonly delivered?: number
  readonly cost?: Cost
}

type Named<T> = Readonly<Record<string, T>>

/** The figures of an export. What needs a column that is missing in a file is left out. */
export interface Figures extends GroupFigures {
  /** Records that make no sense, and that are in no other figure. */
  readonly unreadable: number
  readonly directions: Named<number>
  readonly statuses?: Named<number>
  readonly errors?: Named<number>
  /** By their names in UTF-8: days in their order, all else with the most records first. */
  readonly days?: Named<GroupFigures>
  readonly countries?: Named<GroupFigures>
  readonly operators?: Named<GroupFigures>
}

type GroupReport = Omit<GroupFigures, 'outbound'>

/** The same as the output `report` gives it (the contract's section download). */
export interface Report extends GroupReport {
  readonly unreadable: number
  readonly deliveryRate?: number | null
  readonly directions: Named<number>
  readonly statuses?: Named<number>
  readonly errors?: Named<number>
  readonly days?: Named<GroupReport>
  readonly countries?: Named<GroupReport>
  readonly operators?: Named<GroupReport>
}

export interface Counted {
  readonly tally: Tally
  readonly unreadable: number
  /** Columns that at least one of the files lacks. */
  readonly missing: readonly Column[]
}

/** What has been counted, as data. */
export function toFigures({ tally, unreadable, missing }: Counted): Figures {
  const has = (column: Column): boolean => !missing.includes(column)
  const figures = (group: Group): GroupFigures => figuresOf(group, has)
  return {
    ...figures(tally.total),
    unreadable,
    directions: { outbound: 0, inbound: 0, ...countsOf(tally.directions) },
    ...(has('status_value') && { statuses: countsOf(tally.statuses) }),
    ...(has('status_errorcode') && { errors: countsOf(tally.errors) }),
    ...(has('createdat') && { days: inOrder(groupsOf(tally.days, figures)) }),
    ...(has('country') && { countries: groupsOf(tally.countries, figures) }),
    ...(has('operator') && { operators: groupsOf(tally.operators, figures) }),
  }
}

/** The figures in the order and with the members of the contract. */
export function toReport(figures: Figures): Report {
  const { unreadable, directions, statuses, errors, days, countries, operators } = figures
  const { records, cost, ...counts } = groupReportOf(figures)
  const deliveryRate = deliveryRateOf(figures)
  return {
    records,
    unreadable,
    ...counts,
    ...(deliveryRate !== undefined && { deliveryRate }),
    ...(cost && { cost }),
    directions,
    ...(statuses && { statuses }),
    ...(errors && { errors }),
    ...(days && { days: mapValues(days, groupReportOf) }),
    ...(countries && { countries: mapValues(countries, groupReportOf) }),
    ...(operators && { operators: mapValues(operators, groupReportOf) }),
  }
}

/**
 * Delivered of outbound records, from 0 to 1 with four decimals; null where none is outbound,
 * undefined where no status is known.
 */
export function deliveryRateOf(figures: GroupFigures): number | null | undefined {
  const rate = exactRateOf(figures)
  return rate && Math.round(rate * 10_000) / 10_000
}

/** The same as it is, for a page that rounds it in its own way: what is rounded twice is wrong. */
export function exactRateOf({ delivered, outbound }: GroupFigures): number | null | undefined {
  if (delivered === undefined) return undefined
  return outbound === 0 ? null : delivered / outbound
}

function groupReportOf({ records, parts, delivered, cost }: GroupFigures): GroupReport {
  return {
    records,
    ...(parts !== undefined && { parts }),
    ...(delivered !== undefined && { delivered }),
    ...(cost && { cost }),
  }
}

function figuresOf(group: Group, has: (column: Column) => boolean): GroupFigures {
  const { records, outbound, parts, delivered, costs } = group
  return {
    records,
    outbound,
    ...(has('smscount') && { parts }),
    ...(has('status_value') && { delivered }),
    ...(has('price_total') && { cost: costOf(costs) }),
  }
}

function costOf(costs: Names<DecimalSum>): Cost {
  const amounts = costs.entries().map(([currency, sum]) => [currency, sum.total()] as const)
  return Object.fromEntries(amounts.map(([currency, amount]) => [currency, formatDecimal(amount)]))
}

function countsOf(counts: Names<Count>): Record<string, number> {
  const found = counts.entries().map(([name, { value }]) => [name, value] as const)
  return Object.fromEntries(found.sort(([, a], [, b]) => b - a))
}

function groupsOf(
  groups: Names<Group>,
  figures: (group: Group) => GroupFigures,
): Record<string, GroupFigures> {
  const found = groups.entries().map(([name, group]) => [name, figures(group)] as const)
  return Object.fromEntries(found.sort(([, a], [, b]) => b.records - a.records))
}

function inOrder<T>(members: Named<T>): Record<string, T> {
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function mapValues<T, U>(members: Named<T>, change: (member: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, change(member)]))
}
