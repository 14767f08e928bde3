import { StepError } from '../errors.js'
import { readJsonFiles, type TextFile } from '../files/report-files.js'
import { plainAnswer, quote } from '../plain-text.js'
import { formatHeadline } from '../report/headline.js'
import { mergeFigures } from '../report/merge-figures.js'
import { toReport } from '../report/report.js'
import { parseReportFile, type ReportFile } from '../report/report-file.js'
import type { Step } from '../step.js'
import type { MergeRequest } from './inputs.js'
import { setReportOutputs } from './outputs.js'
import { formatMergedSummary } from './summary.js'

/**
 * Joins the reports of several downloads to one, and says so in the log and the job's summary.
 * Rejects with a StepError where there is none, where a file is no report, and where one job's is
 * there twice: a sum with that in it would be wrong. Where a job's report is missing it rejects too,
 * after the report on the others is written.
 */
export async function mergeReports(
  { folder, jobIds = [] }: MergeRequest,
  step: Step,
): Promise<void> {
  const files = await readJsonFiles(folder)
  const [first, ...others] = files.map(readReport)
  if (first === undefined) {
    throw new StepError(
      `There is no report in ${quote(folder, { maxLength: 300 })} (path). Give the folder with the files that report-file of the download action has written.`,
    )
  }
  const reports = [first, ...others]
  checkOnce(reports)
  const figures = mergeFigures([first.figures, ...others.map((report) => report.figures)])
  setReportOutputs(toReport(figures), step)
  step.info(
    plainAnswer(`${reports.length} reports: ${formatHeadline(figures)}.`, { maxLength: 400 }),
  )
  await step.addSummary(formatMergedSummary(reports, figures))
  checkComplete(reports, jobIds)
}

function readReport({ path, text }: TextFile): ReportFile {
  const report = parseReportFile(text)
  if (report === undefined) {
    throw new StepError(
      `The file ${quote(path, { maxLength: 300 })} is no report. Keep the folder for the files that report-file of the download action writes.`,
    )
  }
  return report
}

function checkOnce(reports: readonly ReportFile[]): void {
  const seen = new Set<string>()
  for (const { subaccountId, jobId } of reports) {
    if (seen.has(`${subaccountId} ${jobId}`)) {
      throw new StepError(
        `The report of job ${quote(jobId, { maxLength: 300 })} is there twice. Give each download a report-file of its own.`,
      )
    }
    seen.add(`${subaccountId} ${jobId}`)
  }
}

function checkComplete(reports: readonly ReportFile[], jobIds: readonly string[]): void {
  const missing = jobIds.filter((jobId) => !reports.some((report) => report.jobId === jobId))
  if (missing.length === 0) return
  throw new StepError(
    `The reports of ${missing.length} of ${jobIds.length} jobs are missing, the first is that of ${quote(missing[0] ?? '', { maxLength: 300 })}. Look into their downloads; the report on the others is written.`,
  )
}
