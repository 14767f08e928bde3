import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Clock } from '../clock.js'

/** The content codings of IANA's registry. Other words in that header change no byte of a body. */
const CODINGS: readonly string[] = [
  ...['gzip', 'x-gzip', 'deflate', 'br', 'compress', 'x-compress', 'zstd', 'dcb', 'dcz'],
  ...['exi', 'pack200-gzip', 'aes128gcm'],
]

/**
 * How a body is packed, in the order in which that was done; none for `identity`, an empty value,
 * `aws-chunked`, and what is no coding at all. Names are the same in any case (RFC 9110, 8.4.1).
 */
export function codingsOf(headers: IncomingHttpHeaders): string[] {
  const names = headers['content-encoding']?.toLowerCase().split(',') ?? []
  return names.map((name) => name.trim()).filter((name) => CODINGS.includes(name))
}

/** Identifies a version of a file, and its length. */
export interface FileVersion {
  /** For If-Range: a strong ETag, undefined where there is none. */
  readonly etag: string | undefined
  /** In bytes, undefined if not announced. */
  readonly total: number | undefined
}

/** The version in an answer with a whole file; undefined if nothing says where the file ends. */
export function versionOf(headers: IncomingHttpHeaders): FileVersion | undefined {
  const length = headers['content-length']
  const isChunked = headers['transfer-encoding']?.toLowerCase() === 'chunked'
  if (length === undefined && !isChunked) return undefined
  // Ranges count the bytes on the wire, so a packed file cannot be continued.
  if (codingsOf(headers).length > 0) return { etag: undefined, total: undefined }
  return {
    etag: headers.etag?.startsWith('"') ? headers.etag : undefined,
    total: length === undefined ? undefined : Number(length),
  }
}

/**
 * The version in an answer with the part from `position` on; undefined if it is not the part that was
 * asked for. It must be of the same version, and begin where we stopped. A part without an ETag may be
 * of any version (RFC 9110, 15.3.7), and one without a total of any length.
 */
export function versionOfPart(
  headers: IncomingHttpHeaders,
  { version, position }: { version: FileVersion | undefined; position: number },
): FileVersion | undefined {
  const [, start, size] = /^bytes (\d+)-\d+\/(\d+|\*)$/i.exec(headers['content-range'] ?? '') ?? []
  const { etag, total } = version ?? {}
  const newTotal = size === '*' ? total : Number(size)
  const isSame =
    etag !== undefined &&
    headers.etag === etag &&
    Number(start) === position &&
    newTotal !== undefined &&
    (total === undefined || newTotal === total) &&
    codingsOf(headers).length === 0
  return isSame ? { etag, total: newTotal } : undefined
}

/**
 * Where a redirect leads to; undefined for another answer. Bytes that are not ASCII are
 * percent-encoded one by one, which keeps them in any encoding.
 */
export function locationOf({ statusCode = 0, headers }: IncomingMessage): string | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return undefined
  return headers.location?.replace(
    /[\x80-\xff]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/**
 * The header `Retry-After` as a wait in milliseconds: seconds in digits, or a date in one of HTTP's
 * three forms, compared with the answer's own, as the runner's clock may be wrong; a date that has
 * passed is 0. Undefined for anything else, such as a negative or a broken number (RFC 9110, 10.2.3
 * and 5.6.7).
 */
export function retryAfterOf(
  headers: IncomingHttpHeaders,
  clock: Pick<Clock, 'now'>,
): number | undefined {
  const text = headers['retry-after']?.trim() ?? ''
  if (/^\d+$/.test(text)) return Number(text) * 1_000
  const until = parseHttpDate(text)
  const answeredAt = parseHttpDate(headers.date?.trim() ?? '') ?? clock.now()
  return until === undefined ? undefined : Math.max(0, until - answeredAt)
}

/** HTTP's dates are all in GMT; the oldest form does not say so. */
function parseHttpDate(text: string): number | undefined {
  if (!/^[A-Z][a-z]{2,8},? .*\d\d:\d\d:\d\d/.test(text)) return undefined
  const instant = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(instant) ? undefined : instant
}
