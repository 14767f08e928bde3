import type { IncomingHttpHeaders } from 'node:http'
import { encodingOf, isChunked } from './headers.js'

/** What tells a version of a file from another, and how long that is. */
export interface FileVersion {
  /** For If-Range: a strong ETag, undefined where there is none. */
  readonly etag: string | undefined
  /** In bytes, undefined where nobody has said so. */
  readonly total: number | undefined
}

/** The version that an answer with a whole file has; undefined where its end could not be told. */
export function versionOf(headers: IncomingHttpHeaders): FileVersion | undefined {
  const length = headers['content-length']
  if (length === undefined && !isChunked(headers)) return undefined
  // Ranges count the bytes on the wire, so a packed file cannot be gone on with.
  if (encodingOf(headers) !== 'identity') return { etag: undefined, total: undefined }
  return {
    etag: headers.etag?.startsWith('"') ? headers.etag : undefined,
    total: length === undefined ? undefined : Number(length),
  }
}

/**
 * The version that an answer with a part goes on with, from `position` on; undefined where it is not
 * what was asked for. A part must be of the same version, and begin where we stopped. One without
 * its ETag may be of any version (RFC 9110, 15.3.7), and one without a total of any length.
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
    headers['content-encoding'] === undefined
  return isSame ? { etag, total: newTotal } : undefined
}
