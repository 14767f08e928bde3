import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Bytes that are made as they are read. */
interface GeneratedFile {
  readonly bytes: number
  read(start: number, end: number): Iterable<Buffer>
}

type Headers = Readonly<Record<string, string | number>>

/** An answer of 400 and above, with the API's own code and words (docs/api.md#errors). */
export class HttpError extends Error {
  override name = 'HttpError'
  readonly httpStatus: number
  readonly code: number
  readonly headers: Headers

  constructor(httpStatus: number, code: number, message: string, headers: Headers = {}) {
    super(message)
    this.httpStatus = httpStatus
    this.code = code
    this.headers = headers
  }
}

export function sendJson(
  response: ServerResponse,
  httpStatus: number,
  body: object,
  headers: Headers = {},
): void {
  const text = JSON.stringify(body)
  const type = 'application/json; charset=utf-8'
  const length = Buffer.byteLength(text)
  response.writeHead(httpStatus, { 'content-type': type, 'content-length': length, ...headers })
  response.end(text)
}

/** Answers what was thrown; what is no HttpError is a fault of the sandbox's own. */
export function sendError(response: ServerResponse, error: unknown, now: number): void {
  const { httpStatus, code, message, headers } =
    error instanceof HttpError ? error : new HttpError(500, 2000, 'Internal server error')
  const timestamp = new Date(now).toISOString()
  const body = { code, message, errorId: randomUUID(), timestamp }
  if (response.headersSent) response.destroy()
  else sendJson(response, httpStatus, body, headers)
}

/**
 * Streams a file, or the range that was asked for without If-Range or with the file's own tag
 * (RFC 9110, 13.1.5 and 14). Throws a HttpError for a range that the file does not have.
 */
export function sendFile(
  { headers }: IncomingMessage,
  response: ServerResponse,
  file: GeneratedFile,
  etag: string,
): void {
  const isOfThis = (headers['if-range'] ?? etag) === etag
  const range = isOfThis ? readRange(headers.range, file.bytes) : undefined
  const [start, end] = range ?? [0, file.bytes]
  if (start >= end) {
    const size = { 'content-range': `bytes */${file.bytes}` }
    throw new HttpError(416, 1010, 'Range is not in the file', size)
  }
  response.writeHead(range ? 206 : 200, {
    'accept-ranges': 'bytes',
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="export.csv"',
    'content-length': end - start,
    etag,
    ...(range && { 'content-range': `bytes ${start}-${end - 1}/${file.bytes}` }),
  })
  // A reader that goes away in the middle is no fault of the server's.
  pipeline(Readable.from(file.read(start, end), { objectMode: false }), response).catch(() => {
    response.destroy()
  })
}

/** From which byte to before which; undefined for none, or for what is not understood. */
function readRange(header = '', bytes: number): [number, number] | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/i.exec(header) ?? []
  if (first === '' && last === '') return undefined
  if (first === '') return [Math.max(0, bytes - Number(last)), bytes]
  if (last === '') return [Number(first), bytes]
  if (Number(last) < Number(first)) return undefined
  return [Number(first), Math.min(bytes, Number(last) + 1)]
}
