import type { IncomingMessage } from 'node:http'
import { type Clock, withDeadline } from '../clock.js'
import { StepError } from '../errors.js'
import { createSniffer, impostorByType } from './body.js'
import { Fault } from './connection-fault.js'
import { ApiError, LinkExpiredError, ResponseError } from './errors.js'
import { codingsOf, type FileVersion, locationOf, versionOf, versionOfPart } from './headers.js'
import type { Http, HttpCall, HttpRequest } from './http.js'
import type { Connection } from './job.js'
import { isFetchable, isToken, mayGetKey, secretsIn } from './link.js'
import { toApiError } from './response.js'

const MAX_REDIRECTS = 5

/** A transfer that gets fewer bytes than this in the time of a whole answer is ended. */
const MIN_ADVANCE_BYTES = 65_536

/** The longest that a file may take, with all its repeats. */
const MAX_FILE_HOURS = 24

/** Statuses for a link that is no longer valid; each server chooses one of them. */
const EXPIRED: readonly number[] = [400, 401, 403, 404, 410]

/** Where a file's bytes go. */
export interface FileSink {
  /** The file's name in messages; the link is a secret. */
  readonly name: string
  /** How many bytes have been taken. */
  readonly position: number
  /** Takes bytes. If it returns a promise, that has to be awaited before the next call. */
  write(chunk: Buffer): Promise<void> | undefined
  /** Forgets all bytes. */
  restart(): Promise<void>
}

export interface FetchOptions {
  readonly signal: AbortSignal
  /** Called with the number of bytes so far, and with the file's length if the server has told it. */
  readonly onProgress: (bytes: number, total: number | undefined) => void
}

interface TransferOptions extends FetchOptions {
  readonly connection: Pick<Connection, 'apiKey' | 'baseUrl'>
  readonly http: Pick<Http, 'call'>
  /** Texts that no message may repeat; the tokens of links are added. */
  readonly secrets: Set<string>
  readonly clock: Clock
  readonly retry: (attempt: () => Promise<void>, signal: AbortSignal) => Promise<void>
}

/**
 * Downloads a file whole. A transfer that is cut or stalls continues where it stopped if the server
 * still has the same version and can send a part of it; otherwise it starts again. Rejects with a
 * LinkExpiredError if the link no longer works.
 */
export async function downloadFile(
  link: string,
  sink: FileSink,
  options: TransferOptions,
): Promise<void> {
  const failure = (): Error =>
    new StepError(`The file ${sink.name} was not complete after ${MAX_FILE_HOURS} h.`)
  const deadline = { ...options, ms: MAX_FILE_HOURS * 3_600_000, failure }
  try {
    await withDeadline(deadline, (signal) => {
      const transfer = new FileTransfer(sink, { ...options, signal })
      return options.retry(() => transfer.attempt(link), signal)
    })
  } catch (error) {
    if (!(error instanceof ApiError) || !EXPIRED.includes(error.httpStatus)) throw error
    throw new LinkExpiredError(
      `${error.message} It does not work any more. Start another export: links work for a month by default.`,
      { cause: error },
    )
  }
}

class FileTransfer {
  readonly #sink: FileSink
  readonly #options: TransferOptions
  readonly #api: URL
  /** Of the bytes in the sink; undefined if the transfer cannot be continued. */
  #version: FileVersion | undefined
  #sniff = createSniffer()
  /** A packed transfer that was cut cannot be continued, so after that no packing is asked for. */
  #acceptEncoding = 'gzip'
  readonly #linkSecrets = new Set<string>()

  constructor(sink: FileSink, options: TransferOptions) {
    this.#sink = sink
    this.#options = options
    this.#api = new URL(options.connection.baseUrl)
  }

  /** One try, with all its redirects. */
  async attempt(link: string): Promise<void> {
    if (this.#sink.position > 0 && this.#version?.etag === undefined) await this.#startOver()
    let url = this.#parseAddress(link, undefined)
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const location = await this.#fetch(url)
      if (location === undefined) return
      url = this.#parseAddress(location, url)
    }
    throw new ResponseError(
      `The file ${this.#sink.name} was redirected more than ${MAX_REDIRECTS} times.`,
    )
  }

  /** Writes the file to the sink, or returns the address to which it is redirected. */
  async #fetch(url: URL): Promise<string | undefined> {
    const { http, signal } = this.#options
    const call = http.call(this.#requestFor(url), signal)
    try {
      const message = await call.open()
      const location = locationOf(message)
      if (location !== undefined) return location
      await this.#checkHead(message, call)
      await this.#receive(message, call)
      return undefined
    } finally {
      call.end()
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
        'accept-encoding': position > 0 ? 'identity' : this.#acceptEncoding,
        ...(mayGetKey(url, this.#api) && { authorization: `Bearer ${apiKey}` }),
        ...(position > 0 &&
          etag !== undefined && { range: `bytes=${position}-`, 'if-range': etag }),
      },
    }
  }

  /** Checks that the answer has the whole file, or the part that follows the bytes in the sink. */
  async #checkHead(message: IncomingMessage, call: HttpCall): Promise<void> {
    const { statusCode: httpStatus = 0, headers } = message
    if (httpStatus === 416) {
      // The bytes in the sink are of another version.
      await this.#startOver()
      throw call.toFailure(new Fault('has no more of the file: it begins again.'))
    }
    if (httpStatus >= 400) {
      const answer = await call.readAnswer(message)
      throw toApiError(answer, [...this.#options.secrets, ...this.#linkSecrets], this.#sink.name)
    }
    if (httpStatus !== 200 && httpStatus !== 206) throw this.#notACsv(httpStatus, 'no file')
    const impostor = impostorByType(headers['content-type'])
    if (impostor) throw this.#notACsv(httpStatus, impostor)
    if (httpStatus === 206) {
      const { position } = this.#sink
      this.#version = versionOfPart(headers, { version: this.#version, position })
      if (this.#version !== undefined) return
      await this.#startOver()
      throw call.toFailure(new Fault('has sent another part than was asked for.'))
    }
    if (this.#sink.position > 0) await this.#startOver()
    this.#version = versionOf(headers)
    if (this.#version === undefined) {
      throw new ResponseError(
        `The link of ${this.#sink.name} answered without the length of the file, so nobody could tell whether it is complete.`,
      )
    }
    const codings = codingsOf(headers)
    if (codings.length === 0) return
    this.#acceptEncoding = 'identity'
    if (!/^(x-)?gzip$/.test(codings.join())) {
      throw new ResponseError(
        `The file ${this.#sink.name} is packed in a way that was not asked for.`,
      )
    }
  }

  async #startOver(): Promise<void> {
    this.#version = undefined
    this.#sniff = createSniffer()
    await this.#sink.restart()
  }

  async #receive(message: IncomingMessage, call: HttpCall): Promise<void> {
    const { onProgress } = this.#options
    const total = this.#version?.total
    let advance = 0
    for await (const chunk of call.read(message)) {
      advance += chunk.length
      if (advance >= MIN_ADVANCE_BYTES) {
        advance = 0
        call.prolong()
      }
      const impostor = this.#sniff(chunk)
      if (impostor) throw this.#notACsv(message.statusCode ?? 0, impostor)
      const written = this.#sink.write(chunk)
      if (written !== undefined) {
        // Nothing is read from the server while the disk is busy.
        call.pause()
        await written
        call.resume()
      }
      const { position } = this.#sink
      onProgress(position, total)
      if (total !== undefined && position > total) {
        // It is unknown which of the bytes are the file's, and they may never end.
        this.#version = undefined
        throw call.toFailure(new Fault(`has sent more than the ${total} bytes of the file.`))
      }
    }
    const { position, name } = this.#sink
    if (position === 0) throw new ResponseError(`The file ${name} is empty, without a header row.`)
    if (total !== undefined && position !== total) {
      throw call.toFailure(new Fault(`has sent ${position} bytes of ${total}.`))
    }
  }

  #notACsv(httpStatus: number, what: string): ResponseError {
    return new ResponseError(
      `The link of ${this.#sink.name} answered ${httpStatus} with ${what} in place of a CSV file. Check what stands between this runner and the API.`,
    )
  }

  /** Links and redirects are secrets, so messages name the file. */
  #parseAddress(text: string, base: URL | undefined): URL {
    const url = URL.canParse(text, base?.href) ? new URL(text, base?.href) : undefined
    if (!url || url.username || url.password || !isFetchable(url, this.#api)) {
      throw new ResponseError(
        `The link of ${this.#sink.name} ${base ? 'was redirected to' : 'is'} an address that is not fetched: only https is.`,
      )
    }
    for (const secret of secretsIn(url)) {
      this.#linkSecrets.add(secret)
      if (isToken(secret)) this.#options.secrets.add(secret)
    }
    return url
  }
}
