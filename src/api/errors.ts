import { StepError } from '../errors.js'

/** Whether the server can have seen the request, and so have acted on it. */
export type Sent = 'no' | 'maybe'

/** A request that has no whole answer: not connected, cut, stalled, or ended by the runner. */
export class ConnectionError extends StepError {
  override name = 'ConnectionError'
  /** `no` where no connection was made, so that nothing can have been started. */
  readonly sent: Sent
  /** Trying again would meet the same: a certificate that is not trusted, a wrong proxy. */
  readonly permanent: boolean

  constructor(
    message: string,
    { sent, permanent = false, cause }: { sent: Sent; permanent?: boolean; cause?: unknown },
  ) {
    super(message, { cause })
    this.sent = sent
    this.permanent = permanent
  }
}

/** What the body of an error answer says (docs/api.md#errors). */
export interface ErrorDetails {
  readonly code?: number | undefined
  readonly message?: string | undefined
  readonly errorId?: string | undefined
}

/** An answer of 400 and above. */
export class ApiError extends StepError {
  override name = 'ApiError'
  readonly httpStatus: number
  readonly code: number | undefined
  readonly errorId: string | undefined
  /** The header `Retry-After` as it came. */
  readonly retryAfter: string | undefined

  constructor(
    message: string,
    answer: { httpStatus: number; details: ErrorDetails; retryAfter: string | undefined },
  ) {
    super(message)
    this.httpStatus = answer.httpStatus
    this.code = answer.details.code
    this.errorId = answer.details.errorId
    this.retryAfter = answer.retryAfter
  }
}

/** An answer that came whole, and is not what the API is documented to give. */
export class ResponseError extends StepError {
  override name = 'ResponseError'
  readonly httpStatus: number

  constructor(message: string, { httpStatus }: { httpStatus: number }) {
    super(message)
    this.httpStatus = httpStatus
  }
}

/** A start that may have reached the API, and whose job id is not known. */
export class StartLostError extends StepError {
  override name = 'StartLostError'
}

/** A job that is over and has no file to bring home. */
export class JobEndedError extends StepError {
  override name = 'JobEndedError'

  constructor(
    message: string,
    readonly jobStatus: string,
  ) {
    super(message)
  }
}

/** A link that has stopped working; reading the job again may give another. */
export class LinkExpiredError extends StepError {
  override name = 'LinkExpiredError'
}

/** A job that was not over when the time to wait for it was. */
export class WaitTimeoutError extends StepError {
  override name = 'WaitTimeoutError'

  constructor(
    message: string,
    /** The last that was heard of it, undefined where nothing was. */
    readonly jobStatus: string | undefined,
  ) {
    super(message)
  }
}
