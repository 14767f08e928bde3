import type { Clock } from '../clock.js'
import { InterruptedError, StepError } from '../errors.js'
import type { Step } from '../step.js'
import type { Connection } from './connection.js'
import { ApiError, ConnectionError, ResponseError, StartLostError } from './errors.js'
import type { HttpRequest } from './exchange.js'
import type { ExportApi } from './export-api.js'
import type { ExportFilter } from './filter.js'
import type { Job } from './job.js'
import { checkStatus, readJob, readJobId } from './response.js'
import { mayRepeat, withRetries } from './retry.js'
import type { ApiAnswer, Transport } from './transport.js'

/** The API's code for a job that it does not know (docs/api.md#errors). */
const UNKNOWN_JOB = 4018

export interface ExportJobsOptions {
  readonly connection: Connection
  readonly transport: Transport
  readonly clock: Clock
  readonly step: Pick<Step, 'info' | 'notice' | 'warning' | 'debug' | 'signal'>
  readonly random: () => number
}

/** The log export API of one subaccount (docs/api.md#endpoints). */
export function createExportJobs(options: ExportJobsOptions): ExportApi {
  return {
    start: (filter) => startJob(filter, options),
    read: (jobId, signal) => readJobOf(jobId, signal, options),
    cancel: (jobId, signal) => cancelJob(jobId, signal, options),
    mayPass: (error) => mayRepeat(error, 'always'),
  }
}

async function startJob(filter: ExportFilter, options: ExportJobsOptions): Promise<string> {
  const { connection, clock, step, random } = options
  let sentAt = clock.now()
  const request: HttpRequest = {
    method: 'POST',
    url: exportsUrl(connection),
    headers: { ...headersFor(connection), 'content-type': 'application/json' },
    body: JSON.stringify(filter),
  }
  const secrets = [connection.apiKey, ...(filter.phoneNumber ? [filter.phoneNumber] : [])]
  try {
    const attempt = async (): Promise<string> => {
      sentAt = clock.now()
      const answer = await exchange(request, { secrets, signal: step.signal }, options)
      return readJobId(answer, secrets)
    }
    return await withRetries(attempt, {
      repeatable: 'if-not-started',
      retries: connection.retries,
      clock,
      log: step,
      signal: step.signal,
      random,
    })
  } catch (error) {
    throw toStartFailure(error, connection, sentAt)
  }
}

/** It changes nothing, so it is repeated after whatever may pass. */
async function readJobOf(
  jobId: string,
  signal: AbortSignal,
  options: ExportJobsOptions,
): Promise<Job> {
  const { connection, clock, step, random } = options
  const request: HttpRequest = {
    method: 'GET',
    url: jobUrl(connection, jobId),
    headers: headersFor(connection),
  }
  const secrets = [connection.apiKey]
  const read = () => exchange(request, { secrets, signal }, options)
  return withRetries(async () => readJob(await read(), secrets), {
    repeatable: 'always',
    retries: connection.retries,
    clock,
    log: step,
    signal,
    random,
  })
}

/** One try: how often is for who knows how much time there is. */
async function cancelJob(
  jobId: string,
  signal: AbortSignal,
  options: ExportJobsOptions,
): Promise<boolean> {
  const { connection } = options
  const request: HttpRequest = {
    method: 'DELETE',
    url: jobUrl(connection, jobId),
    headers: headersFor(connection),
  }
  try {
    await exchange(request, { secrets: [connection.apiKey], signal }, options)
    return true
  } catch (error) {
    if (error instanceof ApiError && isUnknownOrOver(error)) return false
    throw error
  }
}

/**
 * What a job that is over answers is not documented: these say that it cannot be done to this job.
 * A 404 with another code is a wrong address, and no news of a job.
 */
function isUnknownOrOver({ httpStatus, code }: ApiError): boolean {
  return code === UNKNOWN_JOB || [409, 410, 422].includes(httpStatus)
}

async function exchange(
  request: HttpRequest,
  { secrets, signal }: { secrets: readonly string[]; signal: AbortSignal },
  { transport, clock, step }: ExportJobsOptions,
): Promise<ApiAnswer> {
  const startedAt = clock.now()
  const answer = await transport(request, signal)
  step.debug(
    `${request.method} ${request.url.pathname}: ${answer.httpStatus}, ${answer.body.length} characters, ${clock.now() - startedAt} ms`,
  )
  checkStatus(answer, secrets)
  return answer
}

function exportsUrl({ baseUrl, subaccountId }: Connection): URL {
  return new URL(
    `${baseUrl}/api/v1/subaccounts/${encodeURIComponent(subaccountId)}/messages/exports`,
  )
}

function jobUrl(connection: Connection, jobId: string): URL {
  return new URL(`${exportsUrl(connection)}/${jobId}`)
}

/** Without a word on encodings, a server may pick any (RFC 9110, 12.5.3); answers are read as they are. */
function headersFor({ apiKey }: Connection): Record<string, string> {
  return {
    authorization: `Bearer ${apiKey}`,
    accept: 'application/json',
    'accept-encoding': 'identity',
  }
}

/** Says of a failed start, last sent at `sentAt` (epoch milliseconds), whether there may be a job, and what to do about it then. */
function toStartFailure(error: unknown, { subaccountId }: Connection, sentAt: number): unknown {
  if (mayHaveStarted(error)) {
    const at = `${new Date(sentAt).toISOString().slice(0, 'yyyy-MM-ddTHH:mm:ss'.length)}Z`
    return new StartLostError(
      `${error.message} A job may be running all the same, so the start is not sent again. The API has no list of jobs: ask 8x8 support for the export started in ${subaccountId} at ${at}, or run this step again; a second job does the first no harm.`,
      { cause: error },
    )
  }
  if (error instanceof InterruptedError || isInterrupted(error)) {
    return new StepError(`${error.message} No job was started.`, { cause: error })
  }
  return error
}

function mayHaveStarted(error: unknown): error is StepError {
  if (error instanceof ConnectionError) return error.sent === 'maybe'
  if (error instanceof ApiError) return error.httpStatus >= 500 && error.httpStatus !== 503
  // A success that names no job.
  return error instanceof ResponseError && error.httpStatus < 300
}

function isInterrupted(error: unknown): error is ConnectionError {
  return error instanceof ConnectionError && error.cause instanceof InterruptedError
}
