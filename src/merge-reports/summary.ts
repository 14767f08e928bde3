import { addMeasures } from '../report/counters.js'
import {
  type Figures,
  measuresOf,
  type ShownFigures,
  type ShownMeasures,
  shownOf,
} from '../report/figures.js'
import type { ReportFile } from '../report/report-file.js'
import { formatCount, formatFirst } from '../summary/format.js'
import { formatCode, formatDetails, joinBlocks, left } from '../summary/markdown.js'
import { formatFigures, formatSpan } from '../summary/page.js'
import { FIGURE_HEADINGS, figureCells, tableOf } from '../summary/tables.js'

/** With more exports, their table is folded: the figures come first. */
const MAX_OPEN_EXPORTS = 15

/** In characters, of the 1 MiB that a summary may have: enough for a whole matrix of jobs. */
const MAX_TABLE_LENGTH = 100_000

/** Subaccounts that the heading names. */
const MAX_NAMED = 5

/** A row of the page. */
export interface MergedExport {
  readonly subaccountId: string
  readonly jobId: string
  /** The days of its records, from the first to the last, in UTC. */
  readonly days: string
  readonly figures: ShownMeasures
}

export interface MergedReports {
  readonly exports: readonly MergedExport[]
  /** Jobs whose reports should be there and are not. */
  readonly missing: readonly string[]
  readonly figures: Figures
}

/** What the page keeps of a report; all else is in the sum. */
export function toExport({ subaccountId, jobId, figures }: ReportFile): MergedExport {
  const shown = shownOf(figures)
  return { subaccountId, jobId, days: formatSpan(shown.days), figures: measuresOf(shown) }
}

/** The sum of several exports, as Markdown for the job's summary. */
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
    ...formatExports(exports),
    'The same figures are in the output `report`; the README of the download action says how each is computed.',
  ])
}

function describeSubaccounts(exports: readonly MergedExport[]): string {
  const names = [...new Set(exports.map(({ subaccountId }) => subaccountId))].sort()
  if (names.length > MAX_NAMED) return `${formatCount(names.length)} subaccounts`
  return names.map(formatCode).join(', ')
}

/** Above all figures, because they lack those of the jobs. */
function formatMissing(missing: readonly string[], wanted: number): string[] {
  if (missing.length === 0) return []
  const ids = missing.map(formatCode)
  return [
    `**The reports on ${formatCount(missing.length)} of ${formatCount(wanted)} jobs are missing, and with them their figures.**`,
    formatDetails('The jobs that are missing', formatFirst(ids, countFitting(ids))),
  ]
}

function formatExports(exports: readonly MergedExport[]): string[] {
  const headings = [...left('Subaccount', 'Days (UTC)'), ...FIGURE_HEADINGS, ...left('Job')]
  const row = ({ subaccountId, jobId, days, figures }: MergedExport): string[] => [
    formatCode(subaccountId),
    days,
    ...figureCells(figures),
    formatCode(jobId),
  ]
  const tables = tableOf(headings, exports, {
    most: countFitting(exports.map((one) => row(one).join(' | '))),
    row,
    others: (rest) => ['', ...figureCells(addMeasures(rest.map(({ figures }) => figures))), ''],
  })
  return exports.length > MAX_OPEN_EXPORTS
    ? tables.map((table) => formatDetails(`The ${formatCount(exports.length)} exports`, table))
    : tables
}

/** How many of the first have room. */
function countFitting(texts: readonly string[]): number {
  let length = 0
  return texts.filter((text) => {
    length += text.length
    return length <= MAX_TABLE_LENGTH
  }).length
}
