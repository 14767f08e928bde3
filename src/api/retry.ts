import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '../clock.js'
import { StepError } from '../errors.js'
import type { Log } from '../step.js'
import { ApiError, ConnectionError, ResponseError } from './errors.js'

const MAX_WAIT_MS = 30_000

/** What may be sent again after what, as docs/how-it-works.md#what-is-repeated-when says. */
export type Repeatable =
  /** It changes nothing, or nothing more: after any lost answer and any fault of the server. */
  | 'always'
  /** It starts something: only where nothing can have been started. */
  | 'if-not-started'

export interface Pace {
  /** Our own first wait, which doubles with each repeat. */
  readonly firstWaitMs: number
  /** A server that asks for more is not waited for: the step says so instead. */
  readonly maxAskedMs: number
}

const DEFAULT_PACE: Pace = { firstWaitMs: 1_000, maxAskedMs: 300_000 }

export interface RetryOptions {
  readonly repeatable: Repeatable
  /** How often to try again; 0 for never. */
  readonly retries: number
  readonly pace?: Pace
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  /** From 0 to 1, so that many runners do not come back at the same moment. */
  readonly random: () => number
}

/**
 * Tries, and tries again while that is allowed and may help, waiting ever longer, and at least as
 * long as `Retry-After` says. Rejects with the last failure; with a StepError where the server asks
 * for more than the pace allows. Libraries for this have waits of their own, and could only add the
 * server's to them.
 */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { repeatable, retries, clock, log, signal } = options
  for (let repeats = 0; ; repeats++) {
    try {
      return await attempt()
    } catch (error) {
      if (!mayRepeat(error, repeatable) || repeats >= retries || signal.aborted) throw error
      const waitMs = waitBefore(error, repeats, options)
      const when = waitMs > 0 ? `in ${Math.ceil(waitMs / 1_000)} s` : 'at once'
      log.info(`${error.message} Trying again ${when} (repeat ${repeats + 1} of ${retries}).`)
      await clock.sleep(waitMs, signal)
    }
  }
}

/** Whether what failed so may be sent again, and may fare better then. */
function mayRepeat(error: unknown, repeatable: Repeatable): error is StepError {
  if (error instanceof ConnectionError) {
    return !error.permanent && (repeatable === 'always' || error.sent === 'no')
  }
  if (error instanceof ResponseError) return error.mayPass && repeatable === 'always'
  if (!(error instanceof ApiError)) return false
  const { httpStatus } = error
  if (repeatable === 'if-not-started') return httpStatus === 429 || httpStatus === 503
  return httpStatus >= 500 || [408, 425, 429].includes(httpStatus)
}

function waitBefore(error: StepError, repeats: number, options: RetryOptions): number {
  const { firstWaitMs, maxAskedMs } = options.pace ?? DEFAULT_PACE
  const longestMs = Math.min(MAX_WAIT_MS, firstWaitMs * 2 ** repeats)
  const ownMs = longestMs * (0.5 + options.random() / 2)
  const isAsked = error instanceof ApiError || error instanceof ConnectionError
  const askedMs = (isAsked && error.retryAfterMs) || 0
  if (askedMs > maxAskedMs) {
    throw new StepError(
      `${error.message} It asks to wait ${Math.ceil(askedMs / 1_000)} s (Retry-After), and more than ${maxAskedMs / 1_000} s is not waited. Run the workflow again after that.`,
      { cause: error },
    )
  }
  return Math.max(ownMs, askedMs)
}

/** What an answer asks for: a date is compared with the answer's own, as the runner's clock may be wrong. */
export function retryAfterOf(
  headers: IncomingHttpHeaders,
  clock: Pick<Clock, 'now'>,
): number | undefined {
  const answeredAt = parseHttpDate(headers.date?.trim() ?? '')
  return parseRetryAfter(headers['retry-after'], answeredAt ?? clock.now())
}

/**
 * The header `Retry-After` as a wait in milliseconds, from `now` (epoch milliseconds): seconds in
 * digits, or a date in one of HTTP's three forms; a date that has passed is 0. Undefined for
 * anything else, such as a negative or a broken number (RFC 9110, 10.2.3 and 5.6.7).
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d+$/.test(text)) return Number(text) * 1_000
  const instant = parseHttpDate(text)
  return instant === undefined ? undefined : Math.max(0, instant - now)
}

/** HTTP's dates are all in GMT; the oldest form does not say so. */
function parseHttpDate(text: string): number | undefined {
  if (!/^[A-Z][a-z]{2,8},? .*\d\d:\d\d:\d\d/.test(text)) return undefined
  const instant = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(instant) ? undefined : instant
}
