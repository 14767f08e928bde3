import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** How a body is packed. Names of encodings are the same in any case (RFC 9110, 8.4.1; RFC 9112, 7). */
export function encodingOf(headers: IncomingHttpHeaders): string {
  return headers['content-encoding']?.toLowerCase() ?? 'identity'
}

/** Whether a body has an end of its own. */
export function isChunked(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding']?.toLowerCase() === 'chunked'
}

/** What an error may repeat of a link, each part enough to be one: its path, its query, its end. */
export function secretsIn({ pathname, search }: URL): string[] {
  const end = pathname.slice(pathname.lastIndexOf('/') + 1)
  return [`${pathname}${search}`, pathname, search.slice(1), end].filter((part) => part.length > 1)
}

/** Where a redirect leads to; undefined for another answer. */
export function locationOf({ statusCode = 0, headers }: IncomingMessage): string | undefined {
  return [301, 302, 303, 307, 308].includes(statusCode) ? headers.location : undefined
}
