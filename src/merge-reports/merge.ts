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
import { formatCount } from '../summary/format.js'
import { formatHeadline } from '../summary/page.js'
import { formatMergedSummary, type MergedExport, type MergedReports, toExport } from './summary.js'

/** The merge-reports action's inputs by their names in action.yml. */
export const MERGE_INPUTS = ['path', 'job-ids', 'compare-with'] as const

export interface MergeRequest {
  /** The folder with the reports' files, absolute. */
  readonly folder: string
  /** The jobs whose reports are joined, each of which must be there; all that are there if undefined. */
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

/** For texts that may be longer than a message's, as paths and headlines are. */
const LONG = { maxLength: 400 }

/**
 * Joins the reports of several downloads to one, and says so in the log and the job's summary.
 * Rejects with a StepError where there is none, where a file is no report, and where one job's is
 * there twice: a sum with that in it would be wrong. Where a job's report is missing it rejects too,
 * after the report on the others is written.
 */
export async function mergeReports(request: MergeRequest, step: Step): Promise<void> {
  const { reports, leftOut } = await readReports(request, step)
  if (leftOut > 0) {
    step.notice(`Reports on jobs that are not in job-ids are left out: ${formatCount(leftOut)}.`)
  }
  if (reports.exports.length === 0) throw noReports(request.folder)
  setReportOutputs(reports.figures, step)
  step.info(sanitize(`${describe(reports)}: ${formatHeadline(shownOf(reports.figures))}.`, LONG))
  const { compareWith } = request
  const before =
    compareWith === undefined ? undefined : await readBefore(readJsonAt(compareWith, step), step)
  step.addSummary(formatMergedSummary(reports, before))
  checkComplete(reports)
}

interface FoundReports {
  readonly reports: MergedReports
  /** How many reports were on jobs that nobody asked for. */
  readonly leftOut: number
}

/** One file after another: what is kept of each is one row of the page. */
async function readReports({ folder, jobIds }: MergeRequest, step: Step): Promise<FoundReports> {
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
  noteSkipped(skipped, step)
  const exports = inOrder([...found.values()], jobIds)
  const ids = new Set(exports.map(({ jobId }) => jobId))
  const missing = [...(wanted ?? [])].filter((jobId) => !ids.has(jobId))
  return { reports: { exports, missing, figures: merged.plain() }, leftOut }
}

/** A report behind a link is in no figure. */
function noteSkipped([first, ...more]: readonly string[], step: Step): void {
  if (first === undefined) return
  step.notice(
    `Links, and what else is no regular file, are not read: ${quote(first, LONG)}${more.length > 0 ? ` and ${formatCount(more.length)} more` : ''}.`,
  )
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

/** As the jobs were started, where that is known. */
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
