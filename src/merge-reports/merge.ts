import { StepError } from '../errors.js'
import { type Places, resolveFolder } from '../files/folder.js'
import { readJsonAt, readJsonFiles, type TextFile } from '../files/json-files.js'
import { parseJobIds } from '../inputs/connection.js'
import { fields, optional, type RawInputs, required } from '../inputs/fields.js'
import { shownOf } from '../report/figures.js'
import { setReportOutputs } from '../report/report.js'
import { parseReportFile, type ReportFile, readBefore } from '../report/report-file.js'
import { Tally } from '../report/tally.js'
import { quote, sanitize } from '../sanitize.js'
import type { Step } from '../step.js'
import { formatCount, formatFirst } from '../summary/format.js'
import { formatHeadline } from '../summary/page.js'
import { formatMergedSummary, type MergedExport, type MergedReports, toExport } from './summary.js'

/** The merge-reports action's inputs by their names in action.yml. */
export const MERGE_INPUTS = ['path', 'job-ids', 'compare-with'] as const

export interface MergeRequest {
  /** The folder with the reports' files, absolute. */
  readonly folder: string
  /** The jobs whose reports are added up, and must be there; undefined for all that are there. */
  readonly jobIds?: readonly string[] | undefined
  /** A report-file of the period before, or a folder of several, absolute. */
  readonly compareWith?: string | undefined
}

/** The inputs to what is asked for; throws an InputError with all mistakes. */
export function readMergeRequest(raw: RawInputs, places: Places): MergeRequest {
  return fields({
    folder: required(
      'path',
      (text) => resolveFolder(text, places),
      'Give the folder with the files that report-file of the download action has written.',
    ),
    jobIds: optional('job-ids', parseJobIds),
    compareWith: optional('compare-with', (text) => resolveFolder(text, places)),
  })(raw)
}

/** Paths and headlines may be longer than other texts in a message. */
const LONG = { maxLength: 400 }

/**
 * Adds up the reports of several downloads, for the outputs, the log and the job's summary. Rejects
 * with a StepError if there is none, if a file is no report, or if a job's report is there twice: the
 * sum would be wrong. If a job's report is missing, it rejects after the others are reported.
 */
export async function mergeReports(request: MergeRequest, step: Step): Promise<void> {
  const reports = await readReports(request, step)
  if (reports.exports.length === 0) throw noReports(request.folder)
  setReportOutputs(reports.figures, step)
  step.info(sanitize(`${describe(reports)}: ${formatHeadline(shownOf(reports.figures))}.`, LONG))
  const { compareWith } = request
  const before =
    compareWith === undefined ? undefined : await readBefore(readJsonAt(compareWith, step), step)
  step.addSummary(formatMergedSummary(reports, before))
  checkComplete(reports)
}

/** Reads one file after another, and keeps of each only a row of the page. */
async function readReports({ folder, jobIds }: MergeRequest, step: Step): Promise<MergedReports> {
  const merged = new Tally()
  const found = new Map<string, MergedExport>()
  const wanted = jobIds && new Set(jobIds)
  const skipped: string[] = []
  let leftOut = 0
  const options = { signal: step.signal, onSkipped: (file: string) => skipped.push(file) }
  for await (const file of readJsonFiles(folder, options)) {
    const report = readReport(file)
    if (wanted?.has(report.jobId) === false) {
      leftOut += 1
      continue
    }
    const key = `${report.subaccountId} ${report.jobId}`
    if (found.has(key)) throw comesTwice(report)
    found.set(key, toExport(report))
    merged.add(report.figures)
  }
  // A report behind a link is in no figure.
  if (skipped.length > 0) {
    const files = skipped.map((file) => quote(file, LONG))
    step.notice(`Only regular files are read, and no links. Left out: ${formatFirst(files, 1)}.`)
  }
  if (leftOut > 0) {
    step.notice(`Reports on jobs that are not in job-ids are left out: ${formatCount(leftOut)}.`)
  }
  const exports = inOrder([...found.values()], jobIds)
  const ids = new Set(exports.map(({ jobId }) => jobId))
  const missing = [...(wanted ?? [])].filter((jobId) => !ids.has(jobId))
  return { exports, missing, figures: merged.plain() }
}

function readReport({ path, text }: TextFile): ReportFile {
  const report = parseReportFile(text)
  if (report === undefined) {
    throw new StepError(
      `The file ${quote(path, LONG)} is no report of this version. Keep the folder for the files that report-file of the download action writes, and use the same version of both actions.`,
    )
  }
  return report
}

/** In the order of job-ids, which is that in which the jobs were started. */
function inOrder(exports: MergedExport[], jobIds: readonly string[] = []): MergedExport[] {
  const places = new Map(jobIds.map((jobId, place) => [jobId, place]))
  const placeOf = ({ jobId }: MergedExport): number => places.get(jobId) ?? 0
  return exports.sort((a, b) => placeOf(a) - placeOf(b))
}

function comesTwice({ jobId }: ReportFile): StepError {
  return new StepError(
    `The report on job ${quote(jobId, LONG)} is there twice. Give each download a report-file, and an artifact, of its own.`,
  )
}

function noReports(folder: string): StepError {
  return new StepError(
    `There is no report in ${quote(folder, LONG)} (path). Give the folder with the files that report-file of the download action has written, and look into the downloads.`,
  )
}

function describe({ exports, missing }: MergedReports): string {
  const count = exports.length === 1 ? 'One report' : `${formatCount(exports.length)} reports`
  return missing.length === 0 ? count : `${count}, ${formatCount(missing.length)} missing`
}

function checkComplete({ exports, missing }: MergedReports): void {
  const [first] = missing
  if (first === undefined) return
  throw new StepError(
    `The reports on ${missing.length} of ${missing.length + exports.length} jobs are missing, the first is that on ${quote(first, LONG)}. Look into their downloads; the report on the others is written.`,
  )
}
