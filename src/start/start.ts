import type { ExportClient } from '../api/client.js'
import { StepError } from '../errors.js'
import type { Step } from '../step.js'
import type { Window } from '../window/window.js'
import type { StartRequest } from './inputs.js'
import { describeRequest, formatStartSummary, type StartedJob } from './summary.js'

interface StartDependencies {
  readonly api: Pick<ExportClient, 'start'>
  readonly step: Step
}

/**
 * Starts an export job, or one for each slice of the window. Sets each id as an output as soon as it
 * is known, and reports the request and the jobs in the log and in the job summary. Rejects with a
 * StepError; if jobs were started before it, the error says how many.
 */
export async function startExport(
  request: StartRequest,
  dependencies: StartDependencies,
): Promise<void> {
  const { step } = dependencies
  for (const warning of request.warnings) step.warning(warning)
  // Empty where the API's default applies.
  step.setOutput('from', request.window.from?.sent ?? '')
  step.setOutput('to', request.window.to?.sent ?? '')
  step.info(`Asking for the SMS logs of ${describeRequest(request)}.`)

  step.addSummary(formatStartSummary(request, await startJobs(request, dependencies)))
}

/** One after another, so that after a failure it is clear which part of the window is missing. */
async function startJobs(
  request: StartRequest,
  { api, step }: StartDependencies,
): Promise<StartedJob[]> {
  const { slices, phoneNumber, countries, limit } = request
  const isOne = slices.length === 1
  const jobs: StartedJob[] = []
  try {
    for (const window of slices) {
      const { from, to } = window
      const filter = { from: from?.sent, to: to?.sent, phoneNumber, countries, limit }
      const jobId = await api.start(filter)
      jobs.push({ jobId, window })
      if (isOne) setJobOutputs(jobs, jobId, step)
      step.info(`Started job ${jobId}${isOne ? '' : ` for ${describeSent(window)}`}.`)
    }
  } catch (error) {
    throw isOne ? error : toPartialFailure(error, slices.slice(jobs.length), jobs.length)
  } finally {
    if (!isOne) setJobOutputs(jobs, '', step)
  }
  return jobs
}

/** Adds what is missing. The slices follow one another, so the missing ones are one window. */
function toPartialFailure(error: unknown, missing: readonly Window[], started: number): unknown {
  if (!(error instanceof StepError)) return error
  const all = started + missing.length
  const window = { from: missing[0]?.from, to: missing.at(-1)?.to }
  const known =
    started === 0
      ? `None of the ${all} jobs was started before that.`
      : `Before that, ${started} of ${all} jobs were started, and are in the output jobs. Missing is ${describeSent(window)}: give that as from and to for the rest.`
  return new StepError(`${error.message} ${known}`, { cause: error })
}

function describeSent({ from, to }: Window): string {
  return `${from?.sent ?? ''} to ${to?.sent ?? ''}`
}

/**
 * Sets the id of the one job, and all jobs as JSON: their ids, and with their windows for a matrix.
 * The jobs are running: if their ids cannot be outputs, the error has to name them.
 */
function setJobOutputs(jobs: readonly StartedJob[], jobId: string, step: Step): void {
  const ids = jobs.map((job) => job.jobId)
  const included = jobs.map((job) => ({
    'job-id': job.jobId,
    from: job.window.from?.sent ?? '',
    to: job.window.to?.sent ?? '',
  }))
  try {
    step.setOutput('job-id', jobId)
    step.setOutput('job-ids', JSON.stringify(ids))
    step.setOutput('jobs', JSON.stringify(included))
  } catch (cause) {
    const message = jobId
      ? `Started job ${jobId}, but could not set the output job-id. Check that the runner's disk is not full; the job goes on, and its id is in this line.`
      : `Started the jobs ${ids.join(', ') || '(none)'}, but could not set the output jobs. Check that the runner's disk is not full; the jobs go on, and their ids are in this log.`
    throw new StepError(message, { cause })
  }
}
