import { StepError } from '../errors.js'

/** A request that has no whole answer: not connected, cut, stalled, or ended by the runner. */
export class ConnectionError extends StepError {
  override name = 'ConnectionError'
  /** Whether the server can have acted on it: `no` if no connection was made. */
  readonly sent: 'no' | 'maybe'
  /** Trying again would fail in the same way: a certificate that is not trusted, a wrong proxy. */
  readonly permanent: boolean
  /** How long a proxy asks to wait. */
  readonly retryAfterMs: number | undefined

  constructor(
    message: string,
    fault: Pick<ConnectionError, 'sent' | 'cause'> &
      Partial<Pick<ConnectionError, 'permanent' | 'retryAfterMs'>>,
  ) {
    super(message, { cause: fault.cause })
    this.sent = fault.sent
    this.permanent = fault.permanent ?? false
    this.retryAfterMs = fault.retryAfterMs
  }
}

/** An answer of 400 and above. */
export class ApiError extends StepError {
  override name = 'ApiError'
  readonly httpStatus: number
  /** Of the answer's body, where it has them (docs/api.md#errors). */
  readonly code: number | undefined
  readonly errorId: string | undefined
  /** How long the header Retry-After asks to wait. */
  readonly retryAfterMs: number | undefined

  constructor(message: string, answer: Pick<ApiError, 'httpStatus'> & Partial<ApiError>) {
    super(message)
    this.httpStatus = answer.httpStatus
    this.code = answer.code
    this.errorId = answer.errorId
    this.retryAfterMs = answer.retryAfterMs
  }
}

/** An answer that arrived whole, and is not what the API is documented to give. */
export class ResponseError extends StepError {
  override name = 'ResponseError'
  /** Undefined for the answer of a file's link. */
  readonly httpStatus: number | undefined
  /** Another try may help: a gateway may have answered, or the API only in part. */
  readonly mayPass: boolean

  constructor(
    message: string,
    { httpStatus, mayPass = false }: { httpStatus?: number; mayPass?: boolean } = {},
  ) {
    super(message)
    this.httpStatus = httpStatus
    this.mayPass = mayPass
  }
}

/** A start that may have reached the API, and whose job id is not known. */
export class StartLostError extends StepError {
  override name = 'StartLostError'
}

/** A job that is over and has no file to download. */
export class JobEndedError extends StepError {
  override name = 'JobEndedError'
}

/** A link that has stopped working; reading the job again may give another. */
export class LinkExpiredError extends StepError {
  override name = 'LinkExpiredError'
}

/** A job that was not over within the time to wait for it. */
export class WaitTimeoutError extends StepError {
  override name = 'WaitTimeoutError'
}

/** What to do about the errors that the API documents, by its own code (docs/api.md#errors). */
const HINTS_BY_CODE: Readonly<Record<number, string>> = {
  1000: 'A parameter is not as the API wants it: check from, to and the other filters.',
  1001: "Check subaccount-id: copy it from 8x8 Connect. No subaccount of this key's account has that id, and the account's own name is not one.",
  1002: 'Check phone-number: the API does not take it for a phone number.',
  1009: 'Check country: the API does not know one of the codes.',
  1010: 'A value is out of the range that the API takes: check from, to and limit.',
  1012: "The account accepts some addresses only (IP Whitelisting in 8x8 Connect), and GitHub's runners have no fixed ones: use a self-hosted runner, or a larger runner with static addresses, and allow those.",
  1014: 'The API wants TLS 1.3: update the runner, or the proxy in between.',
  1200: "Check the secret behind api-key, and that region is your account's.",
  1201: 'The key has no access to this subaccount: check subaccount-id, or give the key that access in 8x8 Connect.',
  1300: 'Check api-url, region and subaccount-id: there is nothing at that address.',
  2000: 'The fault is on the side of the API: try again later, and give support the errorId.',
  3018: 'Check country: the API does not know one of the codes.',
  4018: "Check job-id, and that subaccount-id and region are those of the job's start.",
}

/** What to do if the answer has no code, as from a gateway. */
const HINTS_BY_STATUS: Readonly<Record<number, string>> = {
  400: 'Check the inputs of this step.',
  401: "Check the secret behind api-key, and that region is your account's.",
  403: 'The key has no access here: check api-key, subaccount-id and region.',
  404: 'Check api-url, region and subaccount-id: there is nothing at that address.',
  407: 'The proxy of this runner wants a user and a password: check https_proxy.',
  408: 'The server waited too long for the request: try again later.',
  410: 'What was asked for is gone.',
  422: 'The request is well-formed, and the API cannot do it: check the filters.',
  426: 'The API wants TLS 1.3: update the runner, or the proxy in between.',
  429: 'Too many requests at a time: start fewer jobs at once, or raise retries.',
}

/** What to do about an error of a file's link, which does not depend on the key or the inputs. */
const HINTS_BY_LINK_STATUS: Readonly<Record<number, string>> = {
  408: 'The server waited too long for the request: try again later.',
  429: 'Too many requests at a time: raise retries, or run fewer downloads at once.',
}

/** One sentence on what to do about an error answer, or nothing; `code` is the API's own. */
export function hintFor(
  httpStatus: number,
  { code = 0, isOfLink = false }: { code?: number | undefined; isOfLink?: boolean },
): string {
  const known = isOfLink
    ? HINTS_BY_LINK_STATUS[httpStatus]
    : (HINTS_BY_CODE[code] ?? HINTS_BY_STATUS[httpStatus])
  if (known) return known
  return httpStatus >= 500 ? 'The fault is on the side of the server: try again later.' : ''
}
