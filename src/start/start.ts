import { StepError } from '../errors.js'
import type { ExportApi } from '../job/export-api.js'
import type { ExportFilter } from '../job/filter.js'
import type { Step } from '../step.js'
import type { StartRequest } from './inputs.js'
import { setJobOutput, setWindowOutputs } from './outputs.js'
import { describeRequest, formatStartSummary } from './summary.js'

/**
 * Starts an export job, hands on its id the moment that it is known, and says in the log and in
 * the job's summary what was asked for and what came back. Rejects with a StepError; one that
 * comes after the job's start names the job.
 */
export async function startExport(
  request: StartRequest,
  { api, step }: { api: Pick<ExportApi, 'start'>; step: Step },
): Promise<void> {
  for (const warning of request.warnings) step.warning(warning)
  setWindowOutputs(request.window, step)
  step.info(`Asking for the SMS logs of ${describeRequest(request)}.`)

  const jobId = await api.start(toFilter(request))
  handOn(jobId, step)
  step.info(`Started job ${jobId}.`)
  await summarize(request, jobId, step)
}

function toFilter({ window, phoneNumber, countries, limit }: StartRequest): ExportFilter {
  return {
    ...(window.from && { from: window.from.sent }),
    ...(window.to && { to: window.to.sent }),
    ...(phoneNumber && { phoneNumber }),
    ...(countries && { countries }),
    limit,
  }
}

/** The job runs by now: if its id cannot be an output, it must not be lost with it. */
function handOn(jobId: string, step: Step): void {
  try {
    setJobOutput(jobId, step)
  } catch (cause) {
    throw new StepError(
      `Started job ${jobId}, but could not set the output job-id. Check that the runner's disk is not full; the job goes on, and its id is in this line.`,
      { cause },
    )
  }
}

/** The job is started and handed on: a summary that cannot be written takes nothing from that. */
async function summarize(request: StartRequest, jobId: string, step: Step): Promise<void> {
  try {
    await step.addSummary(formatStartSummary(request, jobId))
  } catch {
    step.warning('The job summary could not be written. The job is started, and its id is set.')
  }
}
