import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { HttpClient } from '@actions/http-client'
import { type Clock, type Countdown, unlessAborted } from '../clock.js'
import { InterruptedError } from '../errors.js'
import { bodyOf } from './body.js'
import { describeFault, Fault, notConnectedWithin, type Peer } from './connection-fault.js'
import { ConnectionError } from './errors.js'
import { retryAfterOf } from './headers.js'
import { isRegionHost } from './link.js'
import { routeTo } from './route.js'

const USER_AGENT = '8x8-sms-log-export'

/** How often within request-timeout new bytes are looked for: silence is noticed one look late. */
const LOOKS = 4

/** The longest that a timer of Node.js can wait. */
const NEVER_MS = 2 ** 31 - 1

/** An answer of the API is at most this long; a file is not read here. */
const MAX_ANSWER_BYTES = 1_048_576

/** The longest that an answer may take, even if bytes keep coming; at least twice request-timeout. */
const MAX_ANSWER_MS = 600_000

/** One request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** A whole answer, not yet checked. The body of an error may be missing: its status is enough. */
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

/** Sends the requests of one run, each once. Rejects with a ConnectionError. */
export class Http {
  readonly #options: HttpOptions
  /** The origins to which a connection was made in this run. */
  readonly #reached = new Set<string>()

  constructor(options: HttpOptions) {
    this.#options = options
  }

  /** Sends a request and resolves with its whole answer, never a part; its length is bounded. */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const call = this.call(request, signal)
    try {
      return await call.readAnswer(await call.open())
    } finally {
      call.end()
    }
  }

  /** A request whose answer the caller reads; the caller has to call `end` after that. */
  call(request: HttpRequest, signal: AbortSignal): HttpCall {
    return new HttpCall(request, { ...this.#options, signal, reached: this.#reached })
  }
}

interface CallOptions extends HttpOptions {
  readonly signal: AbortSignal
  readonly reached: Set<string>
}

/**
 * One request, over @actions/http-client, whose `requestRaw` neither follows a redirect nor repeats
 * anything. What it lacks is here: limits on connecting, on silence and on the whole answer, and
 * whether the request can have been sent.
 */
export class HttpCall {
  readonly #request: HttpRequest
  readonly #options: CallOptions
  readonly #abort = new AbortController()
  /** Aborted by the caller, or by this call itself. */
  readonly #signal: AbortSignal
  readonly #peer: Peer
  readonly #silence: Countdown
  readonly #whole: Countdown
  #socket: Socket | undefined
  #message: http.IncomingMessage | undefined
  #connected = false
  #bytesSeen = 0
  #quietLooks = 0

  constructor(request: HttpRequest, options: CallOptions) {
    const { clock, requestTimeoutMs, signal } = options
    this.#request = request
    this.#options = options
    this.#signal = AbortSignal.any([signal, this.#abort.signal])
    this.#peer = isRegionHost(request.url) ? '8x8' : 'other'
    this.#silence = clock.countdown(requestTimeoutMs / LOOKS, () => this.#look())
    const wholeMs = Math.max(MAX_ANSWER_MS, 2 * requestTimeoutMs)
    this.#whole = clock.countdown(wholeMs, () => {
      this.#abort.abort(new Fault(`has not ended its answer after ${wholeMs / 1_000} s.`))
    })
  }

  /** Sends the request and resolves with the answer's head; its body is still to be read. */
  async open(): Promise<http.IncomingMessage> {
    const { method, url, headers, body } = this.#request
    const { requestTimeoutMs, clock } = this.#options
    const signal = this.#signal
    const isSecure = url.protocol === 'https:'
    const module = isSecure ? https : http
    const send = (...args: [http.RequestOptions, (message: http.IncomingMessage) => void]) =>
      module.request(...args).on('socket', (socket) => this.#watchSocket(socket, isSecure))
    try {
      signal.throwIfAborted()
      const options: http.RequestOptions = {
        ...(await unlessAborted(routeTo(url, { requestTimeoutMs, signal, clock }), signal)),
        path: `${url.pathname}${url.search}`,
        method,
        // Not the library's, which has an id of the runner in it.
        headers: { ...headers, 'user-agent': USER_AGENT },
        signal,
      }
      // Our own clock ends silence: the library's error has no code, and names the path, a secret.
      const client = new HttpClient(USER_AGENT, [], { socketTimeout: NEVER_MS })
      // Not a copy: reading all of node:http's members would load undici, and cost 17 ms.
      const httpModule: typeof http = Object.create(module, { request: { value: send } })
      // `null` is a request without a body; the library's types leave it out.
      const content = (body ?? null) as string
      const answered = client.requestRaw({ options, parsedUrl: url, httpModule }, content)
      // A request that is still waiting for its socket does not notice an abort.
      this.#message = (await unlessAborted(answered, signal)).message
      return this.#message
    } catch (error) {
      throw this.toFailure(error)
    }
  }

  /** The answer with its body; of an error the head is enough. */
  async readAnswer(message: http.IncomingMessage): Promise<HttpAnswer> {
    const { statusCode: httpStatus = 0, headers } = message
    const answer = { httpStatus, headers, retryAfterMs: retryAfterOf(headers, this.#options.clock) }
    try {
      return { ...answer, body: await this.#readBody(message) }
    } catch (error) {
      const failure = this.toFailure(error)
      const isLost = failure instanceof ConnectionError && !this.#options.signal.aborted
      if (httpStatus >= 400 && isLost) return { ...answer, body: '' }
      throw failure
    }
  }

  /**
   * The unpacked bytes of an answer's body, to its end, as they come. Each restarts the time of
   * silence, and a connection that ends too early is a failure.
   */
  async *read(message: http.IncomingMessage): AsyncGenerator<Buffer, void, undefined> {
    try {
      for await (const chunk of bodyOf(message)) {
        this.resume()
        yield chunk
      }
    } catch (error) {
      throw this.toFailure(error)
    }
    if (!message.complete) throw this.toFailure(new Fault('has cut its answer short.'))
  }

  /** Stops waiting for bytes, until `resume`. */
  pause(): void {
    this.#silence.stop()
  }

  /** The next byte has to arrive within request-timeout from now. */
  resume(): void {
    this.#bytesSeen = this.#socket?.bytesRead ?? 0
    this.#quietLooks = 0
    this.#silence.restart()
  }

  /** Gives the answer its whole time again, because it makes progress. */
  prolong(): void {
    this.#whole.restart()
  }

  /** Releases the connection and every timer. */
  end(): void {
    this.#silence.stop()
    this.#whole.stop()
    // Where all has come, an abort would only make errors with their stacks, which nobody sees.
    if (this.#message?.complete) this.#socket?.destroy()
    else this.#abort.abort()
  }

  /** What ended the call: a ConnectionError for a fault of the connection, else the error itself. */
  toFailure(error: unknown): unknown {
    const cause = this.#signal.aborted ? this.#signal.reason : error
    const maybe = this.#connected ? 'maybe' : 'no'
    if (cause instanceof InterruptedError) {
      return new ConnectionError(cause.message, { sent: maybe, permanent: true, cause })
    }
    const { origin } = this.#request.url
    const wasReached = this.#options.reached.has(origin)
    const fault = describeFault(cause, { wasReached, peer: this.#peer })
    if (fault === undefined) return cause
    const { unread, ...traits } = fault.traits
    const sent = unread ? 'no' : maybe
    return new ConnectionError(`${origin} ${fault.message}`, { ...traits, sent, cause })
  }

  #watchSocket(socket: Socket, isSecure: boolean): void {
    this.#socket = socket
    const connected = (): void => {
      this.#connected = true
      this.#options.reached.add(this.#request.url.origin)
      this.resume()
    }
    if (isSecure) socket.once('secureConnect', connected)
    else if (socket.connecting) socket.once('connect', connected)
    else connected()
  }

  #look(): void {
    // Nothing else notices the bytes of a status line and of headers.
    const bytes = (this.#connected && this.#socket?.bytesRead) || 0
    if (bytes > this.#bytesSeen) {
      this.resume()
      return
    }
    this.#quietLooks += 1
    if (this.#quietLooks < LOOKS) {
      this.#silence.restart()
      return
    }
    const seconds = this.#options.requestTimeoutMs / 1_000
    // A failed start has its own advice.
    const isRead = this.#request.method === 'GET'
    const advice = isRead ? ' Run the workflow again, or raise request-timeout.' : ''
    this.#abort.abort(
      this.#connected
        ? new Fault(`sent nothing for ${seconds} s (request-timeout).${advice}`)
        : notConnectedWithin(seconds, this.#peer),
    )
  }

  async #readBody(message: http.IncomingMessage): Promise<string> {
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of this.read(message)) {
      bytes += chunk.length
      if (bytes > MAX_ANSWER_BYTES) {
        const fault = `has sent more than ${MAX_ANSWER_BYTES} bytes, and no answer is that long.`
        throw new Fault(fault, { permanent: true })
      }
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
      .toString('utf8')
      .replace(/^\uFEFF/, '')
  }
}
