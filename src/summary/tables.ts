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
  unbroken,
} from './markdown.js'
import { isDay } from './periods.js'

/** Rows of a table of names; the smaller ones are gathered in one. */
const MAX_NAMES = 15

/** Rows of the table of days, and of that of files. */
const MAX_DAYS = 200
const MAX_FILES = 50

/** The headings of what `figureCells` gives: few enough for a narrow screen. */
export const FIGURE_HEADINGS: readonly Heading[] = [
  ['Outbound', 'right'],
  ['Delivered', 'right'],
  ['95% within', 'right'],
  ['Cost', 'right'],
]

const COST_HEADINGS: readonly Heading[] = [
  ['Records', 'right'],
  ['Parts', 'right'],
  ['Cost of a record', 'right'],
  ['of a part', 'right'],
  ['of a delivered message', 'right'],
]

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

/** All figures of each day, for those who read the page with their ears, or in a terminal. */
export function formatDayTable(days: Named<ShownMeasures>): string {
  const all = Object.entries(days)
  const shown = all.slice(-MAX_DAYS)
  const earlier = all.slice(0, -MAX_DAYS)
  const cells = (figures: ShownMeasures): string[] => [
    ...figureCells(figures),
    ...costCells(figures),
  ]
  const rows = shown.map(([day, figures]) => [
    isDay(day) ? day : escapeName(day),
    ...cells(figures),
  ])
  if (earlier.length > 0) {
    rows.unshift([`${formatCount(earlier.length)} earlier days`, ...cells(sumOf(earlier))])
  }
  return formatDetails(
    'All figures by day, as a table',
    formatTable([['Day (UTC)', 'left'], ...FIGURE_HEADINGS, ...COST_HEADINGS], rows),
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
  // One that would stand alone in the last row can as well have a name there.
  const shown = all.length === MAX_NAMES + 1 ? all : all.slice(0, MAX_NAMES)
  const rest = all.slice(shown.length)
  const table = (
    headings: readonly Heading[],
    cells: (figures: ShownMeasures, before?: ShownMeasures) => string[],
  ): string => {
    const rows = shown.map(([name, figures]) => [describe(name), ...cells(figures, before?.[name])])
    if (rest.length > 0) rows.push([`${formatCount(rest.length)} others`, ...cells(sumOf(rest))])
    return formatTable([[heading, 'left'], ...headings], rows)
  }
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
  const shown = failures.slice(0, MAX_NAMES)
  const rest = failures.slice(MAX_NAMES)
  const rows = shown.map(({ country, operator, error, records }) => [
    describeCountry(country),
    escapeName(operator),
    describeError(error),
    formatCount(records),
  ])
  if (rest.length > 0) {
    const sum = rest.reduce((total, { records }) => total + records, 0)
    rows.push([`${formatCount(rest.length)} other kinds`, '', '', formatCount(sum)])
  }
  if (rows.length === 0) return []
  return [
    formatTable(
      [
        ['Failed in', 'left'],
        ['Operator', 'left'],
        ['Error', 'left'],
        ['Outbound', 'right'],
      ],
      rows,
    ),
  ]
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
  const rows = firstNames(counts ?? {}).map(([name, count]) => [
    name,
    formatCount(count),
    records === 0 ? NONE : formatRate(count / records),
  ])
  if (rows.length === 0) return []
  return [
    formatTable(
      [
        [heading, 'left'],
        ['Records', 'right'],
        ['Share', 'right'],
      ],
      rows,
    ),
  ]
}

/** Error codes with the vendor's word for each. */
export function formatErrors(errors: Named<number> | undefined): string[] {
  const rows = firstNames(errors ?? {}).map(([name, count, code]) => [
    name,
    (code !== undefined && meaningOf(code)) || NONE,
    formatCount(count),
  ])
  if (rows.length === 0) return []
  return [
    formatTable(
      [
        ['Error code', 'left'],
        ['Meaning', 'left'],
        ['Records', 'right'],
      ],
      rows,
    ),
  ]
}

/** The most frequent as Markdown, with their counts and plain names; the others as one. */
function firstNames(counts: Named<number>): [string, number, string?][] {
  const all = Object.entries(counts).sort(([, a], [, b]) => b - a)
  const rest = all.slice(MAX_NAMES)
  const first = all
    .slice(0, MAX_NAMES)
    .map(([name, count]): [string, number, string] => [escapeName(name), count, name])
  if (rest.length === 0) return first
  return [
    ...first,
    [`${formatCount(rest.length)} others`, rest.reduce((sum, [, count]) => sum + count, 0)],
  ]
}

/** What lies on the disk, so that it can be told from anything else. */
export function formatFiles(files: readonly FileFacts[]): string[] {
  const row = ({ name, records, bytes, sha256 }: FileFacts): string[] => [
    `${formatCode(name)}<br>${formatCode(sha256)}`,
    formatCount(records),
    unbroken(formatBytes(bytes)),
  ]
  const rows = files.slice(0, MAX_FILES).map(row)
  const rest = files.slice(MAX_FILES)
  if (rest.length > 0) {
    const sum = (read: (file: FileFacts) => number): number =>
      rest.reduce((total, file) => total + read(file), 0)
    rows.push([
      `${formatCount(rest.length)} more`,
      formatCount(sum(({ records }) => records)),
      unbroken(formatBytes(sum(({ bytes }) => bytes))),
    ])
  }
  return [
    formatTable(
      [
        ['File, and its SHA-256', 'left'],
        ['Records', 'right'],
        ['Size', 'right'],
      ],
      rows,
    ),
  ]
}
