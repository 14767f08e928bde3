import type { IncomingMessage } from 'node:http'
import type { Clock } from '../clock.js'
import { StepError } from '../errors.js'
import type { Log } from '../step.js'
import type { Connection } from './connection.js'
import { Fault } from './connection-fault.js'
import { ApiError, LinkExpiredError, ResponseError } from './errors.js'
import { Exchange, type HttpRequest } from './exchange.js'
import type { FetchOptions, FileSink, FileSource } from './file-source.js'
import { type FileVersion, versionOf, versionOfPart } from './file-version.js'
import { unpackGzip } from './gzip.js'
import { encodingOf, locationOf, secretsIn } from './headers.js'
import { isFetchable, mayGetKey } from './origin.js'
import { checkStatus } from './response.js'
import { withRetries } from './retry.js'
import { FileBeginning, impostorByType } from './sniff.js'
import { readAnswer } from './transport.js'

const MAX_REDIRECTS = 5

export interface FileDownloadOptions {
  readonly connection: Connection
  readonly clock: Clock
  readonly log: Log
  readonly random: () => number
}

/** Brings files of jobs, over HTTP. */
export function createFileSource(options: FileDownloadOptions): FileSource {
  return { fetch: (link, sink, call) => downloadFile(link, sink, { ...options, ...call }) }
}

type TransferOptions = FileDownloadOptions & FetchOptions

/**
 * Brings a file whole. A transfer that is cut or stalls goes on where it stopped where the server
 * can do that for the very same version, and begins again otherwise.
 */
async function downloadFile(link: string, sink: FileSink, options: TransferOptions): Promise<void> {
  const transfer = new FileTransfer(link, sink, options)
  const { connection, clock, log, signal, random } = options
  try {
    await withRetries(() => transfer.attempt(), {
      repeatable: 'always',
      retries: connection.retries,
      clock,
      log,
      signal,
      random,
    })
  } catch (error) {
    if (!hasExpired(error)) throw error
    throw new LinkExpiredError(
      `The link of ${sink.name} does not work any more. ${error.message}`,
      {
        cause: error,
      },
    )
  }
}

class FileTransfer {
  readonly #link: string
  readonly #sink: FileSink
  readonly #options: TransferOptions
  readonly #api: URL
  /** Of the bytes that the sink holds; undefined where they cannot be gone on with. */
  #version: FileVersion | undefined
  #beginning = new FileBeginning()

  constructor(link: string, sink: FileSink, options: TransferOptions) {
    this.#link = link
    this.#sink = sink
    this.#options = options
    this.#api = new URL(options.connection.baseUrl)
  }

  /** One try, over all its redirects. */
  async attempt(): Promise<void> {
    if (this.#sink.position > 0 && this.#version?.etag === undefined) await this.#startOver()
    let url = this.#parseAddress(this.#link, undefined)
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const location = await this.#fetch(url)
      if (location === undefined) return
      url = this.#parseAddress(location, url)
    }
    throw new ResponseError(
      `The file ${this.#sink.name} was redirected more than ${MAX_REDIRECTS} times.`,
      {
        httpStatus: 302,
      },
    )
  }

  /** The file's bytes to the sink, or the address that it is at instead. */
  async #fetch(url: URL): Promise<string | undefined> {
    const exchange = new Exchange(this.#requestFor(url), {
      requestTimeoutMs: this.#options.connection.requestTimeoutMs,
      clock: this.#options.clock,
      signal: this.#options.signal,
    })
    try {
      const message = await exchange.open()
      const location = locationOf(message)
      if (location !== undefined) return location
      await this.#checkHead(message, exchange, url)
      await this.#receive(message, exchange)
      return undefined
    } finally {
      exchange.end()
    }
  }

  #requestFor(url: URL): HttpRequest {
    const { position } = this.#sink
    const etag = this.#version?.etag
    const { apiKey } = this.#options.connection
    return {
      method: 'GET',
      url,
      headers: {
        accept: 'text/csv, */*;q=0.5',
        ...(mayGetKey(url, this.#api) && { authorization: `Bearer ${apiKey}` }),
        ...(position > 0 &&
          etag !== undefined && { range: `bytes=${position}-`, 'if-range': etag }),
      },
    }
  }

  async #checkHead(message: IncomingMessage, exchange: Exchange, url: URL): Promise<void> {
    const { statusCode: httpStatus = 0, headers } = message
    if (httpStatus === 416) {
      // What we have is not of the file that is there now.
      await this.#startOver()
      throw exchange.toConnectionError(new Fault('has no more of the file: it begins again.'))
    }
    if (httpStatus >= 400) {
      checkStatus(await readAnswer(message, exchange, this.#options.signal), [
        this.#options.connection.apiKey,
        ...secretsIn(url),
      ])
    }
    if (httpStatus !== 200 && httpStatus !== 206) throw this.#notACsv(httpStatus, 'no file')
    const impostor = impostorByType(headers['content-type'])
    if (impostor) throw this.#notACsv(httpStatus, impostor)
    if (httpStatus === 206) await this.#checkPart(message, exchange)
    else await this.#startVersion(message)
  }

  async #checkPart({ headers }: IncomingMessage, exchange: Exchange): Promise<void> {
    const { position } = this.#sink
    const version = versionOfPart(headers, { version: this.#version, position })
    if (version === undefined) {
      await this.#startOver()
      throw exchange.toConnectionError(new Fault('has given another part than was asked for.'))
    }
    this.#version = version
  }

  async #startVersion({ headers, statusCode = 0 }: IncomingMessage): Promise<void> {
    if (this.#sink.position > 0) await this.#startOver()
    const version = versionOf(headers)
    if (version === undefined) {
      throw new ResponseError(
        `The link of ${this.#sink.name} answered without saying how long the file is, so nobody could tell whether it came whole.`,
        { httpStatus: statusCode },
      )
    }
    this.#version = version
  }

  async #startOver(): Promise<void> {
    this.#version = undefined
    this.#beginning = new FileBeginning()
    await this.#sink.restart()
  }

  async #receive(message: IncomingMessage, exchange: Exchange): Promise<void> {
    const { onProgress } = this.#options
    const total = this.#version?.total
    try {
      for await (const chunk of this.#unpacked(message)) {
        exchange.heard()
        const impostor = this.#beginning.look(chunk)
        if (impostor) throw this.#notACsv(message.statusCode ?? 0, impostor)
        const written = this.#sink.write(chunk)
        if (written !== undefined) {
          // While the disk is busy nothing is asked of the server.
          exchange.pause()
          await written
          exchange.heard()
        }
        onProgress(this.#sink.position, total)
        if (total !== undefined && this.#sink.position > total) this.#refuseMore(total)
      }
    } catch (error) {
      // A StepError has its words already: what came was no file, or the sink says what the disk has.
      if (error instanceof StepError) throw error
      throw exchange.toConnectionError(error)
    }
    if (!message.complete) throw exchange.toConnectionError(new Fault('has cut the file short.'))
    this.#checkLength(total, exchange)
  }

  #unpacked(message: IncomingMessage): AsyncIterable<Buffer> {
    const encoding = encodingOf(message.headers)
    if (encoding === 'identity') return message
    if (encoding === 'gzip' || encoding === 'x-gzip') return unpackGzip(message)
    throw new ResponseError(
      `The file ${this.#sink.name} is packed in a way that was not asked for.`,
      { httpStatus: message.statusCode ?? 0 },
    )
  }

  /** Counted against what was announced, before the file gets its name. */
  #checkLength(total: number | undefined, exchange: Exchange): void {
    const { position, name } = this.#sink
    if (position === 0) {
      throw new ResponseError(`The file ${name} is empty, not even its header is there.`, {
        httpStatus: 200,
      })
    }
    if (total !== undefined && position !== total) {
      throw exchange.toConnectionError(new Fault(`has sent ${position} bytes of ${total}.`))
    }
  }

  /** A part may bring more than it said, without an end: nobody knows which of it is the file's. */
  #refuseMore(total: number): never {
    this.#version = undefined
    throw new Fault(`has sent more than the ${total} bytes of the file.`)
  }

  #notACsv(httpStatus: number, what: string): ResponseError {
    return new ResponseError(
      `The link of ${this.#sink.name} answered ${httpStatus} with ${what} in place of a CSV file. Check what stands between this runner and the API.`,
      { httpStatus },
    )
  }

  /** Links and redirects are secrets, so messages name the file. */
  #parseAddress(text: string, base: URL | undefined): URL {
    const url = URL.canParse(text, base?.href) ? new URL(text, base?.href) : undefined
    if (!url || url.username || url.password || !isFetchable(url, this.#api)) {
      throw new ResponseError(
        `The link of ${this.#sink.name} ${base ? 'was redirected to' : 'is'} an address that is not fetched: only https is.`,
        { httpStatus: 200 },
      )
    }
    return url
  }
}

/** Whether a failure says that the link does not work any more. */
function hasExpired(error: unknown): error is ApiError {
  return error instanceof ApiError && [403, 404, 410].includes(error.httpStatus)
}
