import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ExportFile } from './export.js'

/** An answer of 400 and above, with the API's own code and words (docs/api.md#errors). */
export class HttpError extends Error {
  override name = 'HttpError'
  readonly httpStatus: number
  readonly code: number

  constructor(httpStatus: number, code: number, message: string) {
    super(message)
    this.httpStatus = httpStatus
    this.code = code
  }
}

export function sendJson(response: ServerResponse, httpStatus: number, body: object): void {
  const text = JSON.stringify(body)
  response.writeHead(httpStatus, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

/** Answers with an error. One that is no HttpError is a fault of the sandbox. */
export function sendError(response: ServerResponse, error: unknown, now: number): void {
  const { httpStatus, code, message } =
    error instanceof HttpError ? error : new HttpError(500, 2000, 'Internal server error')
  const timestamp = new Date(now).toISOString()
  const body = { code, message, errorId: randomUUID(), timestamp }
  if (response.headersSent) response.destroy()
  else sendJson(response, httpStatus, body)
}

/**
 * Streams a file, or the range that was asked for without If-Range or with the file's tag
 * (RFC 9110, 13.1.5 and 14). Throws a HttpError for a range that the file does not have.
 */
export function sendFile(
  { headers }: IncomingMessage,
  response: ServerResponse,
  file: ExportFile,
  etag: string,
): void {
  const isOfThis = (headers['if-range'] ?? etag) === etag
  const range = isOfThis ? readRange(headers.range, file.bytes) : undefined
  const [start, end] = range ?? [0, file.bytes]
  if (start >= end) {
    response.setHeader('content-range', `bytes */${file.bytes}`)
    throw new HttpError(416, 1010, 'Range is not in the file')
  }
  response.writeHead(range ? 206 : 200, {
    'accept-ranges': 'bytes',
    'content-type': 'text/csv; charset=utf-8',
    'content-length': end - start,
    etag,
    ...(range && { 'content-range': `bytes ${start}-${end - 1}/${file.bytes}` }),
  })
  // It is no fault of the server if a client goes away half-way.
  pipeline(Readable.from(file.read(start, end), { objectMode: false }), response).catch(() => {
    response.destroy()
  })
}

/**
 * The first byte and the one after the last; undefined for no range, or one that is not understood.
 */
function readRange(header = '', bytes: number): [number, number] | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/i.exec(header) ?? []
  if (first === '' && last === '') return undefined
  if (first === '') return [Math.max(0, bytes - Number(last)), bytes]
  if (last === '') return [Number(first), bytes]
  if (Number(last) < Number(first)) return undefined
  return [Number(first), Math.min(bytes, Number(last) + 1)]
}
