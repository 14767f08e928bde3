import type { IncomingHttpHeaders } from 'node:http'

/** The codings of HTTP (IANA's registry). Other words in their place change no byte of a body. */
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

/**
 * An answer's bytes as they were before a gateway compressed them, without being asked to;
 * undefined where they would be more than `maxBytes`. Rejects with an error of node:zlib.
 */
export async function unpackAnswer(
  bytes: Buffer,
  headers: IncomingHttpHeaders,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const codings = codingsOf(headers).reverse()
  if (codings.length === 0 || bytes.length === 0) return bytes
  // Hardly any answer is packed, and loading this takes as long as all of node:http.
  const { brotliDecompressSync, gunzipSync, inflateSync } = await import('node:zlib')
  let unpacked = bytes
  try {
    for (const coding of codings) {
      const options = { maxOutputLength: maxBytes }
      if (/^(x-)?gzip$/.test(coding)) unpacked = gunzipSync(unpacked, options)
      else if (coding === 'deflate') unpacked = inflateSync(unpacked, options)
      else if (coding === 'br') unpacked = brotliDecompressSync(unpacked, options)
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
  return unpacked
}

/** Whether a body has an end of its own. */
export function isChunked(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding']?.toLowerCase() === 'chunked'
}

/** What tells a version of a file from another, and how long that is. */
export interface FileVersion {
  /** For If-Range: a strong ETag, undefined where there is none. */
  readonly etag: string | undefined
  /** In bytes, undefined if not announced. */
  readonly total: number | undefined
}

/** The version that an answer with a whole file has; undefined where its end could not be told. */
export function versionOf(headers: IncomingHttpHeaders): FileVersion | undefined {
  const length = headers['content-length']
  if (length === undefined && !isChunked(headers)) return undefined
  // Ranges count the bytes on the wire, so a packed file cannot be continued.
  if (codingsOf(headers).length > 0) return { etag: undefined, total: undefined }
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
    codingsOf(headers).length === 0
  return isSame ? { etag, total: newTotal } : undefined
}
