import type { ShownMeasures } from '../report/figures.js'
import type { FileFacts } from '../report/findings.js'
import { meaningOf } from './error-codes.js'
import { FIGURE_HEADINGS, figureCells, gather, NONE } from './figure-cells.js'
import { escapeName, formatCode, formatDetails, formatTable, unbroken } from './markdown.js'
import { formatBytes, formatCount, formatRate } from './number-format.js'
import { isDay } from './periods.js'

/** Rows of a table of names; the smaller ones are gathered in one. */
const MAX_NAMES = 15

/** Rows of the table of days, and of that of files. */
const MAX_DAYS = 200
const MAX_FILES = 50

/** For those who read the page with their ears, or in a terminal. */
export function formatDayTable(days: Readonly<Record<string, ShownMeasures>>): string {
  const all = Object.entries(days)
  const shown = all.slice(-MAX_DAYS)
  const earlier = all.slice(0, -MAX_DAYS)
  const rows = shown.map(([day, figures]) => [
    isDay(day) ? day : escapeName(day),
    ...figureCells(figures),
  ])
  if (earlier.length > 0)
    rows.unshift(gather(earlier, `${formatCount(earlier.length)} earlier days`))
  return formatDetails(
    'The same by day, as a table',
    formatTable([['Day (UTC)', 'left'], ...FIGURE_HEADINGS], rows),
  )
}

/** Groups by size, or nothing where there are none or they are not known. */
export function formatGroups(
  heading: string,
  groups: Readonly<Record<string, ShownMeasures>> | undefined,
  describe: (name: string) => string,
): string[] {
  const all = Object.entries(groups ?? {}).sort(([, a], [, b]) => b.records - a.records)
  if (all.length === 0) return []
  // One that would stand alone in the last row can as well have a name there.
  const shown = all.length === MAX_NAMES + 1 ? all : all.slice(0, MAX_NAMES)
  const rest = all.slice(shown.length)
  const rows = shown.map(([name, figures]) => [describe(name), ...figureCells(figures)])
  if (rest.length > 0) rows.push(gather(rest, `${formatCount(rest.length)} others`))
  return [formatTable([[heading, 'left'], ...FIGURE_HEADINGS], rows)]
}

/** Names by how often they are there. */
export function formatCounts(
  heading: string,
  counts: Readonly<Record<string, number>> | undefined,
  records: number,
): string[] {
  const rows = firstNames(counts ?? {}).map(([name, count]) => [
    name,
    formatCount(count),
    formatRate(count / records),
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
export function formatErrors(errors: Readonly<Record<string, number>> | undefined): string[] {
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
function firstNames(counts: Readonly<Record<string, number>>): [string, number, string?][] {
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

/** `Singapore (SG)`; what is not a country's code stays as it is. */
export function describeCountry(name: string): string {
  if (!/^[A-Z]{2}$/i.test(name)) return escapeName(name)
  const country = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }).of(
    name.toUpperCase(),
  )
  return country === undefined ? escapeName(name) : `${escapeName(country)} (${name.toUpperCase()})`
}
