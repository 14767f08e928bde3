import type { Clock } from '../clock.js'
import { StepError } from '../errors.js'
import type { Log } from '../step.js'
import { ApiError, ConnectionError, ResponseError } from './errors.js'

const MAX_WAIT_MS = 30_000

export interface RetryOptions {
  /**
   * Which failures are repeated (docs/how-it-works.md#retries-what-is-repeated). A request that starts
   * something is repeated only if nothing can have been started; any other request, which is the
   * default, after any lost answer and any fault of the server.
   */
  readonly startsSomething?: boolean
  /** How often to try again; 0 for never. */
  readonly retries: number
  /** Our own first wait, which doubles with each repeat; 1 s by default. */
  readonly firstWaitMs?: number
  /** If a server asks to wait longer than this, 5 min by default, the step fails. */
  readonly maxAskedMs?: number
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  /** From 0 to 1; it keeps many runners from repeating at the same moment. */
  readonly random: () => number
}

/**
 * Tries, and tries again while that is allowed and may help. The waits get longer, and are never
 * shorter than `Retry-After` says. Rejects with the last failure, or with a StepError if the server
 * asks for more time than is allowed. Libraries for this can only add the server's wait to their own.
 */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { retries, clock, log, signal } = options
  for (let repeats = 0; ; repeats++) {
    try {
      return await attempt()
    } catch (error) {
      if (!mayRepeat(error, options) || repeats >= retries || signal.aborted) throw error
      const waitMs = waitBefore(error, repeats, options)
      const when = waitMs > 0 ? `in ${Math.ceil(waitMs / 1_000)} s` : 'at once'
      log.info(`${error.message} Trying again ${when} (repeat ${repeats + 1} of ${retries}).`)
      await clock.sleep(waitMs, signal)
    }
  }
}

/** Whether a request that failed with this error may be sent again, and may succeed then. */
function mayRepeat(
  error: unknown,
  { startsSomething = false }: RetryOptions,
): error is ApiError | ConnectionError | ResponseError {
  if (error instanceof ConnectionError) {
    return !error.permanent && (!startsSomething || error.sent === 'no')
  }
  if (error instanceof ResponseError) return error.mayPass && !startsSomething
  if (!(error instanceof ApiError)) return false
  const { httpStatus } = error
  if (startsSomething) return httpStatus === 429 || httpStatus === 503
  return httpStatus >= 500 || [408, 425, 429].includes(httpStatus)
}

function waitBefore(
  error: ApiError | ConnectionError | ResponseError,
  repeats: number,
  { firstWaitMs = 1_000, maxAskedMs = 300_000, random }: RetryOptions,
): number {
  const longestMs = Math.min(MAX_WAIT_MS, firstWaitMs * 2 ** repeats)
  const ownMs = longestMs * (0.5 + random() / 2)
  const askedMs = ('retryAfterMs' in error && error.retryAfterMs) || 0
  if (askedMs > maxAskedMs) {
    throw new StepError(
      `${error.message} It asks to wait ${Math.ceil(askedMs / 1_000)} s (Retry-After), and ${maxAskedMs / 1_000} s is the most. Run the workflow again after that.`,
      { cause: error },
    )
  }
  return Math.max(ownMs, askedMs)
}
