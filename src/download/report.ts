import path from 'node:path'
import type { Clock } from '../clock.js'
import { saveText } from '../files/json-files.js'
import { type Column, type Figures, type ShownFigures, shownOf } from '../report/figures.js'
import type { FileFacts } from '../report/file-reading.js'
import type { Findings } from '../report/reader.js'
import { setReportOutputs } from '../report/report.js'
import { formatReportFile } from '../report/report-file.js'
import { Tally } from '../report/tally.js'
import { quote, sanitize } from '../sanitize.js'
import type { Step } from '../step.js'
import { formatCount } from '../summary/format.js'
import { escapeName, formatCode, joinBlocks } from '../summary/markdown.js'
import { formatFigures, formatHeadline } from '../summary/page.js'
import { formatFiles } from '../summary/tables.js'
import type { DownloadRequest, ReportRequest } from './inputs.js'

/** Files that one notice names. */
const MAX_NAMED = 3

export interface DownloadedExport {
  readonly subaccountId: string
  readonly jobId: string
  readonly findings: Findings
  /** When the links stop working, as the API writes it (UTC). */
  readonly expires: string | undefined
  /** Of the period that compare-with names. */
  readonly before?: ShownFigures | undefined
}

interface ReportDependencies {
  readonly clock: Clock
  readonly step: Step
}

/** Hands on what the files of an export hold: as outputs, in the log, in the job's summary. */
export async function report(
  downloaded: DownloadedExport & { readonly folder: string },
  request: ReportRequest,
  { clock, step }: ReportDependencies,
): Promise<void> {
  const { folder, findings } = downloaded
  const { figures, files } = findings
  const paths = files.map(({ name }) => path.join(folder, name))
  setReportOutputs(figures, step, [JSON.stringify(paths)])
  step.info(sanitize(`${formatHeadline(shownOf(figures))}.`, { maxLength: 400 }))
  annotate(downloaded.findings, step)
  step.addSummary(formatDownloadSummary(downloaded))
  await writeReportFile(downloaded, figures, request, { clock, step })
}

/** The same for a job that found no record. */
export async function reportNothing(
  { connection: { subaccountId }, jobId }: DownloadRequest,
  request: ReportRequest,
  { clock, step }: ReportDependencies,
): Promise<void> {
  const figures = new Tally().plain()
  setReportOutputs(figures, step)
  step.addSummary(formatEmptySummary(subaccountId, jobId))
  await writeReportFile({ subaccountId, jobId }, figures, request, { clock, step })
}

async function writeReportFile(
  { subaccountId, jobId }: Pick<DownloadedExport, 'subaccountId' | 'jobId'>,
  figures: Figures,
  { file }: ReportRequest,
  { clock, step: { signal } }: ReportDependencies,
): Promise<void> {
  if (file === undefined) return
  await saveText(file, formatReportFile({ subaccountId, jobId, figures }), { clock, signal })
}

/** What a reader of the figures has to know. */
function annotate({ figures, files }: Findings, step: Step): void {
  const { records, outbound, unreadable, unpriced, undated } = figures
  const first = files.find((file) => file.unreadable > 0)
  if (first) step.warning(describeUnreadable(unreadable, first))
  for (const text of describeMissing(files)) step.notice(text)
  if (records > 0 && outbound === 0) {
    step.notice('The delivery rate cannot be computed: no record is of an outbound message.')
  }
  if (unpriced > 0) {
    step.notice(
      unpriced === 1
        ? 'One delivered record has no price, and counts as 0 in the cost.'
        : `${formatCount(unpriced)} delivered records have no price, and count as 0 in the cost.`,
    )
  }
  if (undated > 0) {
    step.notice(
      undated === 1
        ? 'One record has no time in createdat that can be read, and counts under the day "unknown".'
        : `${formatCount(undated)} records have no time in createdat that can be read, and count under the day "unknown".`,
    )
  }
}

/** Files that lack the same columns are told of together. */
function describeMissing(files: readonly FileFacts[]): string[] {
  const lacking = new Map<string, FileFacts[]>()
  for (const file of files.filter(({ missing }) => missing.length > 0)) {
    const columns = file.missing.join(', ')
    lacking.set(columns, [...(lacking.get(columns) ?? []), file])
  }
  return [...lacking].map(([columns, same]) => {
    const has = (column: Column): boolean => same[0]?.missing.includes(column) ?? false
    return [
      `${nameFiles(same)} ${same.length === 1 ? 'has' : 'have'} no column ${columns}: what is there counts as blank, and a figure that no file has the column for is left out.`,
      ...(has('direction') ? ['Without direction all records count as outbound.'] : []),
      ...(has('price_currency') ? ['Without price_currency a cost counts under "unknown".'] : []),
    ].join(' ')
  })
}

function nameFiles(files: readonly FileFacts[]): string {
  const names = files.slice(0, MAX_NAMED).map(({ name }) => quote(name))
  const more = files.length - names.length
  return `${names.join(', ')}${more > 0 ? ` and ${formatCount(more)} more files` : ''}`
}

function describeUnreadable(unreadable: number, { name, firstUnreadable }: FileFacts): string {
  const records = unreadable === 1 ? 'One record' : `${formatCount(unreadable)} records`
  const [are, first] = unreadable === 1 ? ['is', 'it'] : ['are', 'the first']
  return `${records} could not be read and ${are} in no figure; ${first} is in ${name}, line ${firstUnreadable?.line}: ${firstUnreadable?.reason}.`
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
  const { subaccountId, jobId, findings, before } = downloaded
  const { figures, files } = findings
  if (figures.records === 0 && figures.unreadable === 0) {
    return formatEmptySummary(subaccountId, jobId)
  }
  return joinBlocks([
    formatHeading(subaccountId),
    ...formatFigures(shownOf(figures), before),
    formatFiles(files),
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
