import { type Clock, describeTime, withDeadline } from '../clock.js'
import type { Log } from '../step.js'
import type { ExportClient } from './client.js'
import { WaitTimeoutError } from './errors.js'
import { isDocumented, isOver, type Job } from './job.js'

const MINUTE_MS = 60_000

/** The last poll is this long before the end of the wait, so that it falls within it. */
const LAST_POLL_MS = 1_000

/** The end of a short job is noticed soon; later, one request a second is enough. */
const EAGER_FOR_MS = 5_000
const EAGER_MS = 900
const SHORTEST_MS = 1_000
const LONGEST_MS = 30_000
const SHARE_OF_ELAPSED = 0.09

/**
 * How long to wait before the next poll of a job after `elapsedMs` of waiting, in milliseconds: a
 * share of that time, so that the delay until an end is noticed is a share of the job's length, but
 * at least 1 s (0.9 s at first) and at most 30 s. docs/how-it-works.md has what this comes to.
 */
export function pollIntervalMs(elapsedMs: number): number {
  const shortestMs = elapsedMs < EAGER_FOR_MS ? EAGER_MS : SHORTEST_MS
  return Math.min(LONGEST_MS, Math.max(shortestMs, Math.floor(elapsedMs * SHARE_OF_ELAPSED)))
}

/** Resolves when the caller may poll, in the order of the calls. */
export type Pacer = (signal: AbortSignal) => Promise<void>

/** For several waits at a time: together they poll once a second. */
export function createPacer(clock: Clock): Pacer {
  let nextAt = Number.NEGATIVE_INFINITY
  return async (signal) => {
    const now = clock.uptime()
    const at = Math.max(now, nextAt)
    nextAt = at + SHORTEST_MS
    if (at > now) await clock.sleep(at - now, signal)
  }
}

interface WaitOptions {
  readonly api: Pick<ExportClient, 'read'>
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  /** Called with each new status. */
  readonly onStatus?: (jobStatus: string) => void
  /** Needed if other jobs are waited for at the same time. */
  readonly pacer?: Pacer
}

/**
 * Waits until a job is over, at most `timeoutMs`; with 0 it asks once. Rejects with a
 * WaitTimeoutError when the time is up; the job goes on then.
 */
export async function waitForJob(
  { jobId, timeoutMs }: { jobId: string; timeoutMs: number },
  options: WaitOptions,
): Promise<Job> {
  const { api, clock, signal, pacer } = options
  const startedAt = clock.uptime()
  const elapsedMs = (): number => clock.uptime() - startedAt
  const statusLog = new StatusLog(jobId, options)
  const failure = (): Error => timedOut(statusLog.jobStatus, jobId, timeoutMs)

  const untilOver = async (limited: AbortSignal): Promise<Job> => {
    for (;;) {
      const job = await api.read(jobId, limited, pacer)
      const leftMs = timeoutMs - elapsedMs()
      statusLog.add(job.jobStatus, elapsedMs(), leftMs)
      if (isOver(job.jobStatus)) return job
      if (leftMs <= 0) throw failure()
      const untilLastPollMs = leftMs > LAST_POLL_MS ? leftMs - LAST_POLL_MS : leftMs
      await clock.sleep(Math.min(pollIntervalMs(elapsedMs()), untilLastPollMs), limited)
    }
  }
  if (timeoutMs <= 0) return untilOver(signal)
  return withDeadline({ ms: timeoutMs, clock, signal, failure }, untilOver)
}

function timedOut(
  jobStatus: string | undefined,
  jobId: string,
  timeoutMs: number,
): WaitTimeoutError {
  const state = jobStatus === undefined ? 'has no known status' : `is still ${jobStatus}`
  const waited = timeoutMs > 0 ? ` after ${describeTime(timeoutMs)} (timeout)` : ''
  return new WaitTimeoutError(
    `Job ${jobId} ${state}${waited}. It goes on at 8x8: raise timeout, or run a download with this job-id later.`,
  )
}

/** Logs a job's status when it changes, and once a minute while it does not. */
class StatusLog {
  jobStatus: string | undefined
  readonly #jobId: string
  readonly #options: WaitOptions
  readonly #warnedOf = new Set<string>()
  #minutesLogged = 0

  constructor(jobId: string, options: WaitOptions) {
    this.#jobId = jobId
    this.#options = options
  }

  add(jobStatus: string, elapsedMs: number, leftMs: number): void {
    if (jobStatus !== this.jobStatus) {
      this.jobStatus = jobStatus
      this.#options.onStatus?.(jobStatus)
      this.#logChange(jobStatus)
      return
    }
    const minutes = Math.floor(elapsedMs / MINUTE_MS)
    if (minutes <= this.#minutesLogged) return
    this.#minutesLogged = minutes
    this.#options.log.info(
      `Still ${jobStatus} after ${describeRoughly(elapsedMs)}, at most ${describeRoughly(Math.max(0, leftMs))} to go.`,
    )
  }

  #logChange(jobStatus: string): void {
    const { log } = this.#options
    if (isDocumented(jobStatus) || this.#warnedOf.has(jobStatus)) {
      log.info(`Job ${this.#jobId} ${isOver(jobStatus) ? 'has ended as' : 'is'} ${jobStatus}.`)
      return
    }
    this.#warnedOf.add(jobStatus)
    log.warning(
      `Job ${this.#jobId} is ${jobStatus}, which the API does not document. The wait goes on.`,
    )
  }
}

/** To the minute, or to the second below one minute: `45 s`, `2 h 5 min`. */
function describeRoughly(ms: number): string {
  return describeTime(ms < MINUTE_MS ? ms : Math.round(ms / MINUTE_MS) * MINUTE_MS)
}
