/**
 * The header `Retry-After` as a wait in milliseconds, from `now` (epoch milliseconds): seconds in
 * digits, or a date in one of HTTP's three forms; a date that has passed is 0. Undefined for
 * anything else, such as a negative or a broken number (RFC 9110, 10.2.3 and 5.6.7).
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d+$/.test(text)) return Number(text) * 1_000
  if (!/^[A-Z][a-z]{2,8},? .*\d\d:\d\d:\d\d/.test(text)) return undefined
  // HTTP's dates are all in GMT; the oldest form does not say so.
  const instant = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(instant) ? undefined : Math.max(0, instant - now)
}
