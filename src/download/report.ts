import type { Clock } from '../clock.js'
import { saveText } from '../files/json-files.js'
import { type FileFacts, type Findings, toFindings } from '../report/findings.js'
import { noteCrowdedMaps, noteLongReport, setReportOutputs } from '../report/outputs.js'
import { deliveryRateOf, type Figures, toReport } from '../report/report.js'
import { formatReportFile } from '../report/report-file.js'
import { sanitizeAnswer } from '../sanitize.js'
import type { Step } from '../step.js'
import { formatHeadline } from '../summary/headline.js'
import { formatCount } from '../summary/number-format.js'
import type { DownloadRequest, ReportRequest } from './inputs.js'
import { type DownloadedExport, formatDownloadSummary, formatEmptySummary } from './summary.js'

interface ReportDependencies {
  readonly clock: Clock
  readonly step: Step
}

/** Hands on what the files of an export hold: as outputs, in the log, in the job's summary. */
export async function report(
  downloaded: DownloadedExport,
  request: ReportRequest,
  { clock, step }: ReportDependencies,
): Promise<void> {
  const { findings } = downloaded
  const figures = toReport(findings.figures)
  setReportOutputs(figures, step)
  step.info(sanitizeAnswer(`${formatHeadline(findings.figures)}.`, { maxLength: 400 }))
  annotate(findings, step)
  noteLongReport(figures, step)
  await summarize(formatDownloadSummary(downloaded), step)
  await writeReportFile(downloaded, findings.figures, request, { clock, step })
}

/** The same for a job that found no record. */
export async function reportNothing(
  { connection: { subaccountId }, jobId }: DownloadRequest,
  request: ReportRequest,
  { clock, step }: ReportDependencies,
): Promise<void> {
  const { figures } = toFindings([])
  setReportOutputs(toReport(figures), step)
  await summarize(formatEmptySummary(subaccountId, jobId), step)
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
function annotate({ figures, files, missing, crowded, unpriced }: Findings, step: Step): void {
  const { records, unreadable } = figures
  const first = files.find((file) => file.unreadable > 0)
  if (first) step.warning(describeUnreadable(unreadable, first))
  if (missing.length > 0) step.notice(describeMissing(missing))
  noteCrowdedMaps(crowded, step)
  if (records > 0 && deliveryRateOf(figures) === null) {
    step.notice('The delivery rate cannot be computed: no record is of an outbound message.')
  }
  if (unpriced > 0 && !missing.includes('price_total')) {
    step.notice(
      `${formatCount(unpriced)} delivered records have no price, and count as 0 in the cost.`,
    )
  }
}

/** Of two columns the figures are there all the same. */
function describeMissing(missing: Findings['missing']): string {
  return [
    `A file has no column ${missing.join(', ')}: the figures that need it are left out.`,
    ...(missing.includes('direction') ? ['Without direction all records count as outbound.'] : []),
    ...(missing.includes('price_currency')
      ? ['Without price_currency a cost counts under "unknown".']
      : []),
  ].join(' ')
}

function describeUnreadable(unreadable: number, { name, firstUnreadableLine }: FileFacts): string {
  const records = unreadable === 1 ? 'One record' : `${formatCount(unreadable)} records`
  return `${records} could not be read and ${unreadable === 1 ? 'is' : 'are'} in no figure; the first stands in ${name}, line ${firstUnreadableLine}.`
}

/** The files are there: a summary that cannot be written takes nothing from that. */
async function summarize(markdown: string, step: Step): Promise<void> {
  try {
    await step.addSummary(markdown)
  } catch {
    step.warning('The job summary could not be written. The files and the outputs are there.')
  }
}
