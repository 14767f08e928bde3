import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ExportFile } from './export-file.js'

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

/** Streams a file or the range that was asked for (RFC 9110, 14), made as it is sent. */
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
  const asked = isSameVersion(request, version)
    ? readRange(request.headers.range, file.bytes)
    : whole
  if (asked === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${file.bytes}`, 'content-length': 0 }).end()
    return
  }
  const { start, end } = asked ?? whole
  headers['content-length'] = end - start
  const isPart = asked !== undefined && asked !== whole
  if (isPart) headers['content-range'] = `bytes ${start}-${end - 1}/${file.bytes}`
  response.writeHead(isPart ? 206 : 200, headers)
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  // A reader that goes away in the middle is no fault of the server's.
  pipeline(Readable.from(file.read(start, end), { objectMode: false }), response).catch(() => {
    response.destroy()
  })
}

/** Without If-Range, or with one that names this version, a range is given (RFC 9110, 13.1.5). */
function isSameVersion({ headers }: IncomingMessage, { etag, modifiedAt }: Version): boolean {
  const condition = headers['if-range']
  return condition === undefined || condition === etag || condition === httpDate(modifiedAt)
}

/** One range of bytes; undefined for none, or for what is not understood and so ignored. */
function readRange(header: string | undefined, bytes: number): Span | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
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
