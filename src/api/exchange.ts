import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { HttpClient } from '@actions/http-client'
import { getProxyUrl } from '@actions/http-client/lib/proxy'
import type { Clock, Countdown } from '../clock.js'
import { InterruptedError } from '../errors.js'
import { describeFault, Fault } from './connection-fault.js'
import { ConnectionError } from './errors.js'

const USER_AGENT = '8x8-sms-log-export'

/** How often it is looked for bytes within request-timeout: silence is noticed a look too late. */
const LOOKS = 4

/** One request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface ExchangeOptions {
  /** To connect, and again for each further byte. */
  readonly requestTimeoutMs: number
  readonly signal: AbortSignal
  readonly clock: Clock
}

/**
 * One request on its way, sent once, over @actions/http-client: its agents know the runner's
 * proxies, and its `requestRaw` neither follows a redirect nor repeats anything. What it lacks is
 * here: an end to connecting and to silence, and word of whether the request can have been sent.
 */
export class Exchange {
  readonly #request: HttpRequest
  readonly #options: ExchangeOptions
  readonly #abort = new AbortController()
  readonly #silence: Countdown
  #socket: Socket | undefined
  #connected = false
  #bytesSeen = 0
  #quietLooks = 0

  constructor(request: HttpRequest, options: ExchangeOptions) {
    this.#request = request
    this.#options = options
    options.signal.addEventListener('abort', this.#interrupt, { once: true })
    this.#silence = options.clock.countdown(options.requestTimeoutMs / LOOKS, () => this.#look())
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

  /** Says that a byte has come, or that none was waited for. */
  heard(): void {
    this.#bytesSeen = this.#socket?.bytesRead ?? 0
    this.#quietLooks = 0
    this.#silence.restart()
  }

  /** From here to the next `heard` nothing is expected of the server. */
  pause(): void {
    this.#silence.stop()
  }

  /** Gives up on the server, for the reason given. */
  giveUp(fault: Fault): void {
    this.#abort.abort(fault)
  }

  /** Lets go of the connection and of every timer. */
  end(): void {
    this.#silence.stop()
    this.#options.signal.removeEventListener('abort', this.#interrupt)
    this.#abort.abort()
  }

  /** What ended the exchange, in words for a reader. */
  toConnectionError(error: unknown): ConnectionError {
    const cause = this.#abort.signal.aborted ? this.#abort.signal.reason : error
    if (cause instanceof ConnectionError) return cause
    const sent = this.#connected ? 'maybe' : 'no'
    if (cause instanceof InterruptedError) {
      return new ConnectionError(cause.message, { sent, permanent: true, cause })
    }
    const { message, permanent } = describeFault(cause)
    return new ConnectionError(`${this.#request.url.origin} ${message}`, { sent, permanent, cause })
  }

  readonly #interrupt = (): void => this.#abort.abort(this.#options.signal.reason)

  async #send(): Promise<http.IncomingMessage> {
    const { method, url, headers, body } = this.#request
    const client = new HttpClient(USER_AGENT, [], {
      // The library's own end of silence counts no connecting, and names the path: ours is first.
      socketTimeout: 4 * this.#options.requestTimeoutMs,
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
      // Ours alone: the library's has an id of the runner's in it.
      headers: { ...headers, 'user-agent': USER_AGENT },
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

  /** The runner's proxy settings are text from outside, too. */
  #agentFor(client: HttpClient, url: URL): http.Agent {
    try {
      // `proxy.example.com:3128` is a URL too, of a scheme with that name; without a host no proxy
      // would be used, and nobody told.
      if (getProxyUrl(url)?.hostname === '') throw new TypeError('no host')
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
    const what = this.#connected ? 'sent nothing for' : 'took no connection within'
    this.giveUp(new Fault(`${what} ${this.#options.requestTimeoutMs / 1_000} s (request-timeout).`))
  }
}
