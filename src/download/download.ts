import type { ExportClient } from '../api/client.js'
import { JobEndedError } from '../api/errors.js'
import type { Job } from '../api/job.js'
import { waitForJob } from '../api/wait.js'
import type { Clock } from '../clock.js'
import { StepError } from '../errors.js'
import { isOutside, prepareFolder } from '../files/folder.js'
import { fileNames } from '../files/names.js'
import type { ExportReader } from '../report/reader.js'
import { quote } from '../sanitize.js'
import type { Step } from '../step.js'
import { type Delivery, downloadFiles } from './download-files.js'
import type { DownloadRequest, IfNoFilesFound, ReportRequest } from './inputs.js'
import { setExpiresOutput, setFilesOutput, setFolderOutput, setStatusOutput } from './outputs.js'
import { report, reportNothing } from './report.js'
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
 * Waits for a job, and brings its files into the folder, each whole or not at all. Sets the outputs
 * as they become known, also where it fails then.
 */
export async function downloadExport(
  request: DownloadRequest,
  dependencies: DownloadDependencies,
): Promise<void> {
  const { jobId, folder } = request
  const { api, clock, step, workspace } = dependencies
  setFolderOutput(folder, step)
  setFilesOutput([], step)
  if (isOutside(folder, workspace)) {
    step.info(`The files go to ${quote(folder, { maxLength: 300 })}, outside the workspace.`)
  }
  await prepareFolder(folder)

  const job = await waitForJob(request, {
    api,
    clock,
    log: step,
    signal: step.signal,
    onStatus: (jobStatus) => setStatusOutput(jobStatus, step),
  })
  setExpiresOutput(job.expires, step)
  if (job.jobStatus === 'empty') {
    if (request.report) await reportNothing(request, request.report, step)
    reportNoFiles(jobId, request.ifNoFilesFound, step)
    return
  }
  checkSuccess(jobId, job)
  const names = fileNames(jobId, job.links.length)
  const { subaccountId } = request.connection
  const delivery = { subaccountId, jobId, folder, job, names }
  if (request.report) await downloadAndReport(delivery, request.report, dependencies)
  else await downloadFiles(delivery, { ...dependencies, reader: undefined })
}

/** The files are read on their way, and held to the thresholds when all else is done. */
async function downloadAndReport(
  delivery: Delivery & { readonly subaccountId: string },
  request: ReportRequest,
  dependencies: DownloadDependencies,
): Promise<void> {
  const { step, startReader } = dependencies
  const { subaccountId, jobId, job } = delivery
  const reader = startReader()
  try {
    await downloadFiles(delivery, { ...dependencies, reader })
    const findings = reader.findings()
    await report({ subaccountId, jobId, findings, expires: job.expires }, request, step)
    checkThresholds(findings, request.thresholds, step)
  } finally {
    await reader.close()
  }
}

function checkSuccess(jobId: string, { jobStatus, links }: Job): void {
  if (jobStatus !== 'succeeded') {
    throw new JobEndedError(
      `Job ${jobId} has ended as ${jobStatus}, without files. Start another export; if that ends so too, ask 8x8 support about this job.`,
      jobStatus,
    )
  }
  if (links.length === 0) {
    throw new JobEndedError(
      `Job ${jobId} has succeeded, and the API gives no link to a file. Run the download again; if that changes nothing, ask 8x8 support about this job.`,
      jobStatus,
    )
  }
}

function reportNoFiles(jobId: string, ifNoFilesFound: IfNoFilesFound, step: Step): void {
  const message = `Job ${jobId} found no records, so there is no file.`
  switch (ifNoFilesFound) {
    case 'error':
      throw new StepError(
        `${message} if-no-files-found is error; check the window and the filters.`,
      )
    case 'warn':
      step.warning(message)
      return
    case 'ignore':
      step.info(message)
      return
    default:
      ifNoFilesFound satisfies never
  }
}
