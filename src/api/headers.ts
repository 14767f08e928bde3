import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** How a body is packed. Names of encodings are the same in any case (RFC 9110, 8.4.1; RFC 9112, 7). */
export function encodingOf(headers: IncomingHttpHeaders): string {
  return headers['content-encoding']?.toLowerCase() || 'identity'
}

/** Whether a body has an end of its own. */
export function isChunked(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding']?.toLowerCase() === 'chunked'
}

/** Shorter parts of a link are words of everyday, and no one's secret. */
const MIN_TOKEN_LENGTH = 12

/**
 * What an error may repeat of a link, each part enough to be one: its path, its query, its end, and
 * whatever in them is as long as a token, escaped or not.
 */
export function secretsIn({ pathname, search }: URL): string[] {
  const query = search.slice(1)
  const end = pathname.slice(pathname.lastIndexOf('/') + 1)
  const tokens = [...pathname.split('/'), ...query.split(/[&=]/)]
    .flatMap((part) => [part, unescaped(part)])
    .filter((part) => part.length >= MIN_TOKEN_LENGTH)
  return [`${pathname}${search}`, pathname, query, end, ...tokens].filter((part) => part.length > 1)
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/**
 * Where a redirect leads to; undefined for another answer. Its bytes are kept as they are: one that
 * is no ASCII stands for itself, and is escaped as that, whatever its encoding.
 */
export function locationOf({ statusCode = 0, headers }: IncomingMessage): string | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return undefined
  return headers.location?.replace(
    /[\x80-\xff]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
