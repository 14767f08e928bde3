import type { Clock } from '../clock.js'
import { StepError } from '../errors.js'
import type { Log } from '../step.js'
import { ApiError, ConnectionError } from './errors.js'
import { parseRetryAfter } from './retry-after.js'

/** A server that asks for more is not waited for: the step says so instead. */
const MAX_RETRY_AFTER_MS = 300_000

const FIRST_WAIT_MS = 1_000
const MAX_WAIT_MS = 30_000

/** What may be sent again after what, by the contract's section on requests. */
export type Repeatable =
  /** It changes nothing, or nothing more: after any lost answer and any fault of the server. */
  | 'always'
  /** It starts something: only where nothing can have been started. */
  | 'if-not-started'

const TRANSIENT_STATUSES: Readonly<Record<Repeatable, readonly number[]>> = {
  always: [408, 429, 500, 502, 503, 504],
  'if-not-started': [429, 503],
}

export interface RetryOptions {
  readonly repeatable: Repeatable
  /** How often to try again; 0 for never. */
  readonly retries: number
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  /** From 0 to 1, so that many runners do not come back at the same moment. */
  readonly random: () => number
}

/**
 * Tries, and tries again while that is allowed and may help, waiting as long as `Retry-After` says,
 * or ever longer. Rejects with the last failure; with a StepError where the server asks for more
 * than 5 minutes. The libraries for this bring waits of their own, to which the server's would
 * only be added.
 */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { repeatable, retries, clock, log, signal } = options
  for (let repeats = 0; ; repeats++) {
    try {
      return await attempt()
    } catch (error) {
      if (!mayRepeat(error, repeatable) || repeats >= retries || signal.aborted) throw error
      const waitMs = waitBefore(error, repeats, options)
      log.info(
        `${error.message} Trying again in ${Math.ceil(waitMs / 1_000)} s (repeat ${repeats + 1} of ${retries}).`,
      )
      await clock.sleep(waitMs, signal)
    }
  }
}

/** Whether what failed so may be sent again, and may fare better then. */
export function mayRepeat(error: unknown, repeatable: Repeatable): error is StepError {
  if (error instanceof ConnectionError) {
    return !error.permanent && (repeatable === 'always' || error.sent === 'no')
  }
  return error instanceof ApiError && TRANSIENT_STATUSES[repeatable].includes(error.httpStatus)
}

function waitBefore(error: StepError, repeats: number, { clock, random }: RetryOptions): number {
  const header = error instanceof ApiError ? error.retryAfter : undefined
  const askedMs = parseRetryAfter(header, clock.now())
  if (askedMs === undefined) {
    const longestMs = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** repeats)
    return longestMs * (0.5 + random() / 2)
  }
  if (askedMs > MAX_RETRY_AFTER_MS) {
    throw new StepError(
      `${error.message} It asks to wait ${Math.ceil(askedMs / 1_000)} s (Retry-After), and more than ${MAX_RETRY_AFTER_MS / 1_000} s is not waited. Run the workflow again after that.`,
      { cause: error },
    )
  }
  return askedMs
}
