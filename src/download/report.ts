import path from 'node:path'
import type { Clock } from '../clock.js'
import { saveText } from '../files/json-files.js'
import { type Column, type Figures, shownOf } from '../report/figures.js'
import type { FileFacts, Findings } from '../report/findings.js'
import { noteCrowdedMaps, setReportOutputs } from '../report/outputs.js'
import { toReport } from '../report/report.js'
import { formatReportFile } from '../report/report-file.js'
import { Tally } from '../report/tally.js'
import { quote, sanitize } from '../sanitize.js'
import type { Step } from '../step.js'
import { formatCount } from '../summary/format.js'
import { formatHeadline } from '../summary/headline.js'
import type { DownloadRequest, ReportRequest } from './inputs.js'
import { type DownloadedExport, formatDownloadSummary, formatEmptySummary } from './summary.js'

/** Files that one notice names. */
const MAX_NAMED = 3

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
  setReportOutputs(toReport(figures), step, [JSON.stringify(paths)])
  step.info(sanitize(`${formatHeadline(shownOf(figures))}.`, { maxLength: 400 }))
  annotate(downloaded.findings, step)
  await step.addSummary(formatDownloadSummary(downloaded))
  await writeReportFile(downloaded, figures, request, { clock, step })
}

/** The same for a job that found no record. */
export async function reportNothing(
  { connection: { subaccountId }, jobId }: DownloadRequest,
  request: ReportRequest,
  { clock, step }: ReportDependencies,
): Promise<void> {
  const figures = new Tally().plain()
  setReportOutputs(toReport(figures), step)
  await step.addSummary(formatEmptySummary(subaccountId, jobId))
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
  noteCrowdedMaps(figures.crowded, step)
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
  return `${records} could not be read and ${are} in no figure; ${first} stands in ${name}, line ${firstUnreadable?.line}: ${firstUnreadable?.reason}.`
}
