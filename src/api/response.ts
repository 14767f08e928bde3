import { sanitizeAnswer } from '../sanitize.js'
import { ApiError, hintFor, ResponseError } from './errors.js'
import type { HttpAnswer } from './http.js'
import { isJobId, type Job } from './job.js'

/** An error's id is a UUID; others of this form are shown as well, as they are harmless. */
const ERROR_ID = /^[0-9A-Za-z-]{1,64}$/

/** A status may be undocumented, but has to be a word. */
const STATUS_WORD = /^[A-Za-z][A-Za-z0-9_ -]{0,63}$/

/** `2020-10-25T06:58:41.74Z`, with or without its fraction. */
const UTC_MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/

/** The shortest phone number has this many digits. */
const MIN_SECRET_LENGTH = 7

/** The texts that no message may repeat, though the server may: the key, a phone number. */
export type Secrets = readonly string[]

/** An answer of 400 and above, as an error; `link` is the name of the file whose link answered. */
export function toApiError(answer: HttpAnswer, secrets: Secrets, link?: string): ApiError {
  const { httpStatus, retryAfterMs } = answer
  const body = parseObject(answer.body) ?? {}
  const code = Number.isSafeInteger(body.code) ? (body.code as number) : undefined
  const message = typeof body.message === 'string' ? body.message.trim() : ''
  const isId = typeof body.errorId === 'string' && ERROR_ID.test(body.errorId)
  const errorId = isId ? (body.errorId as string) : undefined
  const said = [
    String(httpStatus),
    ...(code === undefined ? [] : [`code ${code}`]),
    ...(message === '' ? [] : [`"${sanitizeAnswer(message, { secrets })}"`]),
    ...(errorId === undefined ? [] : [`errorId ${sanitizeAnswer(errorId, { secrets })}`]),
  ]
  const hint = hintFor(httpStatus, { code, isOfLink: link !== undefined })
  const who = link ? `The link of ${link}` : 'The API'
  const text = `${who} answered ${said.join(', ')}. ${hint}`.trim()
  return new ApiError(text, { httpStatus, code, errorId, retryAfterMs })
}

/** Lets a success pass; throws an ApiError for an error, and a ResponseError for anything else. */
export function checkStatus(answer: HttpAnswer, secrets: Secrets): void {
  const { httpStatus } = answer
  if (httpStatus >= 200 && httpStatus < 300) return
  if (httpStatus >= 400) throw toApiError(answer, secrets)
  const what =
    httpStatus >= 300
      ? 'a redirect, and those are never followed: the key would be sent along. Check api-url and region.'
      : 'which does not end a request.'
  throw new ResponseError(`The API answered ${httpStatus}, ${what}`, { httpStatus })
}

/**
 * What an answer says of a job (docs/api.md#the-job); throws a ResponseError, after which the job
 * may be read again: a gateway may have answered, or the API only in part.
 */
export function readJob({ httpStatus, body }: HttpAnswer, secrets: Secrets): Job {
  const answer = parseObject(body)
  if (answer === undefined) throw unexpected(httpStatus, 'its body is no JSON object')
  const { status, expires } = answer
  // A server may write null for what is not there.
  const data = answer.data ?? []
  if (typeof status !== 'string' || !STATUS_WORD.test(status)) {
    throw unexpected(httpStatus, `its status is ${describeValue(status)}`)
  }
  if (holdsSecret(status, secrets)) {
    throw unexpected(httpStatus, 'its status repeats a secret of this step')
  }
  if (!Array.isArray(data) || !data.every((link) => typeof link === 'string')) {
    throw unexpected(httpStatus, 'its data is no list of links')
  }
  const isMoment = typeof expires === 'string' && UTC_MOMENT.test(expires)
  return { jobStatus: status, links: data, expires: isMoment ? expires : undefined }
}

/** The `jobId` of an answer to a start (docs/api.md#endpoints); throws a ResponseError. */
export function readJobId({ httpStatus, body }: HttpAnswer, secrets: Secrets): string {
  const answer = parseObject(body)
  if (answer === undefined) throw unexpected(httpStatus, 'its body is no JSON object')
  const { jobId } = answer
  if (typeof jobId !== 'string' || !isJobId(jobId)) {
    throw unexpected(httpStatus, `its jobId is ${describeValue(jobId)}, not the id of a job`)
  }
  if (holdsSecret(jobId, secrets)) {
    throw unexpected(httpStatus, 'its jobId repeats a secret of this step')
  }
  return jobId
}

function unexpected(httpStatus: number, what: string): ResponseError {
  const message = `The API answered ${httpStatus}, and ${what}.`
  return new ResponseError(message, { httpStatus, mayPass: true })
}

/** A text that becomes an output must hold no secret. A short one is in many texts by chance. */
function holdsSecret(text: string, secrets: Secrets): boolean {
  return secrets.some((secret) => secret.length >= MIN_SECRET_LENGTH && text.includes(secret))
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
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
