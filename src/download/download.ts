import type { ExportClient } from '../api/client.js'
import { JobEndedError } from '../api/errors.js'
import type { Job } from '../api/job.js'
import { waitForJob } from '../api/wait.js'
import type { Clock } from '../clock.js'
import { StepError } from '../errors.js'
import { fileNames, isOutside, listCsvFiles, prepareFolder } from '../files/folder.js'
import { readJsonAt, removeOld } from '../files/json-files.js'
import type { ExportReader } from '../report/reader.js'
import { readBefore } from '../report/report-file.js'
import { quote, sanitizeAnswer } from '../sanitize.js'
import type { Step } from '../step.js'
import { formatFirst } from '../summary/format.js'
import { downloadFiles, type FilesToDownload, withLinksOf } from './download-files.js'
import type { DownloadRequest, IfNoFilesFound, ReportRequest } from './inputs.js'
import { type DownloadedExport, noFindings, publishReport } from './report.js'
import { checkThresholds } from './thresholds.js'

export interface DownloadDependencies {
  readonly api: Pick<ExportClient, 'read' | 'fetch'>
  readonly clock: Clock
  readonly step: Step
  /** The folder that the job works in, absolute. */
  readonly workspace: string
  /** What reads files while they are written. */
  readonly startReader: () => Pick<ExportReader, 'follow' | 'findings' | 'close'>
}

/**
 * Waits for a job, and downloads its files to the folder, each whole or not at all. Sets the outputs
 * as they become known, even if it fails later.
 */
export async function downloadExport(
  request: DownloadRequest,
  dependencies: DownloadDependencies,
): Promise<void> {
  const { jobId, folder } = request
  const { api, clock, step, workspace } = dependencies
  step.setOutput('path', folder)
  step.setOutput('files', '[]')
  if (isOutside(folder, workspace)) {
    step.info(`The files go to ${quote(folder, { maxLength: 300 })}, outside the workspace.`)
  }
  await prepareFolder(folder)
  // Before the report-file of an earlier run goes: it may be the period before.
  const { file: reportFile, compareWith } = request.report ?? {}
  const before =
    compareWith === undefined ? undefined : await readBefore(readJsonAt(compareWith, step), step)
  // If the step fails, a file of an earlier run would be taken for this one's.
  if (reportFile !== undefined) await removeOld(reportFile)

  const waitedSince = clock.uptime()
  const job = await waitForJob(request, {
    api,
    clock,
    log: step,
    signal: step.signal,
    onStatus: (jobStatus) => step.setOutput('status', jobStatus),
  })
  step.setOutput('expires', job.expires ?? '')
  const { subaccountId } = request.connection
  const about = { subaccountId, jobId, folder, expires: job.expires, before }
  if (job.jobStatus === 'empty') {
    await noteOtherFiles(folder, [], step)
    if (request.report) {
      await publishReport({ ...about, findings: noFindings() }, request.report, dependencies)
    }
    reportNoFiles(jobId, request.ifNoFilesFound, step)
    return
  }
  checkSuccess(jobId, job)
  const names = fileNames(jobId, job.links.length)
  await noteOtherFiles(folder, names, step)
  const renewalMs = Math.max(0, request.timeoutMs - (clock.uptime() - waitedSince))
  await withLinksOf({ ...about, job, names, renewalMs }, (delivery) =>
    request.report
      ? downloadAndReport(delivery, request.report, dependencies)
      : downloadFiles(delivery, { ...dependencies, reader: undefined }),
  )
}

/** Files are read while they are downloaded; the thresholds are checked when all else is done. */
async function downloadAndReport(
  delivery: FilesToDownload & Omit<DownloadedExport, 'findings'>,
  request: ReportRequest,
  dependencies: DownloadDependencies,
): Promise<void> {
  const { step, startReader } = dependencies
  const reader = startReader()
  try {
    await downloadFiles(delivery, { ...dependencies, reader })
    const findings = reader.findings()
    const { expires } = delivery.job
    await publishReport({ ...delivery, findings, expires }, request, dependencies)
    checkThresholds(findings, request.thresholds, step)
  } finally {
    await reader.close()
  }
}

/** A message names so many, and counts the others. */
const MAX_NAMED = 5

/**
 * Self-hosted runners keep the folder, and a step that reads all of it would take last month's files
 * for this job's. A name may have been another job's: the second file of job `X` is named as the one of `X-2`.
 */
async function noteOtherFiles(folder: string, names: readonly string[], step: Step): Promise<void> {
  const found = await listCsvFiles(folder)
  const own = new Set(names)
  const others = found.filter((name) => !own.has(name))
  const replaced = found.filter((name) => own.has(name))
  if (others.length > 0) {
    step.notice(
      `CSV files of other jobs are in the folder: ${listNames(others)}. A step that reads the whole folder counts them too; the output files has only the files of this job.`,
    )
  }
  if (replaced.length > 0) {
    step.notice(`Files of an earlier download are replaced: ${listNames(replaced)}.`)
  }
}

function listNames(names: readonly string[]): string {
  const shown = names.map((name) => sanitizeAnswer(name))
  return formatFirst(shown, MAX_NAMED)
}

function checkSuccess(jobId: string, { jobStatus, links }: Job): void {
  if (jobStatus !== 'succeeded') {
    throw new JobEndedError(
      `Job ${jobId} has ended as ${jobStatus}, without files. Start another export; if that fails too, ask 8x8 support about this job.`,
    )
  }
  if (links.length === 0) {
    throw new JobEndedError(
      `Job ${jobId} has succeeded, and the API gives no link to a file. Run the download again; if that changes nothing, ask 8x8 support about this job.`,
    )
  }
}

const NO_RECORDS_ADVICE = 'Check the window, subaccount-id and the filters.'

function reportNoFiles(jobId: string, ifNoFilesFound: IfNoFilesFound, step: Step): void {
  const message = `Job ${jobId} found no records, so there is no file.`
  if (ifNoFilesFound === 'error') {
    throw new StepError(`${message} if-no-files-found is error. ${NO_RECORDS_ADVICE}`)
  }
  if (ifNoFilesFound === 'warn') step.warning(`${message} ${NO_RECORDS_ADVICE}`)
  else step.info(message)
}
