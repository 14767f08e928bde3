import { addMeasures } from '../report/counters.js'
import { type Named, type ShownFigures, type ShownMeasures, UNKNOWN } from '../report/figures.js'
import type { FileFacts } from '../report/file-reading.js'
import { meaningOf } from './error-codes.js'
import {
  changesOf,
  formatAverage,
  formatBytes,
  formatCount,
  formatRate,
  formatRateOf,
  formatSeconds,
  joinCost,
  NONE,
  percentileOf,
} from './format.js'
import {
  describeCountry,
  escapeName,
  formatCode,
  formatDetails,
  formatTable,
  type Heading,
  left,
  right,
  unbroken,
} from './markdown.js'
import { isDay } from './periods.js'

/** Rows of a table of names, before all others are added up in one. */
const MAX_NAMES = 15

/** Rows of the tables of days and of files. */
const MAX_DAYS = 200
const MAX_FILES = 50

/** The headings of `figureCells`: few enough for a narrow screen. */
export const FIGURE_HEADINGS = right('Outbound', 'Delivered', '95% within', 'Cost')

const COST_HEADINGS = right(
  'Records',
  'Parts',
  'Cost of a record',
  'of a part',
  'of a delivered message',
)

/** The figures of a group, as the cells of a row; with the change if there is a `before`. */
export function figureCells(figures: ShownMeasures, before?: ShownMeasures): string[] {
  const { outbound, cost, pending = 0 } = figures
  const p95 = percentileOf(figures, 'p95')
  const changes = Object.values(changesOf(figures, before))
  const cells = [
    formatCount(outbound),
    `${formatRateOf(figures)}${pending > 0 ? `<br>${unbroken(`${formatCount(pending)} pending`)}` : ''}`,
    p95 === undefined ? NONE : unbroken(formatSeconds(p95)),
    formatCost(cost),
  ]
  return cells.map((cell, at) => {
    const change = changes[at]
    return change === undefined ? cell : `${cell}<br>${unbroken(change)}`
  })
}

function costCells({ records, parts, cost, delivered }: ShownMeasures): string[] {
  return [
    formatCount(records),
    parts === undefined ? NONE : formatCount(parts),
    formatAverage(cost, records),
    formatAverage(cost, parts),
    formatAverage(cost, delivered),
  ]
}

/** Amounts by currency, as Markdown. */
function formatCost(cost: ShownMeasures['cost']): string {
  const show = (currency: string, amount: string): string =>
    unbroken(`${escapeName(currency)} ${amount}`)
  return joinCost(cost, { show, separator: '<br>' }) ?? NONE
}

/** All figures of each day, for screen readers and terminals, which show no charts. */
export function formatDayTable(days: Named<ShownMeasures>): string {
  const all = Object.entries(days)
  const earlier = all.slice(0, -MAX_DAYS)
  const shown = all
    .slice(-MAX_DAYS)
    .map(([day, figures]) => [isDay(day) ? day : escapeName(day), figures] as const)
  if (earlier.length > 0)
    shown.unshift([`${formatCount(earlier.length)} earlier days`, sumOf(earlier)])
  return formatDetails(
    'All figures by day, as a table',
    formatTable(
      [...left('Day (UTC)'), ...FIGURE_HEADINGS, ...COST_HEADINGS],
      shown.map(([label, figures]) => [label, ...figureCells(figures), ...costCells(figures)]),
    ),
  )
}

interface GroupTable {
  readonly heading: string
  readonly describe: (name: string) => string
  /** The same groups of another period. */
  readonly before: Named<ShownMeasures> | undefined
  /** Whether parts and average costs are shown as well. */
  readonly hasCosts: boolean
}

/** Groups by size; nothing if there are none, or if they are not known. */
export function formatGroups(
  groups: Named<ShownMeasures> = {},
  { heading, describe, before, hasCosts }: GroupTable,
): string[] {
  const all = Object.entries(groups).sort(([, a], [, b]) => b.records - a.records)
  // A single name that is left over takes no more room than a row for the others.
  const most = all.length === MAX_NAMES + 1 ? all.length : MAX_NAMES
  const table = (headings: readonly Heading[], cells: typeof figureCells): string[] =>
    tableOf([...left(heading), ...headings], all, {
      most,
      row: ([name, figures]) => [describe(name), ...cells(figures, before?.[name])],
      others: (rest) => cells(sumOf(rest)),
    })
  const costs = hasCosts ? table(COST_HEADINGS, costCells) : []
  return [
    ...table(FIGURE_HEADINGS, figureCells),
    ...costs.map((text) => formatDetails(`${heading}: parts and average costs`, text)),
  ]
}

function sumOf(groups: readonly (readonly [string, ShownMeasures])[]): ShownMeasures {
  return addMeasures(groups.map(([, figures]) => figures))
}

/** Why outbound messages failed, and where, in the vendor's words. */
export function formatFailures(failures: ShownFigures['failures'] = []): string[] {
  return tableOf([...left('Failed in', 'Operator', 'Error'), ...right('Outbound')], failures, {
    row: ({ country, operator, error, records }) => [
      describeCountry(country),
      escapeName(operator),
      describeError(error),
      formatCount(records),
    ],
    others: (rest) => ['', '', formatTotal(rest, ({ records }) => records)],
  })
}

function describeError(error: string): string {
  if (error === UNKNOWN) return 'no error code'
  const meaning = meaningOf(error)
  return meaning === undefined ? escapeName(error) : `${escapeName(error)} ${meaning}`
}

/** Names by how often they are there, and their share of so many records. */
export function formatCounts(
  heading: string,
  counts: Named<number> | undefined,
  records: number,
): string[] {
  const cells = (some: readonly Counted[]): string[] => {
    const count = total(some, countOf)
    return [formatCount(count), records === 0 ? NONE : formatRate(count / records)]
  }
  return tableOf([...left(heading), ...right('Records', 'Share')], byCount(counts), {
    row: (one) => [escapeName(one[0]), ...cells([one])],
    others: cells,
  })
}

/** Error codes with the vendor's word for each. */
export function formatErrors(errors: Named<number> | undefined): string[] {
  return tableOf([...left('Error code', 'Meaning'), ...right('Records')], byCount(errors), {
    row: ([code, count]) => [escapeName(code), meaningOf(code) ?? NONE, formatCount(count)],
    others: (rest) => [NONE, formatTotal(rest, countOf)],
  })
}

type Counted = readonly [name: string, count: number]

const countOf = ([, count]: Counted): number => count

function byCount(counts: Named<number> = {}): Counted[] {
  return Object.entries(counts).sort(([, a], [, b]) => b - a)
}

/** The files on the disk, so that each can be identified. */
export function formatFiles(files: readonly FileFacts[]): string[] {
  const cells = (some: readonly FileFacts[]): string[] => [
    formatTotal(some, ({ records }) => records),
    unbroken(formatBytes(total(some, ({ bytes }) => bytes))),
  ]
  return tableOf([...left('File, and its SHA-256'), ...right('Records', 'Size')], files, {
    most: MAX_FILES,
    row: (file) => [`${formatCode(file.name)}<br>${formatCode(file.sha256)}`, ...cells([file])],
    others: cells,
  })
}

interface Rows<T> {
  readonly most?: number
  readonly row: (one: T) => string[]
  /** The cells after `12 others`. */
  readonly others: (rest: readonly T[]) => string[]
}

/** A table with a row for each of the first, and one for all others; none if there is no row. */
export function tableOf<T>(
  headings: readonly Heading[],
  all: readonly T[],
  { most = MAX_NAMES, row, others }: Rows<T>,
): string[] {
  if (all.length === 0) return []
  const rest = all.slice(most)
  const last = rest.length > 0 ? [[`${formatCount(rest.length)} others`, ...others(rest)]] : []
  return [formatTable(headings, [...all.slice(0, most).map(row), ...last])]
}

function total<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((sum, one) => sum + of(one), 0)
}

function formatTotal<T>(all: readonly T[], of: (one: T) => number): string {
  return formatCount(total(all, of))
}
