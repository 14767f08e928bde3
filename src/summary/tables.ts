import { addMeasures } from '../report/counters.js'
import {
  exactRateOf,
  type Named,
  type ShownFigures,
  type ShownMeasures,
  UNKNOWN,
} from '../report/figures.js'
import type { FileFacts } from '../report/file-reading.js'
import { meaningOf } from './error-codes.js'
import {
  changeOfCost,
  formatAverage,
  formatBytes,
  formatChange,
  formatCount,
  formatPoints,
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
  rowsOf,
  unbroken,
} from './markdown.js'
import { isDay } from './periods.js'

/** Rows of a table of names; the smaller ones are gathered in one. */
const MAX_NAMES = 15

/** Rows of the table of days, and of that of files. */
const MAX_DAYS = 200
const MAX_FILES = 50

/** The headings of what `figureCells` gives: few enough for a narrow screen. */
export const FIGURE_HEADINGS = right('Outbound', 'Delivered', '95% within', 'Cost')

const COST_HEADINGS = right(
  'Records',
  'Parts',
  'Cost of a record',
  'of a part',
  'of a delivered message',
)

/** What is known of a group, as the cells of a row; with the change where there is a `before`. */
export function figureCells(figures: ShownMeasures, before?: ShownMeasures): string[] {
  const { outbound, cost, pending = 0 } = figures
  const p95 = percentileOf(figures, 'p95')
  const changes = before && [
    formatChange(outbound, before.outbound),
    formatPoints(exactRateOf(figures), exactRateOf(before)),
    formatChange(p95, percentileOf(before, 'p95')),
    changeOfCost(figures, before),
  ]
  const cells = [
    formatCount(outbound),
    `${formatRateOf(figures)}${pending > 0 ? `<br>${unbroken(`${formatCount(pending)} pending`)}` : ''}`,
    p95 === undefined ? NONE : unbroken(formatSeconds(p95)),
    formatCost(cost),
  ]
  return cells.map((cell, at) => {
    const change = changes?.[at]
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
  const row = (label: string, figures: ShownMeasures): string[] => [
    label,
    ...figureCells(figures),
    ...costCells(figures),
  ]
  const rows = [
    ...(earlier.length > 0
      ? [row(`${formatCount(earlier.length)} earlier days`, sumOf(earlier))]
      : []),
    ...all
      .slice(-MAX_DAYS)
      .map(([day, figures]) => row(isDay(day) ? day : escapeName(day), figures)),
  ]
  return formatDetails(
    'All figures by day, as a table',
    formatTable([...left('Day (UTC)'), ...FIGURE_HEADINGS, ...COST_HEADINGS], rows),
  )
}

export interface GroupTable {
  readonly heading: string
  readonly describe: (name: string) => string
  /** The same groups of another period. */
  readonly before?: Named<ShownMeasures> | undefined
  /** Whether their parts and average costs are shown as well. */
  readonly withCosts?: boolean
}

/** Groups by size, or nothing where there are none or they are not known. */
export function formatGroups(
  groups: Named<ShownMeasures> | undefined,
  { heading, describe, before, withCosts = false }: GroupTable,
): string[] {
  const all = Object.entries(groups ?? {}).sort(([, a], [, b]) => b.records - a.records)
  if (all.length === 0) return []
  // A single name that is left over takes no more room than a row for the others.
  const most = all.length === MAX_NAMES + 1 ? all.length : MAX_NAMES
  const table = (headings: readonly Heading[], cells: typeof figureCells): string =>
    formatTable(
      [...left(heading), ...headings],
      rowsOf(all, most, {
        row: ([name, figures]) => [describe(name), ...cells(figures, before?.[name])],
        others: (rest) => [`${formatCount(rest.length)} others`, ...cells(sumOf(rest))],
      }),
    )
  return [
    table(FIGURE_HEADINGS, figureCells),
    ...(withCosts
      ? [formatDetails(`${heading}: parts and average costs`, table(COST_HEADINGS, costCells))]
      : []),
  ]
}

function sumOf(groups: readonly (readonly [string, ShownMeasures])[]): ShownMeasures {
  return addMeasures(groups.map(([, figures]) => figures))
}

/** Why outbound messages failed, and where, in the vendor's words. */
export function formatFailures(failures: ShownFigures['failures'] = []): string[] {
  const rows = rowsOf(failures, MAX_NAMES, {
    row: ({ country, operator, error, records }) => [
      describeCountry(country),
      escapeName(operator),
      describeError(error),
      formatCount(records),
    ],
    others: (rest) => [
      `${formatCount(rest.length)} other kinds`,
      '',
      '',
      formatCount(total(rest.map(({ records }) => records))),
    ],
  })
  return tableUnlessEmpty([...left('Failed in', 'Operator', 'Error'), ...right('Outbound')], rows)
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
  const cells = (count: number): string[] => [
    formatCount(count),
    records === 0 ? NONE : formatRate(count / records),
  ]
  const rows = countRows(counts, (name, count) => [escapeName(name), ...cells(count)], cells)
  return tableUnlessEmpty([...left(heading), ...right('Records', 'Share')], rows)
}

/** Error codes with the vendor's word for each. */
export function formatErrors(errors: Named<number> | undefined): string[] {
  const rows = countRows(
    errors,
    (code, count) => [escapeName(code), meaningOf(code) ?? NONE, formatCount(count)],
    (count) => [NONE, formatCount(count)],
  )
  return tableUnlessEmpty([...left('Error code', 'Meaning'), ...right('Records')], rows)
}

/** A row for each of the most frequent names, and one for the others together. */
function countRows(
  counts: Named<number> = {},
  row: (name: string, count: number) => string[],
  cells: (count: number) => string[],
): string[][] {
  const all = Object.entries(counts).sort(([, a], [, b]) => b - a)
  return rowsOf(all, MAX_NAMES, {
    row: ([name, count]) => row(name, count),
    others: (rest) => [
      `${formatCount(rest.length)} others`,
      ...cells(total(rest.map(([, count]) => count))),
    ],
  })
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

function tableUnlessEmpty(headings: readonly Heading[], rows: string[][]): string[] {
  return rows.length === 0 ? [] : [formatTable(headings, rows)]
}

/** The files on the disk, so that each can be identified. */
export function formatFiles(files: readonly FileFacts[]): string {
  const cells = (some: readonly FileFacts[]): string[] => [
    formatCount(total(some.map(({ records }) => records))),
    unbroken(formatBytes(total(some.map(({ bytes }) => bytes)))),
  ]
  const rows = rowsOf(files, MAX_FILES, {
    row: (file) => [`${formatCode(file.name)}<br>${formatCode(file.sha256)}`, ...cells([file])],
    others: (rest) => [`${formatCount(rest.length)} more`, ...cells(rest)],
  })
  return formatTable([...left('File, and its SHA-256'), ...right('Records', 'Size')], rows)
}
