import type { Clock } from '../clock.js'
import type { Log } from '../step.js'
import { WaitTimeoutError } from './errors.js'
import type { ExportApi } from './export-api.js'
import { isDocumented, isOver, type Job } from './job.js'
import { pollIntervalMs } from './poll-interval.js'

const MINUTE_MS = 60_000

/** The last look at a job is this long before the end of the wait, so that it falls within it. */
const LAST_LOOK_MS = 1_000

export interface WaitOptions {
  readonly api: Pick<ExportApi, 'read'>
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  /** Hears of each status when it is first seen. */
  readonly onStatus: (jobStatus: string) => void
}

/**
 * Waits until a job is over, at most `timeoutMs`; with 0 it asks once. Rejects with a
 * WaitTimeoutError when the time is out, which leaves the job running.
 */
export async function waitForJob(
  { jobId, timeoutMs }: { jobId: string; timeoutMs: number },
  options: WaitOptions,
): Promise<Job> {
  const { clock, signal } = options
  const deadline = new AbortController()
  const limit =
    timeoutMs > 0
      ? clock.countdown(timeoutMs, () => deadline.abort(new Error('timeout')))
      : undefined
  const watch = new JobWatch({ jobId, timeoutMs }, options)
  try {
    return await watch.untilOver(AbortSignal.any([signal, deadline.signal]))
  } catch (error) {
    if (deadline.signal.aborted && !signal.aborted) throw watch.timedOut()
    throw error
  } finally {
    limit?.stop()
  }
}

/** What is known of a job while it is waited for. */
class JobWatch {
  readonly #jobId: string
  readonly #timeoutMs: number
  readonly #options: WaitOptions
  readonly #startedAt: number
  #jobStatus: string | undefined
  readonly #warnedOf = new Set<string>()
  #minutesTold = 0

  constructor({ jobId, timeoutMs }: { jobId: string; timeoutMs: number }, options: WaitOptions) {
    this.#jobId = jobId
    this.#timeoutMs = timeoutMs
    this.#options = options
    this.#startedAt = options.clock.now()
  }

  async untilOver(signal: AbortSignal): Promise<Job> {
    const { api, clock } = this.#options
    for (;;) {
      const job = await api.read(this.#jobId, signal)
      this.#tell(job.jobStatus)
      if (isOver(job.jobStatus)) return job
      const leftMs = this.#timeoutMs - this.#elapsedMs()
      if (leftMs <= 0) throw this.timedOut()
      const untilLastLookMs = leftMs > LAST_LOOK_MS ? leftMs - LAST_LOOK_MS : leftMs
      await clock.sleep(Math.min(pollIntervalMs(this.#elapsedMs()), untilLastLookMs), signal)
    }
  }

  timedOut(): WaitTimeoutError {
    const state =
      this.#jobStatus === undefined ? 'has not been heard of' : `is still ${this.#jobStatus}`
    const waited = this.#timeoutMs > 0 ? ` after ${describeMs(this.#timeoutMs)} (timeout)` : ''
    return new WaitTimeoutError(
      `Job ${this.#jobId} ${state}${waited}. It goes on at 8x8: run the download again later with this job-id, or give it a longer timeout.`,
      this.#jobStatus,
    )
  }

  #tell(jobStatus: string): void {
    const { log, onStatus } = this.#options
    if (jobStatus !== this.#jobStatus) {
      this.#jobStatus = jobStatus
      onStatus(jobStatus)
      if (isDocumented(jobStatus) || this.#warnedOf.has(jobStatus)) {
        log.info(`Job ${this.#jobId} ${isOver(jobStatus) ? 'has ended as' : 'is'} ${jobStatus}.`)
        return
      }
      this.#warnedOf.add(jobStatus)
      log.warning(
        `Job ${this.#jobId} is ${jobStatus}, which the API does not document. Waiting on.`,
      )
      return
    }
    const minutes = Math.floor(this.#elapsedMs() / MINUTE_MS)
    if (minutes <= this.#minutesTold) return
    this.#minutesTold = minutes
    const leftMs = Math.max(0, this.#timeoutMs - this.#elapsedMs())
    log.info(
      `Still ${jobStatus} after ${describeRoughly(this.#elapsedMs())}, at most ${describeRoughly(leftMs)} to go.`,
    )
  }

  #elapsedMs(): number {
    return this.#options.clock.now() - this.#startedAt
  }
}

/** `45 s`, `3 min`, `2 h 5 min`: to the minute, but for what is less than one. */
function describeRoughly(ms: number): string {
  return describeMs(ms < MINUTE_MS ? ms : Math.round(ms / MINUTE_MS) * MINUTE_MS)
}

/** `45 s`, `1 min 30 s`, `2 h`. */
function describeMs(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  const parts: [number, string][] = [
    [Math.floor(seconds / 3_600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ]
  const named = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`)
  return named.join(' ') || '0 s'
}
