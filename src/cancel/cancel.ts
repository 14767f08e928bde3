import type { ExportClient } from '../api/client.js'
import type { Connection } from '../api/job.js'
import { CONNECTION_INPUTS, connectionField, parseJobId } from '../inputs/connection.js'
import { fields, optional, type RawInputs } from '../inputs/fields.js'
import type { Step } from '../step.js'

/** The cancel action's inputs by their names in action.yml. */
export const CANCEL_INPUTS = [...CONNECTION_INPUTS, 'job-id'] as const

export interface CancelRequest {
  readonly connection: Connection
  /** Undefined if the start step has set none: it may not have run. */
  readonly jobId?: string | undefined
}

/** Reads the inputs; throws an InputError with all mistakes. */
export function readCancelRequest(raw: RawInputs): CancelRequest {
  return fields({ connection: connectionField, jobId: optional('job-id', parseJobId) })(raw)
}

/**
 * Cancels a job. A job that is unknown or over, or no job at all, is a notice and not a failure: this
 * step may run after any other.
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
  step.setOutput('cancelled', String(cancelled))
  if (cancelled) step.info(`Cancelled job ${jobId}.`)
  else step.notice(`Job ${jobId} is over already, or the API does not know it: nothing to cancel.`)
}
