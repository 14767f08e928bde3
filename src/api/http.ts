import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { HttpClient } from '@actions/http-client'
import { type Clock, type Countdown, unlessAborted } from '../clock.js'
import { InterruptedError } from '../errors.js'
import { describeFault, Fault, notConnectedWithin } from './connection-fault.js'
import { ConnectionError } from './errors.js'
import { unpackAnswer } from './headers.js'

import { isRegionHost } from './link.js'
import { retryAfterOf } from './retry.js'
import { ProxyTunnel, proxyFor, resolveHost } from './route.js'

const USER_AGENT = '8x8-sms-log-export'

/** How often bytes are looked for within request-timeout; silence is noticed up to one look late. */
const LOOKS = 4

/** An answer of the API is at most this long; a file is not read here. */
const MAX_ANSWER_BYTES = 1_048_576

/** The longest that an answer may take, even if it never falls silent; with a long request-timeout, twice that. */
const MAX_ANSWER_MS = 600_000

/** One request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** A whole answer, not yet looked at; an error's body may be missing, its status is enough. */
export interface HttpAnswer {
  readonly httpStatus: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
  /** What the header Retry-After asks for. */
  readonly retryAfterMs?: number | undefined
}

export interface HttpOptions {
  /** To connect, and again for each further byte. */
  readonly requestTimeoutMs: number
  readonly clock: Clock
}

/** The requests of one run, each sent once. All of it rejects with a ConnectionError. */
export class Http {
  readonly #options: HttpOptions
  /** The origins to which a connection was made in this run. */
  readonly #reached = new Set<string>()

  constructor(options: HttpOptions) {
    this.#options = options
  }

  /** Sends a request, for its whole answer, of bounded length: never a part, never nothing. */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const call = this.call(request, signal)
    try {
      return await call.readAnswer(await call.open())
    } finally {
      call.end()
    }
  }

  /** A request whose answer is read by the caller, who has to call `end` after that. */
  call(request: HttpRequest, signal: AbortSignal): HttpCall {
    return new HttpCall(request, { ...this.#options, signal, reached: this.#reached })
  }
}

interface CallOptions extends HttpOptions {
  readonly signal: AbortSignal
  readonly reached: Set<string>
}

/**
 * One request on its way, over @actions/http-client, whose `requestRaw` neither follows a redirect
 * nor repeats anything. What it lacks is here: an end to connecting, to silence and to an answer
 * that never ends, and word of whether the request can have been sent.
 */
export class HttpCall {
  readonly #request: HttpRequest
  readonly #options: CallOptions
  readonly #abort = new AbortController()
  readonly #silence: Countdown
  readonly #whole: Countdown
  #socket: Socket | undefined
  #connected = false
  #bytesSeen = 0
  #quietLooks = 0

  constructor(request: HttpRequest, options: CallOptions) {
    const { clock, requestTimeoutMs, signal } = options
    this.#request = request
    this.#options = options
    signal.addEventListener('abort', this.#interrupt, { once: true })
    this.#silence = clock.countdown(requestTimeoutMs / LOOKS, () => this.#look())
    const wholeMs = Math.max(MAX_ANSWER_MS, 2 * requestTimeoutMs)
    this.#whole = clock.countdown(wholeMs, () => {
      this.#abort.abort(new Fault(`has not ended its answer after ${wholeMs / 1_000} s.`))
    })
  }

  /** Sends the request and resolves with the answer's head; its body is still to be read. */
  async open(): Promise<http.IncomingMessage> {
    try {
      this.#options.signal.throwIfAborted()
      return await this.#send()
    } catch (error) {
      throw this.toConnectionError(error)
    }
  }

  /** The answer whose head has come, with its body; of an error the head is enough. */
  async readAnswer(message: http.IncomingMessage): Promise<HttpAnswer> {
    const { statusCode: httpStatus = 0, headers } = message
    const retryAfterMs = retryAfterOf(headers, this.#options.clock)
    try {
      const body = await this.#readBody(message)
      return { httpStatus, headers, retryAfterMs, body }
    } catch (error) {
      // An error's body is useful, but its status is enough.
      const isKnown = httpStatus >= 400 && !this.#options.signal.aborted
      if (isKnown) return { httpStatus, headers, retryAfterMs, body: '' }
      throw this.toConnectionError(error)
    }
  }

  /** Says that a byte has come, or that none was waited for. */
  heard(): void {
    this.#bytesSeen = this.#socket?.bytesRead ?? 0
    this.#quietLooks = 0
    this.#silence.restart()
  }

  /** Says that the answer has come on by so much that it may take as long again. */
  advanced(): void {
    this.#whole.restart()
  }

  /** Until the next `heard` no byte is expected. */
  pause(): void {
    this.#silence.stop()
  }

  /** Releases the connection and every timer. */
  end(): void {
    this.#silence.stop()
    this.#whole.stop()
    this.#options.signal.removeEventListener('abort', this.#interrupt)
    this.#abort.abort()
  }

  /** What ended the call, in words for a reader. */
  toConnectionError(error: unknown): ConnectionError {
    const cause = this.#abort.signal.aborted ? this.#abort.signal.reason : error
    if (cause instanceof ConnectionError) return cause
    const maybe = this.#connected ? 'maybe' : 'no'
    if (cause instanceof InterruptedError) {
      return new ConnectionError(cause.message, { sent: maybe, permanent: true, cause })
    }
    const { origin } = this.#request.url
    const wasReached = this.#options.reached.has(origin)
    const { message, permanent, unread, retryAfterMs } = describeFault(cause, {
      wasReached,
      peer: this.#peer,
    })
    const sent = unread ? 'no' : maybe
    return new ConnectionError(`${origin} ${message}`, { sent, permanent, retryAfterMs, cause })
  }

  readonly #interrupt = (): void => this.#abort.abort(this.#options.signal.reason)

  async #send(): Promise<http.IncomingMessage> {
    const { method, url, headers, body } = this.#request
    const { signal } = this.#abort
    const secure = url.protocol === 'https:'
    const module = secure ? https : http
    const send = (
      options: http.RequestOptions,
      onResponse: (message: http.IncomingMessage) => void,
    ): http.ClientRequest => {
      const request = module.request(options, onResponse)
      request.on('socket', (socket) => this.#watchSocket(socket, secure))
      return request
    }
    // Not a copy: reading all of node:http's members would load undici, and cost 17 ms.
    const httpModule: typeof http = Object.create(module, { request: { value: send } })
    const options: http.RequestOptions = {
      ...(await unlessAborted(this.#routeTo(url), signal)),
      port: url.port || (secure ? 443 : 80),
      path: `${url.pathname}${url.search}`,
      method,
      // Ours alone: the library's has an id of the runner's in it.
      headers: { ...headers, 'user-agent': USER_AGENT },
      signal,
    }
    // The library's own end of silence counts no connecting, and names the path: ours is first.
    const client = new HttpClient(USER_AGENT, [], {
      socketTimeout: 4 * this.#options.requestTimeoutMs,
    })
    // `null` is a request without a body; the library's types leave it out.
    const answered = client.requestRaw(
      { options, parsedUrl: url, httpModule },
      (body ?? null) as string,
    )
    // A request that is still waiting for its socket does not notice an abort.
    const { message } = await unlessAborted(answered, signal)
    return message
  }

  /** The way to the host: through the runner's proxy, or to one of the host's addresses. */
  async #routeTo(url: URL): Promise<http.RequestOptions> {
    const { requestTimeoutMs, clock } = this.#options
    const proxy = proxyFor(url)
    if (proxy === undefined) {
      const module = url.protocol === 'https:' ? https : http
      return { ...(await resolveHost(url.hostname, requestTimeoutMs)), agent: new module.Agent() }
    }
    const { signal } = this.#abort
    const host = url.hostname.replace(/^\[|\]$/g, '')
    return { host, agent: new ProxyTunnel(proxy, url, { requestTimeoutMs, signal, clock }) }
  }

  #watchSocket(socket: Socket, secure: boolean): void {
    this.#socket = socket
    const connected = (): void => {
      this.#connected = true
      this.#options.reached.add(this.#request.url.origin)
      this.heard()
    }
    if (secure) socket.once('secureConnect', connected)
    else if (socket.connecting) socket.once('connect', connected)
    else connected()
  }

  #look(): void {
    // The bytes of a status line and of headers are seen only here.
    const bytes = (this.#connected && this.#socket?.bytesRead) || 0
    if (bytes > this.#bytesSeen) {
      this.heard()
      return
    }
    this.#quietLooks += 1
    if (this.#quietLooks < LOOKS) {
      this.#silence.restart()
      return
    }
    const seconds = this.#options.requestTimeoutMs / 1_000
    this.#abort.abort(
      this.#connected
        ? new Fault(`sent nothing for ${seconds} s (request-timeout).${this.#silenceAdvice}`)
        : notConnectedWithin(seconds, this.#peer),
    )
  }

  /** Of a start it is said with what may have come of it. */
  get #silenceAdvice(): string {
    const isRead = this.#request.method === 'GET'
    return isRead ? ' Run the workflow again, or raise request-timeout.' : ''
  }

  get #peer(): '8x8' | 'other' {
    return isRegionHost(this.#request.url) ? '8x8' : 'other'
  }

  async #readBody(message: http.IncomingMessage): Promise<string> {
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of message as AsyncIterable<Buffer>) {
      this.heard()
      bytes += chunk.length
      if (bytes > MAX_ANSWER_BYTES) throw tooLong()
      chunks.push(chunk)
    }
    if (!message.complete) throw new Fault('has cut its answer short.')
    const body = await unpackAnswer(Buffer.concat(chunks), message.headers, MAX_ANSWER_BYTES)
    if (body === undefined) throw tooLong()
    return body.toString('utf8').replace(/^\uFEFF/, '')
  }
}

function tooLong(): Fault {
  return new Fault(`has sent more than ${MAX_ANSWER_BYTES} bytes, and no answer is that long.`, {
    permanent: true,
  })
}
