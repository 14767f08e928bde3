import { StepError } from '../errors.js'

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
