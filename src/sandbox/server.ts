import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Clock } from '../clock.js'
import { HttpError, sendError, sendFile, sendJson } from './answer.js'
import type { ExportRequest } from './export.js'
import type { SandboxConfig } from './inputs.js'
import { SandboxJob } from './jobs.js'
import { readExportRequest, readNow } from './start-request.js'

const SUBACCOUNT_ID = /^[A-Za-z0-9\-._&]{3,50}$/
const PATHS = /^\/api\/v1\/subaccounts\/([^/]+)\/messages\/(exports|download)(?:\/([^/]+))?$/

interface SandboxServerOptions extends SandboxConfig {
  readonly apiKey: string
  readonly clock: Pick<Clock, 'now'>
  /** How long a job runs, instead of `durationMs`. */
  readonly durationOf?: (request: ExportRequest) => number
}

export interface SandboxServer {
  /** What the API's paths are added to. */
  readonly url: string
  /** Resolves when the server has ended, by `close` or by a request with the key. */
  readonly closed: Promise<void>
  /** Ends it, and every connection to it. */
  close(): Promise<void>
}

/**
 * Serves a stand-in for the API on 127.0.0.1. With the key, `DELETE /sandbox` ends it, and `PUT
 * /sandbox` with `{"now": "2026-11-25T01:00:00Z"}` sets its clock, which goes on from there. So
 * days pass at once in a test or a demo: messages are sent, receipts come, jobs end and links
 * expire by that clock.
 */
export async function startSandboxServer(options: SandboxServerOptions): Promise<SandboxServer> {
  const api = new SandboxApi(options, (response) => {
    server.close()
    response.once('close', close)
  })
  const server = createServer((request, response) => {
    response.setHeader('date', new Date(api.now()).toUTCString())
    api.answer(request, response).catch((error: unknown) => sendError(response, error, api.now()))
  })
  const closed = new Promise<void>((resolve) => server.once('close', resolve))
  const close = (): Promise<void> => {
    server.close()
    server.closeAllConnections()
    return closed
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  api.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url: api.url, closed, close }
}

/** The paths of the API, and the sandbox's own. */
class SandboxApi {
  url = ''
  readonly #options: SandboxServerOptions
  readonly #stopAfter: (response: ServerResponse) => void
  readonly #jobs: SandboxJob[] = []
  #aheadMs = 0

  constructor(options: SandboxServerOptions, stopAfter: (response: ServerResponse) => void) {
    this.#options = options
    this.#stopAfter = stopAfter
  }

  now(): number {
    return this.#options.clock.now() + this.#aheadMs
  }

  /** Answers one request as the API would; throws a HttpError for what the API refuses. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request
    // Not parsed as a URL, which would resolve `..` and so hide that a client has sent it.
    const path = url.replace(/^https?:\/\/[^/?]*/i, '').replace(/\?.*$/s, '')
    const [, subaccount, kind, id = ''] = PATHS.exec(path) ?? []
    const route = subaccount ? `${method} ${kind}${id ? '/…' : ''}` : `${method} ${path}`
    const hasKey = request.headers.authorization === `Bearer ${this.#options.apiKey}`
    if (!hasKey && route !== 'GET download/…') {
      throw new HttpError(401, 1200, 'Authorization failed: wrong or missing API key')
    }
    // No other character of an id is ever encoded.
    const subaccountId = subaccount?.replace(/%26/g, '&') ?? ''
    if (kind === 'exports' && !SUBACCOUNT_ID.test(subaccountId)) {
      throw new HttpError(400, 1001, 'Illegal subAccountId')
    }
    switch (route) {
      case 'POST exports':
        return this.#startJob(subaccountId, await text(request), response)
      case 'GET exports/…':
        return this.#showJob(this.#findJob(subaccountId, id), response)
      case 'DELETE exports/…':
        // What the API says of a job that is over is not documented; here it is gone.
        if (this.#findJob(subaccountId, id).cancelAt(this.now())) break
        throw new HttpError(404, 4018, 'Invalid jobId')
      case 'GET download/…':
        return this.#sendFile(subaccountId, id, request, response)
      case 'PUT /sandbox':
        this.#aheadMs = readNow(await text(request)) - this.#options.clock.now()
        break
      case 'DELETE /sandbox':
        response.setHeader('connection', 'close')
        this.#stopAfter(response)
        break
      default:
        throw new HttpError(404, 1300, 'Resource not found')
    }
    response.writeHead(204).end()
  }

  #startJob(subaccountId: string, body: string, response: ServerResponse): void {
    const wanted = readExportRequest(body, this.now())
    const { durationOf } = this.#options
    const durationMs = durationOf?.(wanted) ?? this.#options.durationMs
    const job = new SandboxJob({ ...this.#options, durationMs }, subaccountId, wanted, this.now())
    this.#jobs.push(job)
    sendJson(response, 202, { jobId: job.id })
  }

  #findJob(subaccountId: string, id: string): SandboxJob {
    const found = this.#jobs.find((job) => job.id === id && job.subaccountId === subaccountId)
    if (!found) throw new HttpError(404, 4018, 'Invalid jobId')
    return found
  }

  #showJob(job: SandboxJob, response: ServerResponse): void {
    const status = job.statusAt(this.now())
    const folder = `${this.url}/api/v1/subaccounts/${encodeURIComponent(job.subaccountId)}/messages/download`
    const data = [...job.files.keys()].map((token) => `${folder}/${token}`)
    // The reference's form has hundredths of a second.
    const expires = new Date(job.expiresAt).toISOString().replace(/\dZ$/, 'Z')
    sendJson(response, 200, status === 'succeeded' ? { status, data, expires } : { status })
  }

  /** A link is a credential of its own: it works with the key and without. */
  #sendFile(owner: string, token: string, request: IncomingMessage, response: ServerResponse) {
    const job = this.#jobs.find(({ files }) => files.has(token))
    const file = job?.files.get(token)
    const isThere = job?.subaccountId === owner && job.statusAt(this.now()) === 'succeeded'
    if (!file || !isThere) throw new HttpError(404, 1300, 'Resource not found')
    if (this.now() >= job.expiresAt) throw new HttpError(410, 1300, 'The link has expired')
    // It identifies the file without showing its link, which is a secret.
    const etag = `"${createHash('sha256').update(token).digest('hex').slice(0, 32)}"`
    sendFile(request, response, file, etag)
  }
}
