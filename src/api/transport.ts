import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { HttpClient } from '@actions/http-client'
import type { Clock, Countdown } from '../clock.js'
import { InterruptedError } from '../errors.js'
import { describeFault, Fault } from './connection-fault.js'
import { ConnectionError } from './errors.js'

/** An answer of the API is at most this long; a file is not read here. */
const MAX_ANSWER_BYTES = 1_048_576

/** Even an answer that never falls silent has an end. */
const MAX_ANSWER_MS = 600_000

const USER_AGENT = '8x8-sms-log-export'

/** One request to the API. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** A whole answer, not yet looked at; an error's body may be missing, its status is enough. */
export interface ApiAnswer {
  readonly httpStatus: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

/** Sends one request once. Rejects with a ConnectionError where no whole answer came. */
export type Transport = (request: ApiRequest) => Promise<ApiAnswer>

export interface TransportOptions {
  /** To connect, and again for each further byte. */
  readonly requestTimeoutMs: number
  readonly signal: AbortSignal
  readonly clock: Clock
}

/**
 * The API over @actions/http-client: its agents know the runner's proxies, and its `requestRaw`
 * neither follows a redirect nor repeats anything. What it lacks is here: an end to connecting and
 * to silence, a bound and an end to the body, and word of whether a request can have been sent.
 */
export function createTransport(options: TransportOptions): Transport {
  return async (request) => {
    const exchange = new Exchange(request, options)
    try {
      return await exchange.run()
    } finally {
      exchange.end()
    }
  }
}

/** One request on its way, and what ends it. */
class Exchange {
  readonly #request: ApiRequest
  readonly #options: TransportOptions
  readonly #abort = new AbortController()
  readonly #endings: (() => void)[] = []
  #socket: Socket | undefined
  #connected = false
  #bytesSeen = 0

  constructor(request: ApiRequest, options: TransportOptions) {
    this.#request = request
    this.#options = options
  }

  async run(): Promise<ApiAnswer> {
    const { signal } = this.#options
    if (signal.aborted) throw this.#toConnectionError(signal.reason)
    this.#watchSignal()
    this.#watchTotal()
    const silence = this.#watchSilence()
    try {
      const message = await this.#send()
      const httpStatus = message.statusCode ?? 0
      const body = await this.#readBody(message, silence).catch((error: unknown) => {
        // What an error says is good to have; that it is one, its status has already said.
        if (httpStatus >= 400 && !signal.aborted) return ''
        throw error
      })
      return { httpStatus, headers: message.headers, body }
    } catch (error) {
      throw this.#toConnectionError(this.#abort.signal.aborted ? this.#abort.signal.reason : error)
    }
  }

  /** Lets go of the connection and of every timer. */
  end(): void {
    for (const ending of this.#endings) ending()
    this.#abort.abort()
  }

  async #send(): Promise<http.IncomingMessage> {
    const { method, url, headers, body } = this.#request
    const client = new HttpClient(USER_AGENT, [], {
      // The library's own end of silence counts no connecting, and names the path: ours is first.
      socketTimeout: 2 * this.#options.requestTimeoutMs,
    })
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
      // Brackets are the URL's way to write an IPv6 address, not the socket's.
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || (secure ? 443 : 80),
      path: `${url.pathname}${url.search}`,
      method,
      headers: { ...headers, 'user-agent': client.userAgent ?? USER_AGENT },
      agent: this.#agentFor(client, url),
      signal: this.#abort.signal,
    }
    const info = { options, parsedUrl: url, httpModule }
    // `null` is a request without a body; the library's types leave it out.
    const answered = client.requestRaw(info, (body ?? null) as string)
    const { message } = await Promise.race([answered, this.#aborted()])
    return message
  }

  /** A request that still waits for its socket does not hear of its abortion: this does. */
  #aborted(): Promise<never> {
    return new Promise((_, reject) => {
      const { signal } = this.#abort
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  }

  #agentFor(client: HttpClient, url: URL): http.Agent {
    try {
      const agent: http.Agent & { proxyOptions?: object } = client.getAgent(url.href)
      // The agent's own request to a proxy would keep the process alive for as long as that hangs.
      if (agent.proxyOptions) Object.assign(agent.proxyOptions, { signal: this.#abort.signal })
      return agent
    } catch (cause) {
      const message =
        'The proxy of this runner (https_proxy or http_proxy) is not an address. Write one like http://proxy.example.com:3128.'
      throw new ConnectionError(message, { sent: 'no', permanent: true, cause })
    }
  }

  #watchSocket(socket: Socket, secure: boolean): void {
    this.#socket = socket
    const connected = (): void => {
      this.#connected = true
    }
    if (secure) socket.once('secureConnect', connected)
    else if (socket.connecting) socket.once('connect', connected)
    else connected()
  }

  #watchSignal(): void {
    const { signal } = this.#options
    const interrupt = (): void => this.#abort.abort(signal.reason)
    signal.addEventListener('abort', interrupt, { once: true })
    this.#endings.push(() => signal.removeEventListener('abort', interrupt))
  }

  #watchTotal(): void {
    const { clock, requestTimeoutMs } = this.#options
    const totalMs = Math.max(MAX_ANSWER_MS, 2 * requestTimeoutMs)
    const total = clock.countdown(totalMs, () => {
      this.#abort.abort(new Fault(`has not ended its answer after ${totalMs / 1_000} s.`))
    })
    this.#endings.push(total.stop)
  }

  #watchSilence(): Countdown {
    const { clock, requestTimeoutMs } = this.#options
    const silence = clock.countdown(requestTimeoutMs, () => {
      // The bytes of a status line and headers are seen only here.
      const bytes = (this.#connected && this.#socket?.bytesRead) || 0
      if (bytes > this.#bytesSeen) {
        this.#bytesSeen = bytes
        silence.restart()
        return
      }
      const what = this.#connected ? 'sent nothing for' : 'took no connection within'
      this.#abort.abort(new Fault(`${what} ${requestTimeoutMs / 1_000} s (request-timeout).`))
    })
    this.#endings.push(silence.stop)
    return silence
  }

  /** The whole body, or a rejection: never a part of it, and never nothing at all. */
  async #readBody(message: http.IncomingMessage, silence: Countdown): Promise<string> {
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of message as AsyncIterable<Buffer>) {
      silence.restart()
      bytes += chunk.length
      if (bytes > MAX_ANSWER_BYTES) {
        throw new Fault(
          `has sent more than ${MAX_ANSWER_BYTES} bytes, which no answer of the API is long.`,
          {
            permanent: true,
          },
        )
      }
      chunks.push(chunk)
    }
    if (!message.complete) throw new Fault('has cut its answer short.')
    return new TextDecoder().decode(Buffer.concat(chunks))
  }

  #toConnectionError(cause: unknown): ConnectionError {
    if (cause instanceof ConnectionError) return cause
    const sent = this.#connected ? 'maybe' : 'no'
    if (cause instanceof InterruptedError) {
      return new ConnectionError(cause.message, { sent, permanent: true, cause })
    }
    const { message, permanent } = describeFault(cause)
    return new ConnectionError(`${this.#request.url.origin} ${message}`, { sent, permanent, cause })
  }
}
