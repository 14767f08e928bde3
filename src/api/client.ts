import { type Clock, formatUtc, withDeadline } from '../clock.js'
import { InterruptedError, StepError } from '../errors.js'
import type { Step } from '../step.js'
import { ApiError, ConnectionError, ResponseError, StartLostError } from './errors.js'
import { Http, type HttpAnswer, type HttpRequest } from './http.js'
import type { Connection, ExportFilter, Job } from './job.js'
import { isToken, secretsIn } from './link.js'
import { checkStatus, readJob, readJobId } from './response.js'
import { type RetryOptions, withRetries } from './retry.js'
import { proxyAuthorization } from './route.js'
import { downloadFile, type FetchOptions, type FileSink } from './transfer.js'

/** The API's code for a job that it does not know (docs/api.md#errors). */
const UNKNOWN_JOB = 4018

/** A runner gives a cancelled job little time: one try and one repeat, each at most this long. */
const CANCEL_MS = 5_000
const CANCEL_REPEATS = 1

export interface ClientDependencies {
  readonly clock: Clock
  readonly step: Pick<Step, 'info' | 'notice' | 'warning' | 'debug' | 'mask' | 'signal'>
  readonly random: () => number
  /** Sends the requests; the network by default. */
  readonly http?: Pick<Http, 'send' | 'call'>
}

/** Warns of settings of the runner with which Node.js itself reveals a secret. */
function warnOfSettings(step: Pick<Step, 'warning' | 'mask'>): void {
  // Even if the API is reached without the proxy: a link may lead to a host that is not.
  const password = proxyAuthorization()
  if (password) step.mask(password)
  const { NODE_TLS_REJECT_UNAUTHORIZED, NODE_DEBUG = '' } = process.env
  if (NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    step.warning(
      'NODE_TLS_REJECT_UNAUTHORIZED is 0 on this runner: no TLS certificate is checked, and anyone in between can read the API key. Unset it; for an authority of your own, set NODE_EXTRA_CA_CERTS.',
    )
  }
  if (!/http|net|tls|\*/i.test(NODE_DEBUG)) return
  step.warning(
    'NODE_DEBUG makes Node.js print all headers on this runner, with the API key and the password of a proxy in them. Both are masked in the log of GitHub, and nowhere else. Unset it.',
  )
}

/**
 * The log export API of one subaccount (docs/api.md#endpoints), for one run: it keeps which hosts
 * were reached, and which texts no message may repeat. All methods reject with StepErrors.
 */
export class ExportClient {
  readonly #connection: Connection
  readonly #dependencies: ClientDependencies
  readonly #http: Pick<Http, 'send' | 'call'>
  /** The key, the phone number, and the tokens of all links. */
  readonly #secrets: Set<string>
  #hasWarnedOfRepeatedLinks = false

  constructor(connection: Connection, dependencies: ClientDependencies) {
    this.#connection = connection
    this.#dependencies = dependencies
    const { requestTimeoutMs, apiKey } = connection
    this.#http = dependencies.http ?? new Http({ requestTimeoutMs, clock: dependencies.clock })
    this.#secrets = new Set([apiKey])
    warnOfSettings(dependencies.step)
  }

  /**
   * Starts a job and resolves to its id, checked by `isJobId`. Rejects with a StartLostError if a
   * job may have been started without its id having arrived. `signal` ends waits and repeats,
   * `requestSignal` also a request that is under way.
   */
  async start(
    filter: ExportFilter,
    {
      signal = this.#dependencies.step.signal,
      requestSignal = signal,
    }: { signal?: AbortSignal; requestSignal?: AbortSignal } = {},
  ): Promise<string> {
    const { clock } = this.#dependencies
    let sentAt = clock.now()
    if (filter.phoneNumber) this.#secrets.add(filter.phoneNumber)
    const request = {
      method: 'POST',
      url: this.#exportsUrl(),
      body: JSON.stringify(filter),
    } as const
    const attempt = async (): Promise<string> => {
      sentAt = clock.now()
      return readJobId(await this.#send(request, requestSignal), [...this.#secrets])
    }
    try {
      return await this.#retry(attempt, { startsSomething: true, signal })
    } catch (error) {
      throw toStartFailure(error, this.#connection, sentAt)
    }
  }

  /**
   * Reads the state of a job, with repeats where they are needed; the signal ends it early. Each
   * request, also a repeated one, waits for its turn.
   */
  async read(
    jobId: string,
    signal: AbortSignal,
    awaitTurn?: (signal: AbortSignal) => Promise<void>,
  ): Promise<Job> {
    const attempt = async (): Promise<Job> => {
      await awaitTurn?.(signal)
      const answer = await this.#send({ method: 'GET', url: this.#jobUrl(jobId) }, signal)
      return readJob(answer, [...this.#secrets])
    }
    const job = await this.#retry(attempt, { signal })
    for (const link of job.links) {
      if (!URL.canParse(link)) continue
      for (const secret of secretsIn(new URL(link)).filter(isToken)) this.#secrets.add(secret)
    }
    return this.#withoutRepeatedLinks(jobId, job)
  }

  /**
   * Cancels a job; resolves to false if the API does not know it, or if it is already over. It is
   * tried at most twice. A server that asks to wait longer than a try may take is not tried again.
   */
  async cancel(jobId: string, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#dependencies
    const failure = (): Error =>
      new ConnectionError(`The API has not answered within ${CANCEL_MS / 1_000} s.`, {
        sent: 'maybe',
      })
    const attempt = (): Promise<HttpAnswer> =>
      withDeadline({ ms: CANCEL_MS, clock, signal, failure }, (trySignal) =>
        this.#send({ method: 'DELETE', url: this.#jobUrl(jobId) }, trySignal),
      )
    try {
      await this.#retry(attempt, {
        retries: Math.min(CANCEL_REPEATS, this.#connection.retries),
        firstWaitMs: 0,
        maxAskedMs: CANCEL_MS,
        signal,
      })
      return true
    } catch (error) {
      if (error instanceof ApiError && isUnknownOrOver(error)) return false
      throw error
    }
  }

  /**
   * Downloads the file behind a link into the sink, whole. Rejects with a LinkExpiredError if the
   * link no longer works.
   */
  fetch(link: string, sink: FileSink, options: FetchOptions): Promise<void> {
    return downloadFile(link, sink, {
      ...options,
      connection: this.#connection,
      http: this.#http,
      secrets: this.#secrets,
      clock: this.#dependencies.clock,
      retry: (attempt, signal) => this.#retry(attempt, { signal }),
    })
  }

  #retry<T>(attempt: () => Promise<T>, options: Partial<RetryOptions>): Promise<T> {
    const { clock, step, random } = this.#dependencies
    const { retries } = this.#connection
    const { signal } = step
    return withRetries(attempt, { retries, clock, log: step, signal, random, ...options })
  }

  async #send(request: Omit<HttpRequest, 'headers'>, signal: AbortSignal): Promise<HttpAnswer> {
    const { clock, step } = this.#dependencies
    const startedAt = clock.uptime()
    const headers = {
      authorization: `Bearer ${this.#connection.apiKey}`,
      accept: 'application/json',
      // Without this header a server may pick any encoding (RFC 9110, 12.5.3).
      'accept-encoding': 'identity',
      ...(request.body !== undefined && { 'content-type': 'application/json' }),
    }
    const answer = await this.#http.send({ ...request, headers }, signal)
    const { method, url } = request
    const { httpStatus, body } = answer
    const tookMs = Math.round(clock.uptime() - startedAt)
    step.debug(`${method} ${url.pathname}: ${httpStatus}, ${body.length} characters, ${tookMs} ms`)
    checkStatus(answer, [...this.#secrets])
    return answer
  }

  /** A link that is given twice is one file, and must not count twice in the figures. */
  #withoutRepeatedLinks(jobId: string, job: Job): Job {
    const links = [...new Set(job.links)]
    const repeated = job.links.length - links.length
    if (repeated > 0 && !this.#hasWarnedOfRepeatedLinks) {
      this.#hasWarnedOfRepeatedLinks = true
      this.#dependencies.step.warning(
        `The API names a file of job ${jobId} more than once: ${job.links.length} links, ${links.length} files. Each is downloaded once.`,
      )
    }
    return { ...job, links }
  }

  #exportsUrl(): URL {
    const { baseUrl, subaccountId } = this.#connection
    const subaccount = encodeURIComponent(subaccountId)
    return new URL(`${baseUrl}/api/v1/subaccounts/${subaccount}/messages/exports`)
  }

  #jobUrl(jobId: string): URL {
    return new URL(`${this.#exportsUrl()}/${jobId}`)
  }
}

/**
 * How the API refuses to cancel a job that is over is not documented; these statuses say that it
 * cannot be done to this job. A 404 with another code means a wrong address.
 */
function isUnknownOrOver({ httpStatus, code }: ApiError): boolean {
  return code === UNKNOWN_JOB || [409, 410, 422].includes(httpStatus)
}

/** Says of a failed start whether a job may be running; it was last sent at `sentAt` (epoch ms). */
function toStartFailure(error: unknown, { subaccountId }: Connection, sentAt: number): unknown {
  if (mayHaveStarted(error)) {
    return new StartLostError(
      `${error.message} A job may be running all the same, so the start is not sent again. The API has no list of jobs: ask 8x8 support for the export started in ${subaccountId} at ${formatUtc(sentAt)}Z, or run the workflow again; a second job does the first no harm.`,
      { cause: error },
    )
  }
  // Interrupted while the request was under way, or before a repeat.
  const causes = error instanceof ConnectionError ? [error.cause] : [error]
  const interruption = causes.find((cause) => cause instanceof InterruptedError)
  if (interruption === undefined) return error
  return new StepError(`${interruption.message} No job was started.`, { cause: error })
}

function mayHaveStarted(error: unknown): error is StepError {
  if (error instanceof ConnectionError) return error.sent === 'maybe'
  if (error instanceof ApiError) return error.httpStatus >= 500 && error.httpStatus !== 503
  // A success without a job id.
  return error instanceof ResponseError && error.httpStatus !== undefined && error.httpStatus < 300
}
