import { addMeasures } from '../report/counters.js'
import {
  type Figures,
  measuresOf,
  type ShownFigures,
  type ShownMeasures,
  shownOf,
} from '../report/figures.js'
import type { ReportFile } from '../report/report-file.js'
import { formatCount, NONE } from '../summary/format.js'
import { formatCode, formatDetails, formatTable, joinBlocks, left } from '../summary/markdown.js'
import { formatFigures, formatSpan } from '../summary/page.js'
import { FIGURE_HEADINGS, figureCells } from '../summary/tables.js'

/** More exports than that are shown when they are asked for: the figures come first. */
const MAX_OPEN_EXPORTS = 15

/** In characters, of the 1 MiB that a summary may have; a whole matrix fits, but for hostile names. */
const MAX_TABLE_LENGTH = 100_000

/** Subaccounts that the heading names. */
const MAX_NAMED = 5

/** What the page keeps of one export. */
export interface MergedExport {
  readonly subaccountId: string
  readonly jobId: string
  /** The days of its records, from the first to the last, in UTC. */
  readonly days: string
  readonly figures: ShownMeasures
}

/** Several exports as one. */
export interface MergedReports {
  readonly exports: readonly MergedExport[]
  /** Jobs whose reports should be there and are not. */
  readonly missing: readonly string[]
  readonly figures: Figures
}

/** A report as a row of the page: all else of it is in the sum. */
export function toExport({ subaccountId, jobId, figures }: ReportFile): MergedExport {
  const shown = shownOf(figures)
  const { days } = shown
  return {
    subaccountId,
    jobId,
    days: days === undefined ? NONE : formatSpan(days),
    figures: measuresOf(shown),
  }
}

/** The reports on several exports as one, as Markdown for the job's summary. */
export function formatMergedSummary(
  { exports, missing, figures }: MergedReports,
  before?: ShownFigures,
): string {
  const isEmpty = figures.records === 0 && figures.unreadable === 0
  return joinBlocks([
    `### SMS logs of ${describeSubaccounts(exports)}`,
    ...formatMissing(missing, exports.length + missing.length),
    ...(isEmpty
      ? ['No records: none of the exports has any.']
      : formatFigures(shownOf(figures), before)),
    formatExports(exports),
    'The same figures are in the output `report`; the README of the download action says how each is computed.',
  ])
}

function describeSubaccounts(exports: readonly MergedExport[]): string {
  const names = [...new Set(exports.map(({ subaccountId }) => subaccountId))].sort()
  if (names.length > MAX_NAMED) return `${formatCount(names.length)} subaccounts`
  return names.map(formatCode).join(', ')
}

/** Above all figures, as none of them is whole then. */
function formatMissing(missing: readonly string[], wanted: number): string[] {
  if (missing.length === 0) return []
  const ids = missing.map(formatCode)
  const shown = fitting(ids)
  const rest = ids.length - shown.length
  const more = rest > 0 ? ` and ${formatCount(rest)} more` : ''
  return [
    `**The reports on ${formatCount(missing.length)} of ${formatCount(wanted)} jobs are missing, and with them their figures.**`,
    formatDetails('The jobs that are missing', `${shown.join(', ')}${more}`),
  ]
}

function formatExports(exports: readonly MergedExport[]): string {
  const headings = [...left('Subaccount', 'Days (UTC)'), ...FIGURE_HEADINGS, ...left('Job')]
  const shown = fitting(exports.map(toRow))
  const rest = exports.slice(shown.length).map(({ figures }) => figures)
  const rows = rest.length > 0 ? [...shown, sumRow(rest)] : shown
  const table = formatTable(headings, rows)
  return exports.length > MAX_OPEN_EXPORTS
    ? formatDetails(`The ${formatCount(exports.length)} exports`, table)
    : table
}

function toRow({ subaccountId, jobId, days, figures }: MergedExport): string[] {
  return [formatCode(subaccountId), days, ...figureCells(figures), formatCode(jobId)]
}

function sumRow(rest: readonly ShownMeasures[]): string[] {
  return [`${formatCount(rest.length)} more`, '', ...figureCells(addMeasures(rest)), '']
}

/** The first of them, as many as have room. */
function fitting<T extends string | readonly string[]>(texts: readonly T[]): T[] {
  let length = 0
  return texts.filter((text) => {
    length += typeof text === 'string' ? text.length : text.join(' | ').length
    return length <= MAX_TABLE_LENGTH
  })
}
