import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock.js'
import { sendFile } from './file-answer.js'
import { HttpError } from './http-error.js'
import type { SandboxJob, SandboxJobs } from './jobs.js'
import { readExportRequest } from './start-request.js'

const MAX_BODY_BYTES = 1_048_576
const SUBACCOUNT_ID = /^[A-Za-z0-9\-._&]{3,50}$/
const PATHS = /^\/api\/v1\/subaccounts\/([^/]+)\/messages\/(exports|download)(?:\/([^/]+))?$/

/** What answers need to know; `baseUrl` is what links begin with. */
export interface RouteContext {
  readonly jobs: SandboxJobs
  readonly clock: Clock
  readonly apiKey: string
  readonly baseUrl: string
  /** Stops listening, and ends the server after this answer, for the sub-action's post step. */
  readonly stopAfter: (response: ServerResponse) => void
}

/** Answers one request as the API would; throws a HttpError for what the API refuses. */
export async function route(
  request: IncomingMessage,
  response: ServerResponse,
  context: RouteContext,
): Promise<void> {
  const pathname = pathOf(request.url ?? '/')
  const method = request.method ?? 'GET'
  if (pathname === '/sandbox' && method === 'DELETE') {
    checkKey(request, context)
    context.stopAfter(response)
    response.writeHead(204, { connection: 'close' }).end()
    return
  }
  const [, subaccount, kind, id] = PATHS.exec(pathname) ?? []
  if (subaccount === undefined) throw new HttpError(404, 1300, 'Resource not found')
  const subaccountId = decode(subaccount)
  if (kind === 'download' && id !== undefined) {
    allow(method, ['GET', 'HEAD'])
    answerFile(request, response, subaccountId, decode(id), context)
    return
  }
  if (kind === 'download') throw new HttpError(404, 1300, 'Resource not found')
  checkKey(request, context)
  if (!SUBACCOUNT_ID.test(subaccountId)) throw new HttpError(400, 1001, 'Illegal subAccountId')
  if (id === undefined) {
    allow(method, ['POST'])
    await answerStart(request, response, subaccountId, context)
    return
  }
  allow(method, ['GET', 'DELETE'])
  const job = context.jobs.find(subaccountId, decode(id))
  if (!job) throw new HttpError(404, 4018, 'Invalid jobId')
  if (method === 'GET') answerRead(response, job, context)
  else answerCancel(response, job, context)
}

/** An answer as JSON. */
export function sendJson(
  response: ServerResponse,
  httpStatus: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body)
  response.writeHead(httpStatus, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...headers,
  })
  response.end(text)
}

async function answerStart(
  request: IncomingMessage,
  response: ServerResponse,
  subaccountId: string,
  { jobs, clock }: RouteContext,
): Promise<void> {
  const body = await readBody(request)
  const job = jobs.start(subaccountId, readExportRequest(body, clock.now()))
  sendJson(response, 202, { jobId: job.id })
}

function answerRead(
  response: ServerResponse,
  job: SandboxJob,
  { jobs, baseUrl }: RouteContext,
): void {
  const status = jobs.statusOf(job)
  if (status !== 'succeeded') {
    sendJson(response, 200, { status })
    return
  }
  const folder = `${baseUrl}/api/v1/subaccounts/${encodeURIComponent(job.subaccountId)}/messages/download`
  sendJson(response, 200, {
    status,
    data: job.tokens.map((token) => `${folder}/${token}`),
    // The reference's form has hundredths of a second.
    expires: new Date(jobs.expiryOf(job)).toISOString().replace(/\dZ$/, 'Z'),
  })
}

/** What the API says to the cancelling of a job that is over is not documented; here it is gone. */
function answerCancel(response: ServerResponse, job: SandboxJob, { jobs }: RouteContext): void {
  if (!jobs.cancel(job)) throw new HttpError(404, 4018, 'Invalid jobId')
  response.writeHead(204).end()
}

/** A link is a credential of its own: it works with the key and without. */
function answerFile(
  request: IncomingMessage,
  response: ServerResponse,
  subaccountId: string,
  token: string,
  { jobs }: RouteContext,
): void {
  const found = jobs.findFile(subaccountId, token)
  if (!found) throw new HttpError(404, 1300, 'Resource not found')
  const { job, file } = found
  if (jobs.hasExpired(job)) throw new HttpError(410, 1300, 'The link has expired')
  sendFile(request, response, file, { etag: etagOf(token), modifiedAt: job.endsAt })
}

/** Stands for the file without showing its link, which is a secret. */
function etagOf(token: string): string {
  return `"${createHash('sha256').update(token).digest('hex').slice(0, 32)}"`
}

/** The path just as it was sent: `..` put right here would hide that a client has sent it. */
function pathOf(target: string): string {
  return target.replace(/^https?:\/\/[^/?]*/i, '').replace(/\?.*$/s, '')
}

function checkKey({ headers }: IncomingMessage, { apiKey }: RouteContext): void {
  const given = Buffer.from(headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${apiKey}`)
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new HttpError(401, 1200, 'Authorization failed: wrong or missing API key')
  }
}

function allow(method: string, methods: readonly string[]): void {
  if (methods.includes(method)) return
  throw new HttpError(405, 1300, 'Method not allowed', { allow: methods.join(', ') })
}

/** A segment that is no text stays as it is: with its `%` it is the name of nothing. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) {
      throw new HttpError(413, 1000, 'Body is too large', { connection: 'close' })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
