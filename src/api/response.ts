import { isJobId } from '../job/job.js'
import { plainAnswer } from '../plain-text.js'
import { adviceFor } from './advice.js'
import { ApiError, type ErrorDetails, ResponseError } from './errors.js'
import type { ApiAnswer } from './transport.js'

/** An error's id is a UUID; this is liberal, and lets nothing through that means anything else. */
const ERROR_ID = /^[0-9A-Za-z-]{1,64}$/

/** The texts that no message may repeat, though the server may: the key, a phone number. */
export type Secrets = readonly string[]

/** Lets a success pass; throws an ApiError for an error, and a ResponseError for anything else. */
export function checkStatus({ httpStatus, headers, body }: ApiAnswer, secrets: Secrets): void {
  if (httpStatus >= 200 && httpStatus < 300) return
  if (httpStatus >= 400) {
    const details = readErrorDetails(body)
    throw new ApiError(describeError(httpStatus, details, secrets), {
      httpStatus,
      details,
      retryAfter: headers['retry-after'],
    })
  }
  if (httpStatus >= 300) {
    throw new ResponseError(
      `The API answered ${httpStatus}, a redirect, and those are never followed: the key would go along. Check api-url and region.`,
      { httpStatus },
    )
  }
  throw new ResponseError(`The API answered ${httpStatus}, which is no end of a request.`, {
    httpStatus,
  })
}

/** The `jobId` of an answer to a start (docs/api-facts.md#endpoints); throws a ResponseError. */
export function readJobId({ httpStatus, body }: ApiAnswer): string {
  const answer = parseObject(body)
  if (answer === undefined) {
    throw new ResponseError(`The API answered ${httpStatus} with a body that is no JSON object.`, {
      httpStatus,
    })
  }
  const { jobId } = answer
  if (typeof jobId !== 'string' || !isJobId(jobId)) {
    throw new ResponseError(
      `The API answered ${httpStatus}, and its jobId is ${describeValue(jobId)}, not the id of a job.`,
      { httpStatus },
    )
  }
  return jobId
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
    message === undefined ? undefined : `"${plainAnswer(message, { secrets })}"`,
    errorId === undefined ? undefined : `errorId ${plainAnswer(errorId, { secrets })}`,
  ]
  const said = parts.filter((part) => part !== undefined).join(', ')
  return `The API answered ${said}. ${adviceFor(httpStatus, code)}`.trim()
}

function describeValue(value: unknown): string {
  if (value === undefined) return 'missing'
  if (typeof value === 'string') return value === '' ? 'empty' : 'a text with other characters'
  return value === null ? 'null' : `a ${Array.isArray(value) ? 'list' : typeof value}`
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
