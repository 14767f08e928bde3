import type { Comparison } from '../report/comparison.js'
import { shownOf } from '../report/figures.js'
import type { Findings } from '../report/findings.js'
import { escapeName, formatCode, joinBlocks } from '../summary/markdown.js'
import { formatFigures } from '../summary/page.js'
import { formatFiles } from '../summary/tables.js'

export interface DownloadedExport {
  readonly subaccountId: string
  readonly jobId: string
  readonly findings: Findings
  /** When the links stop working, as the API writes it (UTC). */
  readonly expires: string | undefined
  readonly comparison?: Comparison | undefined
}

/** One line for an export without a record, as Markdown. */
export function formatEmptySummary(subaccountId: string, jobId: string): string {
  return joinBlocks([
    formatHeading(subaccountId),
    `No records: job ${formatCode(jobId)} found none.`,
  ])
}

/** The report on an export, as Markdown for the job's summary. */
export function formatDownloadSummary(downloaded: DownloadedExport): string {
  const { subaccountId, jobId, findings, comparison } = downloaded
  const { figures, files } = findings
  if (figures.records === 0 && figures.unreadable === 0) {
    return formatEmptySummary(subaccountId, jobId)
  }
  return joinBlocks([
    formatHeading(subaccountId),
    ...formatFigures(shownOf(figures), comparison),
    ...formatFiles(files),
    formatFooter(downloaded),
  ])
}

function formatHeading(subaccountId: string): string {
  return `### SMS logs of ${formatCode(subaccountId)}`
}

function formatFooter({ jobId, expires }: DownloadedExport): string {
  const links =
    expires === undefined ? '' : ` The API's links work until ${formatMinute(expires)} UTC.`
  return `Job ${formatCode(jobId)}.${links} The same figures are in the output \`report\`; the README of the download action says how each is computed.`
}

/** `2026-12-24 06:58`, in UTC, which a moment without a zone is in; one that is none as it is. */
function formatMinute(moment: string): string {
  const instant = new Date(/(Z|[+-]\d\d:\d\d)$/.test(moment) ? moment : `${moment}Z`)
  if (Number.isNaN(instant.getTime())) return escapeName(moment)
  return instant.toISOString().slice(0, 16).replace('T', ' ')
}
