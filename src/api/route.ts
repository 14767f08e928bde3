import type { LookupAddress } from 'node:dns'
import http, { type RequestOptions } from 'node:http'
import https from 'node:https'
import { isIP, type LookupFunction, type Socket } from 'node:net'
import tls from 'node:tls'
import { checkBypass } from '@actions/http-client/lib/proxy'
import type { Clock } from '../clock.js'
import { describeFault, Fault } from './connection-fault.js'
import { ConnectionError } from './errors.js'
import { retryAfterOf } from './headers.js'

/**
 * The addresses of a host, each with its share of the time to connect. Node.js alone gives each
 * address 250 ms, even if the request has more time: a host that is further away, and also has an
 * address without a route, would never be reached (nodejs/node#54359).
 */
export async function resolveHost(hostname: string, connectMs: number): Promise<RequestOptions> {
  const host = withoutBrackets(hostname)
  if (isIP(host)) return { host }
  const { default: dns } = await import('node:dns')
  const addresses = await new Promise<LookupAddress[]>((resolve, reject) => {
    dns.lookup(host, { all: true }, (error, found) => (error ? reject(error) : resolve(found)))
  })
  const lookup: LookupFunction = (_, { all }, callback) => {
    const [{ address, family } = { address: '' }] = addresses
    if (all) callback(null, addresses)
    else callback(null, address, family)
  }
  const shareMs = Math.max(1, Math.floor(connectMs / Math.max(1, addresses.length)))
  return { host, lookup, autoSelectFamilyAttemptTimeout: shareMs } as RequestOptions
}

/** A URL has brackets around an IPv6 address, and a socket has none. */
const withoutBrackets = (hostname: string): string => hostname.replace(/^\[|\]$/g, '')

/** The runner's proxy, as its setting describes it. */
interface Proxy {
  readonly url: URL
  /** `user:password`; undefined if the address has none. */
  readonly credentials: string | undefined
}

interface RouteOptions {
  readonly requestTimeoutMs: number
  readonly signal: AbortSignal
  readonly clock: Clock
}

/** The way to a host: through the runner's proxy, or to one of the host's addresses. */
export async function routeTo(url: URL, options: RouteOptions): Promise<RequestOptions> {
  const isSecure = url.protocol === 'https:'
  const port = url.port || (isSecure ? 443 : 80)
  const proxy = proxyFor(url)
  if (proxy !== undefined) {
    const agent = tunnelThrough(proxy, `${url.hostname}:${port}`, options)
    return { host: withoutBrackets(url.hostname), port, agent }
  }
  const agent = new (isSecure ? https : http).Agent()
  return { ...(await resolveHost(url.hostname, options.requestTimeoutMs)), port, agent }
}

/**
 * The proxy for a host by the settings of the runner; undefined for none. Throws if one cannot be
 * used, because it must not become a direct connection. Plain http is only for this machine, and needs
 * no proxy.
 */
export function proxyFor(url: URL): Proxy | undefined {
  const setting = proxySetting()
  if (!setting || url.protocol !== 'https:' || checkBypass(url)) return undefined
  const proxy = parseProxy(setting)
  if (typeof proxy !== 'string') return proxy
  throw new ConnectionError(
    `The proxy of this runner (https_proxy) ${proxy}. Write one like http://proxy.example.com:3128.`,
    { sent: 'no', permanent: true },
  )
}

/** What the proxy is sent after `Basic`; undefined if it needs no password, or the setting is wrong. */
export function proxyAuthorization(): string | undefined {
  const proxy = parseProxy(proxySetting() ?? '')
  if (typeof proxy === 'string' || !proxy.credentials) return undefined
  return toBase64(proxy.credentials)
}

const proxySetting = (): string | undefined => process.env.https_proxy || process.env.HTTPS_PROXY

const toBase64 = (text: string): string => Buffer.from(text).toString('base64')

/** The proxy, or what is wrong with the setting. It may hold a password, so it is not quoted. */
function parseProxy(setting: string): Proxy | string {
  const text = URL.canParse(setting) || setting.includes('://') ? setting : `http://${setting}`
  if (!URL.canParse(text)) return 'is not an address'
  const url = new URL(text)
  // `proxy.example.com:3128` is a URL too, whose scheme is `proxy.example.com`.
  if (url.hostname === '') return 'is not an address'
  if (!/^https?:$/.test(url.protocol)) return 'is neither http nor https, and others cannot be used'
  try {
    const credentials = [url.username, url.password].map(decodeURIComponent).join(':')
    return { url, credentials: credentials === ':' ? undefined : credentials }
  } catch {
    return 'has a percent sign in its user or password that stands for nothing: it is written %25'
  }
}

/** Connects to one host through a proxy (CONNECT, RFC 9110, 9.3.6), and speaks TLS with the host. */
export function tunnelThrough(proxy: Proxy, authority: string, options: RouteOptions): https.Agent {
  const agent = new https.Agent()
  agent.createConnection = (connection: tls.ConnectionOptions, callback) => {
    connect(proxy, authority, options).then(
      (socket) => callback?.(null, tls.connect({ ...connection, socket })),
      (error) => callback?.(toProxyFault(error), undefined as never),
    )
    return undefined
  }
  return agent
}

async function connect(
  { url, credentials }: Proxy,
  authority: string,
  { requestTimeoutMs, signal, clock }: RouteOptions,
): Promise<Socket> {
  const secure = url.protocol === 'https:'
  const host = await resolveHost(url.hostname, requestTimeoutMs)
  const basic = credentials && toBase64(credentials)
  const request = (secure ? https : http).request({
    ...host,
    port: url.port || (secure ? 443 : 80),
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...(basic && { 'proxy-authorization': `Basic ${basic}` }) },
    agent: false,
    signal,
    // The proxy's certificate is checked for the proxy's own name.
    ...(secure && { servername: isIP(host.host ?? '') ? '' : (host.host ?? '') }),
  })
  return new Promise((resolve, reject) => {
    request.once('error', reject)
    request.once('connect', ({ statusCode: httpStatus = 0, headers }, socket, head) => {
      // Until TLS listens to this socket, nothing else would handle its errors.
      socket.on('error', () => undefined)
      if (httpStatus >= 200 && httpStatus < 300) {
        if (head.length > 0) socket.unshift(head)
        resolve(socket)
        return
      }
      socket.destroy()
      const isOfRequest = httpStatus >= 400 && httpStatus < 500
      reject(
        new Fault(`${UNREACHED} ${describeRefusal(httpStatus, credentials !== undefined)}`, {
          permanent: isOfRequest && ![408, 425, 429].includes(httpStatus),
          retryAfterMs: retryAfterOf(headers, clock),
        }),
      )
    })
    request.end()
  })
}

function describeRefusal(httpStatus: number, hasCredentials: boolean): string {
  // tinyproxy answers a wrong password with 401; a missing one with 407, as other proxies do.
  if ([401, 407].includes(httpStatus) && hasCredentials) {
    return `refused the user and the password in its address (${httpStatus}). Check them; in an address, special characters are percent-encoded.`
  }
  if (httpStatus === 407) {
    return `wants a user and a password (${httpStatus}). Write it like http://user:password@proxy.example.com:3128.`
  }
  if (httpStatus === 401 || httpStatus === 403) {
    return `answered ${httpStatus}: it does not let this runner reach that host. Ask whoever runs the proxy to allow it, or name the host in no_proxy.`
  }
  return `answered ${httpStatus}.`
}

/** Follows the name of the host, which has not been reached. */
const UNREACHED = "could not be reached: this runner's proxy (https_proxy)"

function toProxyFault(error: Error): Error {
  if (error instanceof Fault) return error
  const fault = describeFault(error, { wasReached: false, peer: 'proxy' })
  return fault ? new Fault(`${UNREACHED} ${fault.message}`, fault.traits) : error
}
