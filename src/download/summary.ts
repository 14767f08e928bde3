import type { Findings } from '../report/findings.js'
import { escapeName, formatCode, formatTable, type Heading } from '../report/markdown.js'
import { toPeriods } from '../report/periods.js'
import type { Figures } from '../report/report.js'
import { headlineOf } from './headline.js'
import { formatCharts } from './summary-charts.js'
import {
  describeCountry,
  formatCounts,
  formatDayTable,
  formatErrors,
  formatFiles,
  formatGroups,
} from './summary-tables.js'

export interface DownloadedExport {
  readonly subaccountId: string
  readonly jobId: string
  readonly findings: Findings
  /** When the links stop working, as the API writes it (UTC). */
  readonly expires: string | undefined
}

/** One line for an export without a record, as Markdown. */
export function formatEmptySummary(subaccountId: string, jobId: string): string {
  return `### SMS logs of ${formatCode(subaccountId)}\n\nNo records: job ${formatCode(jobId)} found none.\n\n`
}

/** The report on an export, as Markdown for the job's summary. */
export function formatDownloadSummary(downloaded: DownloadedExport): string {
  const { subaccountId, jobId, findings } = downloaded
  const { figures } = findings
  if (figures.records === 0 && figures.unreadable === 0) {
    return formatEmptySummary(subaccountId, jobId)
  }
  return [
    `### SMS logs of ${formatCode(subaccountId)}`,
    formatHeadlineTable(figures),
    ...formatDays(figures),
    ...formatGroups('Countries', figures.countries, describeCountry),
    ...formatGroups('Operators', figures.operators, escapeName),
    ...formatCounts('Status', figures.statuses, figures.records),
    ...formatErrors(figures.errors),
    ...formatFiles(findings.files),
    formatFooter(downloaded),
  ]
    .map((block) => `${block}\n\n`)
    .join('')
}

function formatHeadlineTable(figures: Figures): string {
  const headline = headlineOf(figures)
  return formatTable(
    headline.map(({ heading }): Heading => [heading, 'right']),
    [headline.map(({ text }) => `**${text}**`)],
  )
}

function formatDays({ days }: Figures): string[] {
  if (days === undefined) return []
  const periods = toPeriods(days)
  return [...(periods ? formatCharts(periods) : []), formatDayTable(days)]
}

function formatFooter({ jobId, expires }: DownloadedExport): string {
  const links =
    expires === undefined ? '' : ` The API's links work until ${escapeName(expires)} (UTC).`
  return `Job ${formatCode(jobId)}.${links} The same figures are in the output \`report\`; the README of the download action says how each is computed.`
}
