import { sanitizeAnswer } from '../sanitize.js'
import { ApiError, type ErrorDetails, hintFor, ResponseError } from './errors.js'
import type { HttpAnswer } from './http.js'
import { isJobId, type Job } from './job.js'

/** An error's id is a UUID; this is liberal, and lets nothing through that means anything else. */
const ERROR_ID = /^[0-9A-Za-z-]{1,64}$/

/** A status may be one that is not documented, and is still a word. */
const STATUS_WORD = /^[A-Za-z][A-Za-z0-9_ -]{0,63}$/

/** `2020-10-25T06:58:41.74Z`, with or without its fraction. */
const UTC_MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/

/** The shortest phone number has so many digits. */
const MIN_SECRET_LENGTH = 7

/** The texts that no message may repeat, though the server may: the key, a phone number. */
export type Secrets = readonly string[]

/** An answer of 400 and above, as an error that has the API's words; `link` names the file of a link. */
export function toApiError(answer: HttpAnswer, secrets: Secrets, link?: string): ApiError {
  const { httpStatus, body, retryAfterMs } = answer
  const details = readErrorDetails(body)
  const said = describeError(httpStatus, details, secrets)
  const hint = hintFor(httpStatus, { code: details.code, isOfLink: link !== undefined })
  const who = link ? `The link of ${link}` : 'The API'
  return new ApiError(`${who} answered ${said}. ${hint}`.trim(), {
    httpStatus,
    details,
    retryAfterMs,
  })
}

/** Lets a success pass; throws an ApiError for an error, and a ResponseError for anything else. */
export function checkStatus(answer: HttpAnswer, secrets: Secrets): void {
  const { httpStatus } = answer
  if (httpStatus >= 200 && httpStatus < 300) return
  if (httpStatus >= 400) throw toApiError(answer, secrets)
  if (httpStatus >= 300) {
    throw new ResponseError(
      `The API answered ${httpStatus}, a redirect, and those are never followed: the key would be sent along. Check api-url and region.`,
      { httpStatus },
    )
  }
  throw new ResponseError(`The API answered ${httpStatus}, which does not end a request.`, {
    httpStatus,
  })
}

/**
 * What an answer says of a job (docs/api.md#the-job); throws a ResponseError, after which the job
 * may be read again: a gateway may have answered, or the API only in part.
 */
export function readJob({ httpStatus, body }: HttpAnswer, secrets: Secrets): Job {
  const fail = (what: string): never => {
    throw new ResponseError(`The API answered ${httpStatus}, and ${what}.`, {
      httpStatus,
      mayPass: true,
    })
  }
  const answer = parseObject(body)
  if (answer === undefined) return fail('its body is no JSON object')
  const { status, expires } = answer
  // A server may write null for what is not there.
  const data = answer.data ?? []
  if (typeof status !== 'string' || !STATUS_WORD.test(status)) {
    return fail(`its status is ${describeValue(status)}`)
  }
  if (holdsSecret(status, secrets)) return fail('its status repeats a secret of this step')
  if (!Array.isArray(data) || !data.every((link) => typeof link === 'string')) {
    return fail('its data is no list of links')
  }
  const isMoment = typeof expires === 'string' && UTC_MOMENT.test(expires)
  return { jobStatus: status, links: data, expires: isMoment ? expires : undefined }
}

/** The `jobId` of an answer to a start (docs/api.md#endpoints); throws a ResponseError. */
export function readJobId({ httpStatus, body }: HttpAnswer, secrets: Secrets): string {
  const fail = (what: string): never => {
    throw new ResponseError(`The API answered ${httpStatus}${what}.`, { httpStatus })
  }
  const answer = parseObject(body)
  if (answer === undefined) return fail(' with a body that is no JSON object')
  const { jobId } = answer
  if (typeof jobId !== 'string' || !isJobId(jobId)) {
    return fail(`, and its jobId is ${describeValue(jobId)}, not the id of a job`)
  }
  if (holdsSecret(jobId, secrets)) return fail(', and its jobId repeats a secret of this step')
  return jobId
}

/** What becomes an output must not hold what no output may; a short secret is in too much by chance. */
function holdsSecret(text: string, secrets: Secrets): boolean {
  return secrets.some((secret) => secret.length >= MIN_SECRET_LENGTH && text.includes(secret))
}

function readErrorDetails(body: string): ErrorDetails {
  const { code, message, errorId } = parseObject(body) ?? {}
  return {
    code: Number.isSafeInteger(code) ? (code as number) : undefined,
    message: typeof message === 'string' && message.trim() !== '' ? message : undefined,
    errorId: typeof errorId === 'string' && ERROR_ID.test(errorId) ? errorId : undefined,
  }
}

function describeError(
  httpStatus: number,
  { code, message, errorId }: ErrorDetails,
  secrets: Secrets,
): string {
  const parts = [
    `${httpStatus}`,
    code === undefined ? undefined : `code ${code}`,
    message === undefined ? undefined : `"${sanitizeAnswer(message, { secrets })}"`,
    errorId === undefined ? undefined : `errorId ${sanitizeAnswer(errorId, { secrets })}`,
  ]
  return parts.filter((part) => part !== undefined).join(', ')
}

function describeValue(value: unknown): string {
  if (value === undefined) return 'missing'
  if (typeof value === 'string') return value === '' ? 'empty' : 'a text with other characters'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
