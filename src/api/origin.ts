import { isIPv4 } from 'node:net'

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
