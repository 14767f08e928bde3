import { isIPv4 } from 'node:net'

/** The API's hosts by the region that an account lives in (docs/api.md#regions). */
export const REGION_URLS = {
  'asia-pacific': 'https://sms.8x8.com',
  'north-america': 'https://sms.us.8x8.com',
  europe: 'https://sms.8x8.uk',
  indonesia: 'https://sms.8x8.id',
} as const

export const REGIONS = Object.keys(REGION_URLS) as (keyof typeof REGION_URLS)[]

/** Whether a URL leads to a host of 8x8 itself, not to a gateway. */
export function isRegionHost(url: URL): boolean {
  return Object.values<string>(REGION_URLS).includes(url.origin)
}

/** Whether a URL's host name stands for this machine: 127.0.0.0/8, ::1 or localhost. */
export function isLoopback(hostname: string): boolean {
  if (isIPv4(hostname)) return hostname.startsWith('127.')
  return hostname === '[::1]' || hostname === 'localhost'
}

/**
 * Whether a file may be fetched from an address: over https, or over http on this machine if the API
 * is on this machine as well.
 */
export function isFetchable(url: URL, api: URL): boolean {
  if (url.protocol === 'https:') return true
  return url.protocol === 'http:' && isLoopback(url.hostname) && isLoopback(api.hostname)
}

/** Whether a request there may carry the API's key: scheme, host and port are the API's own. */
export function mayGetKey(url: URL, api: URL): boolean {
  return url.origin === api.origin
}

/** Shorter parts of a link are everyday words, not secrets. */
const MIN_TOKEN_LENGTH = 12

/** Whether a part of a link is so long that all messages leave it out, not only those on the link. */
export function isToken(part: string): boolean {
  return part.length >= MIN_TOKEN_LENGTH
}

/**
 * The parts of a link that an error may repeat and that must not be shown: its path, its query, its
 * end, and all parts as long as a token, escaped or not.
 */
export function secretsIn({ pathname, search }: URL): string[] {
  const query = search.slice(1)
  const end = pathname.slice(pathname.lastIndexOf('/') + 1)
  const tokens = [...pathname.split('/'), ...query.split(/[&=]/)]
    .flatMap((part) => [part, unescaped(part)])
    .filter(isToken)
  return [`${pathname}${search}`, pathname, query, end, ...tokens].filter((part) => part.length > 1)
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
