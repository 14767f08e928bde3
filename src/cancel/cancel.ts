import type { ExportClient } from '../api/client.js'
import type { Step } from '../step.js'
import type { CancelRequest } from './inputs.js'

/**
 * Cancels a job. A job that is unknown or over, or no job at all, is a notice: the step may run after
 * any other step.
 */
export async function cancelExport(
  { jobId }: CancelRequest,
  { api, step }: { api: Pick<ExportClient, 'cancel'>; step: Step },
): Promise<void> {
  if (jobId === undefined) {
    step.notice(
      'There is no job-id, so there is nothing to cancel: the start step may not have run.',
    )
    return
  }
  const cancelled = await api.cancel(jobId, step.signal)
  setCancelledOutput(cancelled, step)
  if (cancelled) step.info(`Cancelled job ${jobId}.`)
  else step.notice(`Job ${jobId} is over already, or the API does not know it: nothing to cancel.`)
}

/** Whether this step has cancelled the job: false until it has. */
export function setCancelledOutput(cancelled: boolean, step: Pick<Step, 'setOutput'>): void {
  step.setOutput('cancelled', String(cancelled))
}
