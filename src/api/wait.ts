import { type Clock, describeTime, withDeadline } from '../clock.js'
import type { Log } from '../step.js'
import type { ExportClient } from './client.js'
import { WaitTimeoutError } from './errors.js'
import { isDocumented, isOver, type Job } from './job.js'

const MINUTE_MS = 60_000

/** The last poll is this long before the end of the wait, so that it falls within it. */
const LAST_POLL_MS = 1_000

/** A short job is noticed quickly. One request a second is enough to notice the end, and costs the API little. */
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

/** Shared by several waits, it keeps all their polls together to one a second. */
export class PollPacer {
  readonly #clock: Clock
  #nextAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Resolves when it is this poll's turn; turns come in the order in which they were asked for. */
  async turn(signal: AbortSignal): Promise<void> {
    const now = this.#clock.uptime()
    const at = Math.max(now, this.#nextAt)
    this.#nextAt = at + SHORTEST_MS
    if (at > now) await this.#clock.sleep(at - now, signal)
  }
}

export interface WaitOptions {
  readonly api: Pick<ExportClient, 'read'>
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  /** Called with each status when it is first seen. */
  readonly onStatus: (jobStatus: string) => void
  /** Where other jobs are waited for at the same time. */
  readonly pacer?: PollPacer
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
  const watch = new JobWatch({ jobId, timeoutMs }, options)
  if (timeoutMs <= 0) return watch.untilOver(signal)
  const deadline = { ms: timeoutMs, clock, signal, failure: () => watch.timedOut() }
  return withDeadline(deadline, (limited) => watch.untilOver(limited))
}

/** What is known of a job while it is waited for. */
class JobWatch {
  readonly #jobId: string
  readonly #timeoutMs: number
  readonly #options: WaitOptions
  readonly #startedAt: number
  #jobStatus: string | undefined
  readonly #warnedOf = new Set<string>()
  #minutesLogged = 0

  constructor({ jobId, timeoutMs }: { jobId: string; timeoutMs: number }, options: WaitOptions) {
    this.#jobId = jobId
    this.#timeoutMs = timeoutMs
    this.#options = options
    this.#startedAt = options.clock.uptime()
  }

  async untilOver(signal: AbortSignal): Promise<Job> {
    const { api, clock, pacer } = this.#options
    for (;;) {
      const job = await api.read(this.#jobId, signal, pacer)
      this.#logStatus(job.jobStatus)
      if (isOver(job.jobStatus)) return job
      const leftMs = this.#timeoutMs - this.#elapsedMs()
      if (leftMs <= 0) throw this.timedOut()
      const untilLastPollMs = leftMs > LAST_POLL_MS ? leftMs - LAST_POLL_MS : leftMs
      await clock.sleep(Math.min(pollIntervalMs(this.#elapsedMs()), untilLastPollMs), signal)
    }
  }

  timedOut(): WaitTimeoutError {
    const state =
      this.#jobStatus === undefined ? 'has no known status' : `is still ${this.#jobStatus}`
    const waited = this.#timeoutMs > 0 ? ` after ${describeTime(this.#timeoutMs)} (timeout)` : ''
    return new WaitTimeoutError(
      `Job ${this.#jobId} ${state}${waited}. It goes on at 8x8: raise timeout, or run a download with this job-id later.`,
    )
  }

  #logStatus(jobStatus: string): void {
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
        `Job ${this.#jobId} is ${jobStatus}, which the API does not document. The wait goes on.`,
      )
      return
    }
    const minutes = Math.floor(this.#elapsedMs() / MINUTE_MS)
    if (minutes <= this.#minutesLogged) return
    this.#minutesLogged = minutes
    const leftMs = Math.max(0, this.#timeoutMs - this.#elapsedMs())
    log.info(
      `Still ${jobStatus} after ${describeRoughly(this.#elapsedMs())}, at most ${describeRoughly(leftMs)} to go.`,
    )
  }

  #elapsedMs(): number {
    return this.#options.clock.uptime() - this.#startedAt
  }
}

/** To the minute, but for what is less than one: `45 s`, `2 h 5 min`. */
function describeRoughly(ms: number): string {
  return describeTime(ms < MINUTE_MS ? ms : Math.round(ms / MINUTE_MS) * MINUTE_MS)
}
