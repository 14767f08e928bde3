import { isIPv4 } from 'node:net'

/** The API's hosts by the region that an account lives in (docs/api.md#regions). */
export const REGION_URLS = {
  'asia-pacific': 'https://sms.8x8.com',
  'north-america': 'https://sms.us.8x8.com',
  europe: 'https://sms.8x8.uk',
  indonesia: 'https://sms.8x8.id',
} as const

export type Region = keyof typeof REGION_URLS

export const REGIONS = Object.keys(REGION_URLS) as readonly Region[]

/** Whether a URL leads to a host of the API itself, and to no gateway in its place. */
export function isRegionHost(url: URL): boolean {
  return Object.values<string>(REGION_URLS).includes(url.origin)
}

/** Whether a URL's host name stands for this machine: 127.0.0.0/8, ::1 or localhost. */
export function isLoopback(hostname: string): boolean {
  if (isIPv4(hostname)) return hostname.startsWith('127.')
  return hostname === '[::1]' || hostname === 'localhost'
}

/**
 * Whether a file may be fetched from an address: over https, or over http on this machine where
 * the API is on this machine as well.
 */
export function isFetchable(url: URL, api: URL): boolean {
  if (url.protocol === 'https:') return true
  return url.protocol === 'http:' && isLoopback(url.hostname) && isLoopback(api.hostname)
}

/** Whether a request there may carry the API's key: scheme, host and port are the API's own. */
export function mayGetKey(url: URL, api: URL): boolean {
  return url.origin === api.origin
}
