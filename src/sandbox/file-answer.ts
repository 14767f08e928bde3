import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ExportFile } from './export-file.js'
import { HttpError } from './http-error.js'

/** What tells one version of a file from another. */
export interface Version {
  readonly etag: string
  /** Epoch milliseconds. */
  readonly modifiedAt: number
}

/** Bytes of a file, from the first to the one before `end`. */
interface Span {
  readonly start: number
  readonly end: number
}

/**
 * Streams a file or the range that was asked for (RFC 9110, 14), made as it is sent. Throws a
 * HttpError for a range that the file does not have.
 */
export function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: ExportFile,
  version: Version,
): void {
  const whole: Span = { start: 0, end: file.bytes }
  const headers: Record<string, string | number> = {
    'accept-ranges': 'bytes',
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="export.csv"',
    etag: version.etag,
    'last-modified': httpDate(version.modifiedAt),
  }
  const part = wantsPart(request, version)
    ? readRange(request.headers.range, file.bytes)
    : undefined
  if (part === 'unsatisfiable') {
    const range = { 'content-range': `bytes */${file.bytes}` }
    throw new HttpError(416, 1010, 'Range is not in the file', range)
  }
  const { start, end } = part ?? whole
  headers['content-length'] = end - start
  if (part) headers['content-range'] = `bytes ${start}-${end - 1}/${file.bytes}`
  response.writeHead(part ? 206 : 200, headers)
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  // A reader that goes away in the middle is no fault of the server's.
  pipeline(Readable.from(file.read(start, end), { objectMode: false }), response).catch(() => {
    response.destroy()
  })
}

/**
 * GET alone has ranges (RFC 9110, 14.2), without If-Range or with one that names this version
 * (13.1.5).
 */
function wantsPart({ method, headers }: IncomingMessage, { etag, modifiedAt }: Version): boolean {
  if (method !== 'GET') return false
  const condition = headers['if-range']
  return condition === undefined || condition === etag || condition === httpDate(modifiedAt)
}

/** One range of bytes; undefined for none, or for what is not understood and so ignored. */
function readRange(header: string | undefined, bytes: number): Span | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/i.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '') {
    const start = Math.max(0, bytes - Number(last))
    return start < bytes ? { start, end: bytes } : 'unsatisfiable'
  }
  const start = Number(first)
  const end = last === '' ? bytes : Math.min(bytes, Number(last) + 1)
  if (last !== '' && Number(last) < start) return undefined
  return start < bytes ? { start, end } : 'unsatisfiable'
}

function httpDate(instant: number): string {
  return new Date(instant).toUTCString()
}
