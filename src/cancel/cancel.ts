import type { ExportApi } from '../api/export-api.js'
import type { Clock } from '../clock.js'
import { StepError } from '../errors.js'
import type { Step } from '../step.js'
import type { CancelRequest } from './inputs.js'
import { setCancelledOutput } from './outputs.js'

/** A runner gives a cancelled job little time: one try, and one more, each of at most this long. */
const MAX_REPEATS = 1
const MAX_TRY_MS = 5_000

class SlowAnswerError extends StepError {
  override name = 'SlowAnswerError'
}

export interface CancelDependencies {
  readonly api: Pick<ExportApi, 'cancel' | 'mayPass'>
  readonly clock: Clock
  readonly step: Step
}

/**
 * Cancels a job. One that is unknown or over, and none at all, is a notice: the step may run after
 * whatever went before it.
 */
export async function cancelExport(
  { connection, jobId }: CancelRequest,
  dependencies: CancelDependencies,
): Promise<void> {
  const { step } = dependencies
  setCancelledOutput(false, step)
  if (jobId === undefined) {
    step.notice(
      'There is no job-id, so there is nothing to cancel: the start step may not have run.',
    )
    return
  }
  const repeats = Math.min(MAX_REPEATS, connection.retries)
  const cancelled = await tryOften({ jobId, repeats }, dependencies)
  setCancelledOutput(cancelled, step)
  if (cancelled) step.info(`Cancelled job ${jobId}.`)
  else step.notice(`Job ${jobId} is over already, or the API does not know it: nothing to cancel.`)
}

async function tryOften(
  { jobId, repeats }: { jobId: string; repeats: number },
  dependencies: CancelDependencies,
): Promise<boolean> {
  const { api, step } = dependencies
  for (let left = repeats; ; left--) {
    try {
      return await tryOnce(jobId, dependencies)
    } catch (error) {
      const mayPass = error instanceof SlowAnswerError || api.mayPass(error)
      if (!(error instanceof StepError) || !mayPass || left <= 0 || step.signal.aborted) throw error
      step.info(`${error.message} Trying once more.`)
    }
  }
}

async function tryOnce(jobId: string, { api, clock, step }: CancelDependencies): Promise<boolean> {
  const tooLong = new AbortController()
  const limit = clock.countdown(MAX_TRY_MS, () => {
    tooLong.abort(new SlowAnswerError(`The API has not answered within ${MAX_TRY_MS / 1_000} s.`))
  })
  try {
    return await api.cancel(jobId, AbortSignal.any([step.signal, tooLong.signal]))
  } catch (error) {
    throw tooLong.signal.aborted && !step.signal.aborted ? tooLong.signal.reason : error
  } finally {
    limit.stop()
  }
}
