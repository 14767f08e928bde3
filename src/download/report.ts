import path from 'node:path'
import type { Clock } from '../clock.js'
import { saveText } from '../files/json-files.js'
import { type ShownFigures, shownOf } from '../report/figures.js'
import type { FileFacts } from '../report/file-reading.js'
import type { Findings } from '../report/reader.js'
import { setReportOutputs } from '../report/report.js'
import { formatReportFile } from '../report/report-file.js'
import { Tally } from '../report/tally.js'
import { quote, sanitize } from '../sanitize.js'
import type { Step } from '../step.js'
import { formatCount, formatFirst } from '../summary/format.js'
import { escapeName, formatCode, joinBlocks } from '../summary/markdown.js'
import { formatFigures, formatHeadline } from '../summary/page.js'
import { formatFiles } from '../summary/tables.js'
import type { ReportRequest } from './inputs.js'

/** Files that one notice names. */
const MAX_NAMED = 3

export interface DownloadedExport {
  readonly subaccountId: string
  readonly jobId: string
  /** Absolute. */
  readonly folder: string
  /** None for a job that found no records. */
  readonly findings: Findings
  /** When the links stop working, as the API writes it (UTC). */
  readonly expires: string | undefined
  /** Of the period that compare-with names. */
  readonly before?: ShownFigures | undefined
}

/** The findings of a job without files. */
export function noFindings(): Findings {
  return { figures: new Tally().plain(), files: [] }
}

/** Puts out the figures of an export: as outputs, in the log, in the job's summary, in report-file. */
export async function publishReport(
  downloaded: DownloadedExport,
  { file }: ReportRequest,
  { clock, step }: { readonly clock: Clock; readonly step: Step },
): Promise<void> {
  const { subaccountId, jobId, folder, findings } = downloaded
  const { figures, files } = findings
  const paths = files.map(({ name }) => path.join(folder, name))
  setReportOutputs(figures, step, [JSON.stringify(paths)])
  if (files.length > 0) {
    step.info(sanitize(`${formatHeadline(shownOf(figures))}.`, { maxLength: 400 }))
  }
  annotate(findings, step)
  step.addSummary(formatDownloadSummary(downloaded))
  if (file === undefined) return
  const text = formatReportFile({ subaccountId, jobId, figures })
  await saveText(file, text, { clock, signal: step.signal })
}

/** What a reader of the figures has to know. */
function annotate({ figures, files }: Findings, step: Step): void {
  const { records, outbound, unreadable, unpriced, undated } = figures
  const bad = files.find((file) => file.unreadable > 0)
  if (bad) {
    step.warning(
      `Records that could not be read, and are in no figure: ${formatCount(unreadable)}. The first is in ${bad.name}, line ${bad.firstUnreadable?.line}: ${bad.firstUnreadable?.reason}.`,
    )
  }
  for (const text of describeMissing(files)) step.notice(text)
  if (records > 0 && outbound === 0) {
    step.notice('The delivery rate cannot be computed: no record is of an outbound message.')
  }
  if (unpriced > 0) {
    step.notice(
      `Delivered records without a price, which count as 0 in the cost: ${formatCount(unpriced)}.`,
    )
  }
  if (undated > 0) {
    step.notice(
      `Records without a readable time in createdat, which count under the day "unknown": ${formatCount(undated)}.`,
    )
  }
}

/** One notice for all files that lack the same columns. */
function describeMissing(files: readonly FileFacts[]): string[] {
  const lacking = new Map<string, string[]>()
  for (const { name, missing } of files) {
    const columns = missing.join(', ')
    if (columns !== '') lacking.set(columns, [...(lacking.get(columns) ?? []), quote(name)])
  }
  return [...lacking].map(([columns, names]) => {
    const missing = columns.split(', ')
    return [
      `Columns that are missing in ${formatFirst(names, MAX_NAMED)}: ${columns}. They count as blank, and a figure is left out if no file has its column.`,
      ...(missing.includes('direction')
        ? ['Without direction all records count as outbound.']
        : []),
      ...(missing.includes('price_currency')
        ? ['Without price_currency a cost counts under "unknown".']
        : []),
    ].join(' ')
  })
}

/** The report on an export, as Markdown for the job's summary. */
export function formatDownloadSummary(
  downloaded: Pick<DownloadedExport, 'subaccountId' | 'jobId' | 'findings' | 'expires' | 'before'>,
): string {
  const { subaccountId, jobId, findings, expires, before } = downloaded
  const { figures, files } = findings
  const heading = `### SMS logs of ${formatCode(subaccountId)}`
  const job = formatCode(jobId)
  if (figures.records === 0 && figures.unreadable === 0) {
    return joinBlocks([heading, `No records: job ${job} found none.`])
  }
  const links =
    expires === undefined ? '' : ` The API's links work until ${formatMinute(expires)} UTC.`
  return joinBlocks([
    heading,
    ...formatFigures(shownOf(figures), before),
    ...formatFiles(files),
    `Job ${job}.${links} The same figures are in the output \`report\`; the README of the download action says how each is computed.`,
  ])
}

/** `2026-12-24 06:58`; a moment without a zone is in UTC. What is no moment stays as it is. */
function formatMinute(moment: string): string {
  const instant = new Date(/(Z|[+-]\d\d:\d\d)$/.test(moment) ? moment : `${moment}Z`)
  if (Number.isNaN(instant.getTime())) return escapeName(moment)
  return instant.toISOString().slice(0, 16).replace('T', ' ')
}
