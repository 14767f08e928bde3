import { isLoopback } from '../api/origin.js'
import { Mistake } from '../errors.js'

/**
 * The address of an API, without a slash at its end: `https`, or `http` on a loopback address.
 * It is never quoted, as a wrong one may hold a password.
 */
export function parseApiUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || !/^https?:\/\//i.test(text)) {
    throw new Mistake('is not a web address. Write one like https://gateway.example.com/sms.')
  }
  if (url.username || url.password || text.split(/[/?#]/)[2]?.includes('@')) {
    throw new Mistake('holds a user name or a password. Write the address without them.')
  }
  if (text.includes('?') || text.includes('#')) {
    throw new Mistake('holds a query or a fragment. Write the address without "?" and "#".')
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new Mistake(
      'is not encrypted: the API key would travel in the clear. Write https; http is for 127.0.0.1, [::1] and localhost.',
    )
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}
