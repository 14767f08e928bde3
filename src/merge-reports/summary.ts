import { FIGURE_HEADINGS, figureCells, gather } from '../report/figure-cells.js'
import { formatCode, formatTable } from '../report/markdown.js'
import { formatCount } from '../report/number-format.js'
import { formatFigures, joinBlocks } from '../report/page.js'
import type { Figures } from '../report/report.js'
import type { ReportFile } from '../report/report-file.js'

/** Rows of the table of exports; a matrix has 256 jobs at most. */
const MAX_EXPORTS = 256

/** Subaccounts that the heading names. */
const MAX_NAMED = 5

/** The reports of several exports as one, as Markdown for the job's summary. */
export function formatMergedSummary(reports: readonly ReportFile[], figures: Figures): string {
  return joinBlocks([
    `### SMS logs of ${describeSubaccounts(reports)}`,
    ...formatFigures(figures),
    formatExports(reports),
    'The same figures are in the output `report`; the README of the download action says how each is computed.',
  ])
}

function describeSubaccounts(reports: readonly ReportFile[]): string {
  const names = [...new Set(reports.map(({ subaccountId }) => subaccountId))].sort()
  if (names.length > MAX_NAMED) return `${formatCount(names.length)} subaccounts`
  return names.map(formatCode).join(', ')
}

function formatExports(reports: readonly ReportFile[]): string {
  const rows = reports
    .slice(0, MAX_EXPORTS)
    .map(({ subaccountId, jobId, figures }) => [
      formatCode(subaccountId),
      formatCode(jobId),
      ...figureCells(figures),
    ])
  const rest = reports.slice(MAX_EXPORTS).map(({ jobId, figures }) => [jobId, figures] as const)
  if (rest.length > 0) rows.push(['', ...gather(rest, `${formatCount(rest.length)} more`)])
  return formatTable([['Subaccount', 'left'], ['Job', 'left'], ...FIGURE_HEADINGS], rows)
}
